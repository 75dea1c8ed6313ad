/** `getopts STRING NAME`: one option a call, read off the positional parameters where they are known. */
import { certain, certainText } from './scope.ts';
import { FAILURE, statusOf, SUCCESS } from './shell-run.ts';
import type { Run } from './shell-run.ts';
import { literal, text, unknown } from './shell-value.ts';
import type { Value } from './shell-value.ts';
import { assign, knownText, positionalOf } from './variables.ts';

/** Where the next option stands: `INDEX.LETTER`, since one argument may hold several letters. */
const CURSOR = 'getopts cursor';

const unknownOption = (run: Run, name: string): void => {
  assign(run, name, certain([unknown(`getopts ${run.source.name}:${run.line}`, name)]));
  assign(run, 'OPTARG', certain([unknown(`OPTARG ${run.source.name}:${run.line}`, 'OPTARG')]));
  run.status = statusOf({ id: `getopts ${run.line}`, yes: 'another option is given', no: 'no other option is given' });
};

export const getopts = (run: Run, [specValue, nameValue, ...given]: readonly Value[]): void => {
  const spec = specValue === undefined ? undefined : literal(specValue);
  const name = (nameValue === undefined ? undefined : literal(nameValue)) ?? 'opt';
  const [positional, ...others] = positionalOf(run);
  const args = given.length > 0 ? given : others.length > 0 ? undefined : positional?.content.values;
  if (spec === undefined || args === undefined) {
    unknownOption(run, name);
    return;
  }
  const [index = 1, letter = 1] = (knownText(run, CURSOR) ?? '1.1').split('.').map(Number);
  const current = args[index - 1];
  const known = current === undefined ? '' : literal(current);
  if (known === undefined) {
    unknownOption(run, name);
    return;
  }
  if (!/^-[^-]/.test(known)) {
    assign(run, 'OPTIND', certain(text(String(known === '--' ? index + 1 : index))));
    assign(run, CURSOR, certainText('1.1'));
    run.status = FAILURE;
    return;
  }
  const option = known[letter] ?? '';
  const at = spec.indexOf(option);
  const takesValue = at >= 0 && spec[at + 1] === ':';
  const attached = known.slice(letter + 1);
  const isLast = attached === '' || takesValue;
  const value = attached === '' ? args[index] : text(attached);
  const nextIndex = isLast ? index + (takesValue && attached === '' ? 2 : 1) : index;
  assign(run, name, certainText(at >= 0 ? option : '?'));
  assign(run, 'OPTARG', certain(takesValue ? (value ?? []) : []));
  assign(run, CURSOR, certainText(isLast ? `${nextIndex}.1` : `${index}.${letter + 1}`));
  assign(run, 'OPTIND', certainText(String(nextIndex)));
  run.status = SUCCESS;
};
