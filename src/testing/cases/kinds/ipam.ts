/** Answers the kinds of cases-ipam.yaml from core/ipam. Reads the shapes of the schema; decides nothing. */
import type { Block } from '../../../core/ipam/allocate-ippool.ts';
import { capacityOf, showCount } from '../../../core/ipam/capacity.ts';
import type { Capacity } from '../../../core/ipam/capacity.ts';
import { countEntries, refuseNodePrefix } from '../../../core/ipam/cidrpool-entry.ts';
import type { NodePrefix } from '../../../core/ipam/cidrpool-entry.ts';
import { readCIDRPool } from '../../../core/ipam/cidrpool-spec.ts';
import { showProblems } from '../../../core/ipam/field-problem.ts';
import type { FieldProblem } from '../../../core/ipam/field-problem.ts';
import { readIPPool } from '../../../core/ipam/ippool-spec.ts';
import { readNodePrefix } from '../../../core/ipam/pool-object.ts';
import type { PoolKind, PoolObject } from '../../../core/ipam/pool-object.ts';
import { poolTraps } from '../../../core/ipam/pool-traps.ts';
import { reconcilePool } from '../../../core/ipam/reconcile-pool.ts';
import type { PoolOutcome } from '../../../core/ipam/reconcile-pool.ts';
import { gatewayAt } from '../../../core/ipam/subnet-facts.ts';
import { digList, digNumber, digText, digTexts, isMap } from '../../../core/model/dig.ts';
import { parseSubnet, showAddress } from '../../../core/model/ip.ts';
import type { SelectableNode } from '../../../core/model/node-selector.ts';
import type { CaseKind, CaseKinds, JsonObject } from '../case-kind.ts';
import { Matcher } from '../matcher.ts';
import { exactly } from '../matchers.ts';
import { answerLocal } from './ipam-local.ts';

const nodeOf = (node: unknown): SelectableNode =>
  typeof node === 'string'
    ? { name: node, labels: {} }
    : { name: digText(node, 'name') ?? '', labels: digTexts(node, 'labels') };

const poolOf = (kind: PoolKind, given: JsonObject): PoolObject => ({
  kind,
  name: digText(given, 'poolName') ?? 'pool',
  namespace: '',
  spec: given['pool'],
  allocations: digList(given, 'existing'),
});

const allocate = (kind: PoolKind, shown: (outcome: PoolOutcome) => Record<string, unknown>): CaseKind => ({
  expectDefaults: { unallocated: [] },
  answer: ({ given }) => {
    const outcome = reconcilePool(poolOf(kind, given), digList(given, 'nodes').map(nodeOf));
    return {
      ...shown(outcome),
      unallocated: outcome.valid ? outcome.unallocated : [],
      event: outcome.events[0]?.reason,
      dropped: exactly(
        outcome.valid ? Object.fromEntries(outcome.dropped.map(({ share, reason }) => [share.nodeName, reason])) : {},
      ),
      reason: outcome.events[0]?.message ?? 'every node of the pool has its share',
    };
  },
});

/** Every field path expected must be named, as a whole or by a path below it. */
const naming = (problems: readonly FieldProblem[]): Matcher =>
  new Matcher(`naming ${problems.map(({ field }) => field).join(', ')}`, (expected) => {
    const missing = (Array.isArray(expected) ? expected : [expected]).filter(
      (path) =>
        !problems.some(({ field }) => field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`)),
    );
    return missing.length === 0 ? undefined : `${missing.join(', ')} is not named`;
  });

const verdict = (problems: readonly FieldProblem[], traps: readonly string[]): Record<string, unknown> => ({
  ok: problems.length === 0,
  fields: naming(problems),
  reason: problems.length > 0 ? showProblems(problems) : [...traps, 'the pool is valid'][0],
});

const validate = (kind: PoolKind): CaseKind => ({
  answer: ({ given }) => {
    const pool = poolOf(kind, given);
    const read = (kind === 'IPPool' ? readIPPool : readCIDRPool)(pool.name, pool.spec);
    return verdict(
      read.ok ? [] : read.problems,
      poolTraps(pool).map(({ because }) => because),
    );
  },
});

const validateEntry: CaseKind = {
  answer: ({ given }) => {
    const read = readCIDRPool('pool', given['pool']);
    if (!read.ok) return verdict(read.problems, []);
    const entry = readNodePrefix(given['allocation']);
    const existing = digList(given, 'existing').map(readNodePrefix);
    return verdict(refuseNodePrefix(read.spec, entry, countEntries(existing))?.problems ?? [], []);
  },
};

const gateway: CaseKind = {
  answer: ({ given }) => ({
    rows: digList(given, 'rows').map((row) => {
      const subnet = parseSubnet(digText(row, 0) ?? '');
      const address = subnet === undefined ? undefined : gatewayAt(subnet, digNumber(row, 1) ?? -1);
      return address === undefined ? '' : showAddress(address);
    }),
  }),
};

const capacityOfPool = (kind: PoolKind, spec: unknown): Capacity | undefined => {
  const read = (kind === 'IPPool' ? readIPPool : readCIDRPool)('pool', spec);
  return read.ok ? capacityOf(read.spec) : undefined;
};

const capacity: CaseKind = {
  answer: ({ given }) => {
    const kind: PoolKind = given['type'] === 'cidrpool' ? 'CIDRPool' : 'IPPool';
    const size = kind === 'IPPool' ? 'perNodeBlockSize' : 'perNodeNetworkPrefix';
    const subnet = kind === 'IPPool' ? 'subnet' : 'cidr';
    const shown = (found: Capacity | undefined, key: 'nodes' | 'perNode'): unknown =>
      found === undefined ? undefined : showCount(found[key]);
    if (isMap(given['pool'])) {
      const found = capacityOfPool(kind, given['pool']);
      return { nodes: shown(found, 'nodes'), perNode: shown(found, 'perNode') };
    }
    const found = digList(given, 'rows').map((row) =>
      capacityOfPool(kind, {
        [subnet]: digText(row, 0),
        [size]: digNumber(row, 1),
        ...(kind === 'IPPool' ? { gateway: digText(row, 2) } : { gatewayIndex: digNumber(row, 2) }),
      }),
    );
    return { nodes: found.map((each) => shown(each, 'nodes')), perNode: found.map((each) => shown(each, 'perNode')) };
  },
};

const byNode = <Entry extends { readonly nodeName: string }>(
  outcome: PoolOutcome,
  shown: (entry: Entry) => readonly string[],
): unknown =>
  exactly(
    Object.fromEntries(
      (outcome.valid ? (outcome.allocations as readonly unknown[] as readonly Entry[]) : []).map((entry) => [
        entry.nodeName,
        shown(entry),
      ]),
    ),
  );

export const roomKinds: CaseKinds = {
  'kind:allocate-ippool': allocate('IPPool', (outcome) => ({
    blocks: byNode<Block>(outcome, ({ startIP, endIP }) => [startIP, endIP]),
  })),
  'kind:allocate-cidrpool': allocate('CIDRPool', (outcome) => ({
    prefixes: byNode<NodePrefix>(outcome, ({ prefix, gateway: address }) => [prefix, address]),
  })),
  'kind:validate-ippool': validate('IPPool'),
  'kind:validate-cidrpool': validate('CIDRPool'),
  'kind:validate-cidrpool-allocation': validateEntry,
  'kind:gateway': gateway,
  'kind:capacity': capacity,
  'kind:local': { answer: ({ given }) => answerLocal(given) },
};
