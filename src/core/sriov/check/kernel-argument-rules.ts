/**
 * Kernel arguments that the operator wants and cannot set: on Ubuntu its script does nothing and reports success, yet the restart
 * is decided by /proc/cmdline (reference: sriov.md 2.3, F12).
 */
import { selects } from '../../model/label-selector.ts';
import type { SriovNode } from '../sriov-world.ts';
import type { CheckContext } from './check-context.ts';
import type { TrapSighting } from './trap-finding.ts';

const NO_KERNEL_ARGUMENTS = /ubuntu|dgx/i;

/** Of the pool's rdmaMode. */
const RDMA_ARGUMENTS: Readonly<Record<string, string>> = {
  shared: 'ib_core.netns_mode=1',
  exclusive: 'ib_core.netns_mode=0',
};

/** What vfio-pci needs on any processor; Intel's also needs intel_iommu=on, and which it is was not read. */
const VFIO_ARGUMENT = 'iommu=pt';

/** Nothing where the node sets its arguments by itself, or has this one. */
const sighting = (
  node: SriovNode,
  argument: string,
  at: Pick<TrapSighting, 'source' | 'path'>,
): readonly TrapSighting[] => {
  const { osImage = '', inventory, name } = node;
  const given = inventory.kernelCommandLine?.value.split(/\s+/);
  if (!NO_KERNEL_ARGUMENTS.test(osImage) || given?.includes(argument) === true) return [];
  const lack =
    given === undefined ? 'whether it is there is not known, as /proc/cmdline was not read' : 'which is missing';
  return [{ ...at, trap: 'kernel-argument-loop', says: `it needs ${argument} on ${osImage}, ${lack}`, nodes: [name] }];
};

const ofPolicies = (context: CheckContext): readonly TrapSighting[] =>
  context.classes.flatMap((one) =>
    one.policies
      .filter(({ policy }) => policy.spec.deviceType === 'vfio-pci')
      .flatMap(({ policy }) =>
        one.nodes.flatMap((node) =>
          sighting(node, VFIO_ARGUMENT, { source: context.sourceOf(policy), path: ['spec', 'deviceType'] }),
        ),
      ),
  );

const ofPools = ({ world }: CheckContext): readonly TrapSighting[] =>
  world.pools.flatMap(({ pool, source }) => {
    const argument = RDMA_ARGUMENTS[pool.rdmaMode];
    if (argument === undefined) return [];
    return world.nodes
      .filter(({ labels }) => selects(pool.nodeSelector ?? [], labels ?? {}))
      .flatMap((node) => sighting(node, argument, { source, path: ['spec', 'rdmaMode'] }));
  });

export const kernelArgumentRules = (context: CheckContext): readonly TrapSighting[] => [
  ...ofPolicies(context),
  ...ofPools(context),
];
