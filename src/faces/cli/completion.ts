/** Shell completion made from the command table and each command's options; no call back into nicwright. */
import type { Command } from './command.ts';
import { formatsOf } from './output.ts';
import { commonOptions } from './shared-options.ts';

const longFlags = (command: Command): readonly string[] =>
  [...(command.options ?? []), ...commonOptions(command)].flatMap(({ flags }) => flags.match(/--[a-z-]+/g) ?? []);

const firstWords = (commands: readonly Command[]): string =>
  [...new Set(commands.map(({ path }) => path.split(' ')[0] ?? '')), 'help'].join(' ');

const bashCases = (commands: readonly Command[]): string => {
  const seconds = Map.groupBy(
    commands.filter(({ path }) => path.includes(' ')),
    ({ path }) => path.split(' ')[0] ?? '',
  );
  return [
    ...commands.map(
      (command) =>
        `    "${command.path}") words="${longFlags(command).join(' ')}"; formats="${formatsOf(command).join(' ')}" ;;`,
    ),
    ...[...seconds].map(
      ([noun, group]) => `    "${noun}") words="${group.map(({ path }) => path.split(' ')[1]).join(' ')}" ;;`,
    ),
  ].join('\n');
};

const BASH = (commands: readonly Command[]): string => `_nicwright() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words="" formats="" path="\${COMP_WORDS[1]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${firstWords(commands)}" -- "$current")); return
  fi
  if [ "$COMP_CWORD" -gt 2 ] && [[ "\${COMP_WORDS[2]}" != -* ]]; then path="$path \${COMP_WORDS[2]}"; fi
  case "$path" in
${bashCases(commands)}
    *) path="\${COMP_WORDS[1]}"; case "$path" in
${bashCases(commands.filter(({ path }) => !path.includes(' ')))}
    esac ;;
  esac
  case "$previous" in
    -o|--output) COMPREPLY=($(compgen -W "$formats" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _nicwright nicwright`;

/** The script to source. zsh reads the bash one through its own compatibility layer. */
export const completionScript = (shell: 'bash' | 'zsh', commands: readonly Command[]): string =>
  shell === 'bash' ? BASH(commands) : `autoload -U +X bashcompinit && bashcompinit\n${BASH(commands)}`;
