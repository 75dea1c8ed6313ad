/** `ipam check`: what is wrong with address pools, or will be, before pods notice. */
import { checkPools } from '../../../core/ipam/check-pools.ts';
import type { PoolCheck } from '../../../core/ipam/check-pools.ts';
import type { PoolFinding, PoolSeverity } from '../../../core/ipam/pool-finding.ts';
import { fail, ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { wrap } from '../diagnosis/wrap.ts';
import { EXIT } from '../exit-code.ts';
import { countOption, FILE_OPTION, readPoolInput, showOrigin, VERSION_OPTION } from '../ipam/pool-input.ts';
import type { Paint } from '../paint.ts';

/** A screen holds about this many findings, each of up to five lines. */
const SHOWN = 6;
const INDENT = ' '.repeat(9);

/** Findings that say the same of several pools stand together. */
const grouped = (findings: readonly PoolFinding[]): readonly (readonly [PoolFinding, ...PoolFinding[]])[] => {
  const groups = new Map<string, [PoolFinding, ...PoolFinding[]]>();
  for (const finding of findings) {
    const key = `${finding.id} ${finding.because}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
};

const groupLines = (group: readonly [PoolFinding, ...PoolFinding[]], paint: Paint): readonly string[] => {
  const [{ severity, because, wayOut }] = group;
  const colours: Readonly<Record<PoolSeverity, (text: string) => string>> = {
    error: paint.bad,
    warning: paint.warn,
    note: paint.dim,
  };
  const name = ({ about, origin }: PoolFinding): string => `${paint.bold(about)} (${showOrigin(origin)})`;
  const isOneWay = group.every((finding) => finding.wayOut === wayOut);
  const way = (text: string): readonly string[] => wrap(text, paint.width, `${INDENT}-> `, `${INDENT}   `);
  return [
    `${colours[severity](severity.padEnd(8))} ${group.length === 1 ? name(group[0]) : `${group.length} times:`}`,
    ...wrap(because, paint.width, INDENT, INDENT),
    ...(group.length === 1
      ? []
      : group.flatMap((finding) => [`${INDENT}${name(finding)}`, ...(isOneWay ? [] : way(finding.wayOut))])),
    ...(isOneWay ? way(wayOut) : []),
  ];
};

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const heading = ({ findings, pools, nodes, release }: PoolCheck, paint: Paint): string => {
  const counts = (['error', 'warning', 'note'] as const)
    .map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => plural(count, severity));
  const verdict = counts.length === 0 ? paint.good('nothing found') : counts.join(', ');
  const fleet = nodes === 0 ? 'a fleet that is not known' : plural(nodes, 'node');
  return `${verdict} in ${plural(pools.length, 'pool')} for ${fleet} (nv-ipam ${release.tag})`;
};

const render = (check: PoolCheck, verbose: boolean, paint: Paint): string => {
  const { findings, gaps } = check;
  const groups = grouped(findings);
  const shown = verbose ? groups : groups.slice(0, SHOWN);
  const hidden = groups.length - shown.length;
  return [
    heading(check, paint),
    ...(shown.length > 0 ? [''] : []),
    ...shown.flatMap((group) => groupLines(group, paint)),
    ...(hidden > 0 ? [paint.dim(`${hidden} more with -v`)] : []),
    ...(gaps.length > 0 ? [''] : []),
    ...gaps.flatMap(({ what, because, settle }) =>
      wrap(`${what}: ${because}${settle === undefined ? '' : ` (${settle})`}`, paint.width, 'unknown  ', INDENT),
    ),
  ].join('\n');
};

export default defineCommand({
  path: 'ipam check',
  about:
    'Finds pools that are invalid, too small, overlap, or give VFs too few addresses, with the subnet that would fit',
  examples: [
    { line: 'ipam check --from dump/', does: 'checks the pools of a cluster against its nodes, policies and networks' },
    {
      line: 'ipam check -f pools.yaml --from dump/ --growth 8',
      does: 'checks edited pools for a fleet of eight nodes more',
    },
  ],
  options: [FILE_OPTION, VERSION_OPTION, { flags: '--growth <nodes>', about: 'nodes that the fleet will grow by' }],
  readsSnapshot: 'objects',
  run: async (context, _args, options) => {
    const growth = countOption(options, 'growth', '--growth');
    if (!growth.ok) return growth;
    const input = await readPoolInput(context, options);
    if (!input.ok) return input;
    const { pools, snapshot, nodes, namesOnly, release } = input.value;
    if (pools.length === 0)
      return fail(
        'input-no-pools',
        'The input holds no IPPool or CIDRPool; give a file with -f, or --from with pools.',
      );
    const check = checkPools({
      pools,
      snapshot,
      nodes,
      namesOnly,
      growth: growth.value ?? 0,
      ...(release === undefined ? {} : { release }),
    });
    const isClean = check.findings.every(({ severity }) => severity === 'note');
    return ok({
      exit: isClean ? EXIT.clean : EXIT.findings,
      data: { findings: check.findings, unknown: check.gaps, nodes: check.nodes, ipamVersion: check.release.tag },
      text: (paint) => render(check, options['verbose'] === true, paint),
    });
  },
});
