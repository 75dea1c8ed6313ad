/** `nicwright completion SHELL`: prints the completion script of bash or zsh. */
import { fail, ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { completionScript } from '../completion.ts';
import { EXIT } from '../exit-code.ts';

export default defineCommand({
  path: 'completion',
  about: 'Prints the completion script of a shell',
  examples: [
    {
      line: 'completion bash > /etc/bash_completion.d/nicwright',
      does: 'completes commands, options and formats in bash',
    },
  ],
  arguments: [{ name: 'SHELL', about: 'bash or zsh' }],
  run: async (_context, [shell]) => {
    if (shell !== 'bash' && shell !== 'zsh')
      return fail('usage', `There is no completion for ${shell ?? 'this shell'}; it is there for bash and zsh.`);
    const { COMMANDS } = await import('./index.ts');
    const commands = await Promise.all(COMMANDS.map((entry) => entry.load()));
    const script = completionScript(shell, commands);
    return ok({ exit: EXIT.clean, data: { shell, script }, text: () => script });
  },
});
