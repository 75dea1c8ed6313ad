/** The findings of `sriov check` as text: one line a finding, in the form of compilers; the rule behind a trap is told once. */
import type { SriovCheck } from '../../../core/sriov/check/check-sriov.ts';
import type { TrapFinding } from '../../../core/sriov/check/trap-finding.ts';
import { showOrigin } from '../../../core/model/fact.ts';
import type { Paint } from '../paint.ts';

/** As many different findings as fit on a screen with their rules. */
const SHOWN = 12;
const SHOWN_NODES = 4;
const SHOWN_PLACES = 8;

const nodesText = (nodes: readonly string[], verbose: boolean): string => {
  if (nodes.length === 0) return '';
  const shown = verbose || nodes.length <= SHOWN_NODES ? nodes : nodes.slice(0, SHOWN_NODES - 1);
  const more = nodes.length - shown.length;
  return ` (${shown.join(', ')}${more > 0 ? ` and ${more} more nodes` : ''})`;
};

const paintOf = ({ severity }: TrapFinding, paint: Paint): ((text: string) => string) =>
  severity === 'error' ? paint.bad : severity === 'warning' ? paint.warn : paint.dim;

const headline = (finding: TrapFinding, verbose: boolean, paint: Paint): string =>
  `${paint.bold(`${showOrigin(finding.origin)}:`)} ${paintOf(finding, paint)(`${finding.severity}:`)} ${finding.object}: ${finding.says}${nodesText(finding.nodes, verbose)} ${paint.dim(`[${finding.trap}]`)}`;

/** The same sentence about other objects: only where they stand, `policies.yaml:40,60`. */
const alsoAt = (others: readonly TrapFinding[], verbose: boolean): readonly string[] => {
  if (others.length === 0) return [];
  const shown = verbose ? others : others.slice(0, SHOWN_PLACES);
  const more = others.length - shown.length;
  const files = Map.groupBy(shown, ({ origin }) => origin.source);
  const places = [...files].map(
    ([source, found]) => `${source}:${found.map(({ origin }) => origin.line ?? '').join(',')}`,
  );
  return [`    also: ${places.join(' ')}${more > 0 ? ` and ${more} more` : ''}`];
};

const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const summary = ({ findings, policies, nodes }: SriovCheck): string => {
  const of = (severity: TrapFinding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const looked = `${countOf(policies, 'policy').replace('policys', 'policies')}, ${countOf(nodes, 'node')}`;
  return findings.length === 0
    ? `nothing found; ${looked}`
    : `${countOf(of('error'), 'error')}, ${countOf(of('warning'), 'warning')}, ${countOf(of('note'), 'note')}; ${looked}`;
};

export const checkText =
  (check: SriovCheck, verbose: boolean) =>
  (paint: Paint): string => {
    const alike = [
      ...Map.groupBy(check.findings, ({ trap, says, nodes }) => JSON.stringify([trap, says, nodes])).values(),
    ];
    const shown = verbose ? alike : alike.slice(0, SHOWN);
    const explained = new Set<string>();
    const lines = shown.flatMap(([finding, ...others]) => {
      if (finding === undefined) return [];
      const rule = `    because: ${finding.because}\n    do: ${finding.remedy}`;
      const isNew = !explained.has(rule);
      explained.add(rule);
      return [headline(finding, verbose, paint), ...alsoAt(others, verbose), ...(isNew || verbose ? [rule] : [])];
    });
    const hidden = alike.length - shown.length;
    return [
      ...lines,
      ...(hidden === 0 ? [] : [`and ${hidden} more; -v shows them`]),
      ...(lines.length === 0 ? [] : ['']),
      summary(check),
      ...check.gaps.map(({ what, because, settle }) =>
        paint.dim(`not checked: ${what}; ${because}${settle === undefined ? '' : `\n    ${settle}`}`),
      ),
    ].join('\n');
  };
