/** `ipam allocate`: which node holds which block or prefix after the next reconcile, and who gets none. */
import { DROP_REASONS } from '../../../core/ipam/allocation.ts';
import { showProblem } from '../../../core/ipam/field-problem.ts';
import { NEWEST_IPAM } from '../../../core/ipam/ipam-versions.ts';
import { originOf } from '../../../core/ipam/pool-finding.ts';
import type { PoolSource } from '../../../core/ipam/pool-finding.ts';
import { sharesInStatus, showNames, showPool } from '../../../core/ipam/pool-object.ts';
import type { Share } from '../../../core/ipam/pool-object.ts';
import { forNamesOnly, reconcilePool } from '../../../core/ipam/reconcile-pool.ts';
import type { PoolOutcome } from '../../../core/ipam/reconcile-pool.ts';
import { dig } from '../../../core/model/dig.ts';
import { fail, ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { FILE_OPTION, readPoolInput, showOrigin, VERSION_OPTION } from '../ipam/pool-input.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';

type Valid = PoolOutcome & { readonly valid: true };

interface Allocated {
  readonly source: PoolSource;
  readonly outcome: PoolOutcome;
}

/** A screen holds about this many nodes; of several pools it holds a line each. */
const SHOWN = 20;

const renderInvalid = (source: PoolSource, outcome: PoolOutcome & { readonly valid: false }, paint: Paint): string =>
  [
    `${paint.bad(showPool(source.pool))} is not valid: nv-ipam clears its ${source.pool.allocations.length} allocations and sends InvalidSpec`,
    ...outcome.problems.map(
      (problem) => `  ${showOrigin(originOf(source.source, problem.path))}  ${showProblem(problem)}`,
    ),
  ].join('\n');

/** What became of a node's share: `kept`, `new`, `moved from ...`. */
const historyOf = (pool: PoolSource): ((share: Share) => string) => {
  const held = new Map(sharesInStatus(pool.pool).map((share) => [share.nodeName, share.text]));
  return ({ nodeName, text }) => {
    const old = held.get(nodeName);
    if (old === undefined) return 'new';
    return old === text ? 'kept' : `moved from ${old}`;
  };
};

const shareTable = (source: PoolSource, shares: readonly Share[]): readonly string[] => {
  if (shares.length === 0) return [];
  const history = historyOf(source);
  const columns = shares.some(({ gateway }) => gateway !== '')
    ? ['NODE', 'ADDRESSES', 'GATEWAY', 'HOW']
    : ['NODE', 'ADDRESSES', 'HOW'];
  const rows = shares.map((share) => [
    share.nodeName,
    share.text,
    ...(columns.length === 4 ? [share.gateway] : []),
    history(share),
  ]);
  return [table(columns, rows)];
};

const renderValid = (source: PoolSource, outcome: Valid, limit: number, paint: Paint): string => {
  const { shares, dropped, unallocated } = outcome;
  const history = historyOf(source);
  const count = (how: string): number => shares.filter((share) => history(share).startsWith(how)).length;
  const counts = ['kept', 'new', 'moved'].filter((how) => count(how) > 0).map((how) => `${count(how)} ${how}`);
  const holders = new Set(shares.map(({ nodeName }) => nodeName));
  const gone = dropped.filter(({ share }) => !holders.has(share.nodeName)).slice(0, limit);
  const hidden = shares.length - Math.min(limit, shares.length);
  return [
    `${paint.bold(showPool(source.pool))}: ${shares.length} of ${shares.length + unallocated.length} nodes hold a share${counts.length === 0 ? '' : ` (${counts.join(', ')})`}`,
    ...shareTable(source, shares.slice(0, limit)),
    ...(hidden > 0 && limit > 0 ? [paint.dim(`${hidden} more with -v`)] : []),
    ...gone.map(({ share, reason }) => `dropped  ${share.nodeName} ${share.text}: ${DROP_REASONS[reason]}`),
    ...(unallocated.length > 0
      ? [
          paint.bad(
            `no share for ${showNames(unallocated)}: the pool is full (event ${outcome.events[0]?.reason ?? ''})`,
          ),
        ]
      : []),
  ].join('\n');
};

const render = (all: readonly Allocated[], verbose: boolean, paint: Paint): string => {
  const limit = verbose ? Number.POSITIVE_INFINITY : all.length === 1 ? SHOWN : 0;
  const parts = all.map(({ source, outcome }) =>
    outcome.valid ? renderValid(source, outcome, limit, paint) : renderInvalid(source, outcome, paint),
  );
  return limit > 0 ? parts.join('\n\n') : [...parts, paint.dim('-v shows the share of each node')].join('\n');
};

const dataOf = ({ source, outcome }: Allocated): unknown => ({
  pool: showPool(source.pool),
  namespace: source.pool.namespace,
  valid: outcome.valid,
  events: outcome.events,
  ...(outcome.valid
    ? {
        allocations: outcome.allocations,
        dropped: outcome.dropped.map(({ share, reason }) => ({
          nodeName: share.nodeName,
          addresses: share.text,
          reason,
          because: DROP_REASONS[reason],
        })),
        unallocated: outcome.unallocated,
      }
    : { problems: outcome.problems.map(({ field, because }) => ({ field, because })) }),
});

export default defineCommand({
  path: 'ipam allocate',
  about: 'Shows which block or prefix of a pool each node gets, address for address as nv-ipam gives them',
  examples: [
    { line: 'ipam allocate -f pools.yaml --nodes dgx[001-032]', does: 'cuts new pools for 32 nodes given by name' },
    { line: 'ipam allocate --from dump/', does: 'says who keeps what at the next reconcile, and who gets nothing' },
  ],
  options: [FILE_OPTION, VERSION_OPTION],
  readsSnapshot: 'objects',
  run: async (context, _args, options) => {
    const input = await readPoolInput(context, options);
    if (!input.ok) return input;
    const { given, pools, nodes, namesOnly, release = NEWEST_IPAM } = input.value;
    const asked = given.length > 0 ? given : pools;
    if (asked.length === 0)
      return fail(
        'input-no-pools',
        'The input holds no IPPool or CIDRPool; give a file with -f, or --from with pools.',
      );
    if (nodes.length === 0)
      return fail(
        'usage-nodes',
        'No nodes are known; give --nodes dgx[001-031], or --from with kubectl get nodes -o yaml.',
      );
    if (namesOnly && asked.some(({ pool }) => dig(pool.spec, 'nodeSelector') !== undefined))
      context.warn('The nodes are known by name only: every nodeSelector is taken to select them.');
    const all = asked.map((source): Allocated => ({
      source,
      outcome: reconcilePool(namesOnly ? forNamesOnly(source.pool) : source.pool, nodes, release),
    }));
    const isShort = all.some(({ outcome }) => !outcome.valid || outcome.unallocated.length > 0);
    return ok({
      exit: isShort ? EXIT.findings : EXIT.clean,
      data: all.map(dataOf),
      text: (paint) => render(all, options['verbose'] === true, paint),
    });
  },
});
