/**
 * Shell text met inside the script: `eval`, `bash -c`, `trap`, sourced files. Unknown pieces are put back as variables
 * of their own, so that the text can be parsed like any other.
 */
import { parseShell } from './parse-shell.ts';
import { textCell, certain } from './scope.ts';
import { deeper } from './shell-run.ts';
import type { Run } from './shell-run.ts';
import { isUnknown } from './shell-value.ts';
import type { Value } from './shell-value.ts';

const PLACEHOLDER = 'unknown_text_';

/** The text with every unknown piece as `${unknown_text_N}`, and those variables set. */
const withPlaceholders = (run: Run, value: Value): string =>
  value
    .map((piece) => {
      if (!isUnknown(piece)) return piece;
      const name = `${PLACEHOLDER}${piece.id.replaceAll(/\W/g, '_')}`;
      run.scope.set(`v:${name}`, textCell(certain([piece])));
      return `\${${name}}`;
    })
    .join('');

/** Follows text that has no lines of its own: what it does is reported at the line that holds it. */
export const runText = (run: Run, value: Value): void => {
  const parsed = parseShell(run.source.name, withPlaceholders(run, value));
  if (!parsed.ok) return;
  const { fixedLine, source } = run;
  run.fixedLine = run.line;
  run.source = { name: source.name, lineAt: () => run.line };
  const { script } = parsed.value;
  deeper(run, () => run.execute.list(run, script));
  run.fixedLine = fixedLine;
  run.source = source;
};

/** Follows another file with lines of its own (`source FILE`, `bash FILE`). */
export const runFile = (run: Run, path: string, content: string): void => {
  const parsed = parseShell(path, content);
  if (!parsed.ok) {
    run.recorder.unresolved({ line: run.line, text: path, because: parsed.fault.message });
    return;
  }
  const { fixedLine, source, line } = run;
  run.fixedLine = undefined;
  run.source = parsed.value.source;
  run.recorder.at(path);
  const { script } = parsed.value;
  deeper(run, () => run.execute.list(run, script));
  Object.assign(run, { fixedLine, source, line });
  run.recorder.at(source.name);
};
