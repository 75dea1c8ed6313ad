/** Traps of what the device plugin will offer, compared with what the node state gives to each resource. */
import { extendedResource, promisedResources } from '../extended-resources.ts';
import { failedSelectors } from '../device-plugin.ts';
import type { PlannedVf } from '../device-plugin.ts';
import type { PreparedPolicy } from '../prepared-policy.ts';
import type { CheckContext, NodeClass } from './check-context.ts';
import type { TrapSighting } from './trap-finding.ts';

const policiesOf = ({ policies }: NodeClass, resourceName: string): readonly PreparedPolicy[] =>
  policies.filter(({ policy }) => policy.spec.resourceName === resourceName);

const DECIDED = [
  ['isRdma', 'first'],
  ['needVhostNet', 'first'],
  ['vdpaType', 'first'],
  ['excludeTopology', 'last'],
] as const;

const disagreements = (one: NodeClass, { sourceOf }: CheckContext): readonly TrapSighting[] =>
  one.resourceList.flatMap(({ resourceName }) => {
    const sharing = policiesOf(one, resourceName).map(({ policy }) => policy);
    return DECIDED.flatMap(([field, decider]): readonly TrapSighting[] => {
      const deciding = decider === 'first' ? sharing[0] : sharing.at(-1);
      if (deciding === undefined) return [];
      return sharing
        .filter(({ spec }) => spec[field] !== deciding.spec[field])
        .map((policy) => ({
          trap: 'resource-disagrees',
          source: sourceOf(policy),
          path: ['spec', field],
          says: `${field} ${policy.spec[field] || 'unset'} does not count for ${resourceName}: policy ${deciding.name} says ${deciding.spec[field] || 'unset'}`,
          nodes: one.names,
        }));
    });
  });

const mixedLinks = (one: NodeClass, { sourceOf, world }: CheckContext): readonly TrapSighting[] =>
  one.resourceList.flatMap(({ resourceName, selectors }): readonly TrapSighting[] => {
    const [first] = policiesOf(one, resourceName);
    const pool = one.pools.get(resourceName) ?? [];
    const ib = pool.find(({ linkType }) => linkType === 'IB');
    const eth = pool.find(({ linkType }) => linkType === 'ETH');
    if (first === undefined || ib === undefined || eth === undefined || selectors.linkTypes !== undefined) return [];
    const name = extendedResource(world.resourcePrefix, resourceName);
    return [
      {
        trap: 'resource-mixes-links',
        source: sourceOf(first.policy),
        path: ['spec'],
        says: `${name} mixes InfiniBand (${ib.pf.name}) and Ethernet (${eth.pf.name})`,
        nodes: one.names,
      },
    ];
  });

/** `VFs 0-3 of ens1f0np0 and 2 more PFs`, for VFs that share one reason. */
const showVfs = (vfs: readonly PlannedVf[]): string => {
  const pfs = [...new Set(vfs.map(({ pf }) => pf.name))];
  const first = vfs.filter(({ pf }) => pf.name === pfs[0]).map(({ index }) => index);
  const more = pfs.length > 1 ? ` and of ${pfs.length - 1} more PFs` : '';
  return `VFs ${Math.min(...first)}-${Math.max(...first)} of ${pfs[0] ?? ''}${more}`;
};

/** Why VFs of a resource's groups are not in its pool, the VFs by reason. */
const reasons = (
  lacking: readonly PlannedVf[],
  resourceName: string,
  one: NodeClass,
  context: CheckContext,
): string => {
  const resource = one.resourceList.find((candidate) => candidate.resourceName === resourceName);
  const byReason = new Map<string, PlannedVf[]>();
  for (const vf of lacking) {
    const failed = resource === undefined ? [] : failedSelectors(vf, resource, context.world.nics);
    const taker = [...one.pools].find(([, pool]) => pool.includes(vf))?.[0];
    const reason = failed.length > 0 ? `do not fit ${failed.join(', ')}` : `go to ${taker ?? 'nobody'}`;
    byReason.set(reason, [...(byReason.get(reason) ?? []), vf]);
  }
  return [...byReason].map(([reason, vfs]) => `${showVfs(vfs)} ${reason}`).join('; ');
};

const poolDifferences = (one: NodeClass, context: CheckContext): readonly TrapSighting[] => {
  const { world, sourceOf } = context;
  const promised = promisedResources({ interfaces: one.specs }, world.resourcePrefix);
  return one.resourceList.flatMap(({ resourceName }): readonly TrapSighting[] => {
    const [first] = policiesOf(one, resourceName);
    const name = extendedResource(world.resourcePrefix, resourceName);
    const wanted = promised.get(name) ?? 0;
    const pool = one.pools.get(resourceName) ?? [];
    const strangers = pool.filter(({ group }) => group?.resourceName !== resourceName);
    const lacking = one.vfs.filter((vf) => vf.group?.resourceName === resourceName && !pool.includes(vf));
    if (first === undefined || (strangers.length === 0 && lacking.length === 0)) return [];
    const why = [
      ...(lacking.length === 0 ? [] : [reasons(lacking, resourceName, one, context)]),
      ...(strangers.length === 0 ? [] : [`${showVfs(strangers)} are taken too, and belong to no group of it`]),
    ].join('; ');
    return [
      {
        trap: 'pool-differs',
        source: sourceOf(first.policy),
        path: ['spec', 'resourceName'],
        says: `${name}: the node state gives it ${wanted} VFs, the device plugin will offer ${pool.length}: ${why}`,
        nodes: one.names,
      },
    ];
  });
};

export const resourceRules = (context: CheckContext): readonly TrapSighting[] =>
  context.classes.flatMap((one) => [
    ...disagreements(one, context),
    ...mixedLinks(one, context),
    ...poolDifferences(one, context),
  ]);
