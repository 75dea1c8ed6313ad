/** The steps of a remedy for a terminal: numbered, each with its command and its risk. */
import type { RemedyStep } from '../../../core/diagnosis/finding.ts';
import { wrap } from './wrap.ts';

export const remedyLines = (steps: readonly RemedyStep[], width: number): readonly string[] =>
  steps.flatMap(({ text, command, risk }, index) => [
    ...wrap(text, width, `  ${index + 1}. `, '     '),
    ...(command === undefined ? [] : command.split('\n').map((line) => `       ${line}`)),
    ...(risk === undefined ? [] : wrap(`Risk: ${risk}`, width, '     ', '     ')),
  ]);
