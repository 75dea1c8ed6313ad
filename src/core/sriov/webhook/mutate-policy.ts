/** What the mutating webhook adds to a policy (pkg/webhook/mutate.go; reference: sriov.md 1.8). */
import { dig, digText, isMap } from '../../model/dig.ts';
import { isIgnoredPolicy } from '../network-node-policy.ts';

/** The weakest priority; without the webhook a missing priority is 0, the strongest. */
export const WEBHOOK_PRIORITY = 99;

const mutateSpec = (spec: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const isInfiniBand = digText(spec, 'linkType')?.toLowerCase() === 'ib';
  const isVfio = digText(spec, 'deviceType')?.toLowerCase() === 'vfio-pci';
  return {
    ...spec,
    priority: 'priority' in spec ? spec['priority'] : WEBHOOK_PRIORITY,
    isRdma: isInfiniBand && !isVfio ? true : 'isRdma' in spec ? spec['isRdma'] : false,
  };
};

/** The object with a completed spec. Fields that it has stay as they are, save that InfiniBand forces isRdma. */
export const mutatePolicy = <Policy>(object: Policy): Policy => {
  const spec = dig(object, 'spec');
  if (isIgnoredPolicy({ name: digText(object, 'metadata', 'name') ?? '' }) || !isMap(spec)) return object;
  return { ...object, spec: mutateSpec(spec) };
};
