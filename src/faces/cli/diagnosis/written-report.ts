/** Gathers what the two written reports are made of, only when one of them is asked for. */
import { gatherFacts, type FactOptions } from '../../../core/diagnosis/facts.ts';
import { incidentOf } from '../../../core/diagnosis/incident.ts';
import type { Report } from '../../../core/diagnosis/report.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import type { OptionValues } from '../command.ts';
import type { Written } from './incident-markdown.ts';
import { withinDump } from './within-dump.ts';

/** The command that looks at the same input again. */
const againCommand = ({ from, context, operatorNamespace }: OptionValues): string => {
  const quote = (word: string): string =>
    /^[\w./:@=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const paths = Array.isArray(from) ? (from as readonly string[]) : [];
  return [
    'nicwright diagnose',
    ...(paths.length === 0 ? [] : ['--from', ...paths.map(quote)]),
    ...(typeof context === 'string' ? ['--context', quote(context)] : []),
    ...(typeof operatorNamespace === 'string' ? ['--operator-namespace', quote(operatorNamespace)] : []),
  ].join(' ');
};

export const writtenReport = (
  snapshot: Snapshot,
  report: Report,
  factOptions: FactOptions,
  options: OptionValues,
  when: string,
): Written => {
  const facts = gatherFacts(snapshot, factOptions);
  return {
    report: withinDump(report),
    incident: incidentOf(facts, report),
    inventory: facts.inventory,
    when,
    again: againCommand(options),
  };
};
