/** Traps of SriovNetworkPoolConfig and SriovOperatorConfig, and of the list of models (reference: sriov.md 1.3, 1.5, 1.9). */
import { dig, digFlag, digText } from '../../model/dig.ts';
import type { SnapshotObject } from '../../snapshot/snapshot.ts';
import { maxUnavailable, poolOf, UNLIMITED } from '../pool-config.ts';
import type { SriovWorld } from '../sriov-world.ts';
import { readSupportedNics } from '../supported-nics.ts';
import type { CheckContext } from './check-context.ts';
import type { TrapSighting } from './trap-finding.ts';

type SourcedPool = SriovWorld['pools'][number];

const LIMIT = ['spec', 'maxUnavailable'];

/** Nodes whose labels are known; the others have no say in what a pool holds. */
const labelled = ({ nodes }: SriovWorld) =>
  nodes.flatMap(({ name, labels }) => (labels === undefined ? [] : [{ name, labels }]));

const members = (pool: SourcedPool['pool'], world: SriovWorld): readonly string[] => {
  const nodes = labelled(world);
  return nodes
    .filter((node) => {
      const found = poolOf(node, nodes, [pool]);
      return found.ok && found.value.pool === pool;
    })
    .map(({ name }) => name);
};

const limits = ({ pool, source }: SourcedPool, world: SriovWorld): readonly TrapSighting[] => {
  if (pool.ovsHardwareOffload !== '')
    return pool.maxUnavailable === undefined && dig(source.object, 'spec', 'nodeSelector') === undefined
      ? []
      : [{ trap: 'pool-refused', source, path: ['spec', 'ovsHardwareOffloadConfig'], says: 'ovsHardwareOffloadConfig excludes maxUnavailable and nodeSelector', remedy: 'Use two objects.' }];
  if (pool.nodeSelector === undefined)
    return [{ trap: 'pool-refused', source, path: ['spec', 'nodeSelector'], says: 'the nodeSelector cannot be read', remedy: 'Write it as a label selector (matchLabels, matchExpressions).' }];
  const nodes = members(pool, world);
  const count = nodes.length;
  const allowed = maxUnavailable(pool.maxUnavailable, count);
  if (!allowed.ok) return [{ trap: 'pool-refused', source, path: LIMIT, says: allowed.fault.message }];
  if (allowed.value === UNLIMITED)
    return [{ trap: 'pool-unlimited', source, path: ['spec'], says: 'maxUnavailable is missing', nodes }];
  if (allowed.value > 0 || (count === 0 && pool.maxUnavailable !== 0)) return [];
  const says = `maxUnavailable ${JSON.stringify(pool.maxUnavailable)} of ${count} nodes is 0`;
  return [{ trap: 'pool-never-drains', source, path: LIMIT, says, nodes }];
}; // prettier-ignore

const twoPools = ({ pools, ...world }: SriovWorld): readonly TrapSighting[] =>
  pools.flatMap(({ pool, source }, index) =>
    pools.slice(0, index).flatMap((other): readonly TrapSighting[] => {
      if (pool.ovsHardwareOffload !== '' || other.pool.ovsHardwareOffload !== '') return [];
      const here = members(pool, { pools, ...world });
      const there = new Set(members(other.pool, { pools, ...world }));
      const both = here.filter((name) => there.has(name));
      const path = ['spec', 'nodeSelector'];
      return both.length === 0
        ? []
        : [{ trap: 'two-pools', source, path, says: `its nodes are in pool ${other.pool.name} too`, nodes: both }];
    }),
  );

/** The webhook refuses disableDrain while a node state is InProgress, where it was false before. */
const disabledDrain = (source: SnapshotObject, { nodes }: SriovWorld): TrapSighting => {
  const busy = nodes.filter(({ nodeState }) => digText(nodeState?.object, 'status', 'syncStatus') === 'InProgress');
  const found: TrapSighting = {
    trap: 'drain-disabled',
    source,
    path: ['spec', 'disableDrain'],
    says: 'disableDrain is true',
  };
  return busy.length === 0
    ? found
    : {
        ...found,
        severity: 'error',
        says: `disableDrain is true while nodes are InProgress`,
        nodes: busy.map(({ name }) => name),
      };
};

const operatorConfigs = (world: SriovWorld): readonly TrapSighting[] =>
  world.operatorConfigs.flatMap((source): readonly TrapSighting[] => {
    const { name } = source.object.metadata;
    if (name !== 'default')
      return [
        {
          trap: 'operator-config-name',
          source,
          path: ['metadata', 'name'],
          says: `a SriovOperatorConfig named ${name} is not read`,
        },
      ];
    return digFlag(source.object, 'spec', 'disableDrain') === true ? [disabledDrain(source, world)] : [];
  });

const nicList = ({ nicList: source }: SriovWorld): readonly TrapSighting[] =>
  source === undefined
    ? []
    : readSupportedNics(source.object).broken.map((key) => ({
        trap: 'nic-list-broken',
        source,
        path: ['data', key],
        says: `${key} does not hold three ids`,
      }));

export const poolRules = ({ world }: CheckContext): readonly TrapSighting[] => [
  ...world.pools.flatMap((pool) => limits(pool, world)),
  ...twoPools(world),
  ...operatorConfigs(world),
  ...nicList(world),
];
