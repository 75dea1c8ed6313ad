import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aPf, aPolicy } from '../../../testing/sriov-objects.ts';
import { readPolicy } from '../network-node-policy.ts';
import { readInterfaceStatus } from '../network-node-state.ts';
import { CHART_NICS, supportedNics } from '../supported-nics.ts';
import { admitPolicy } from './admit-policy.ts';
import type { AdmissionNode } from './admit-policy.ts';
import { mutatePolicy } from './mutate-policy.ts';

const nics = supportedNics(CHART_NICS);
const node: AdmissionNode = { labels: { gpu: '1' }, interfaces: [readInterfaceStatus(aPf())] };
const policy = (spec: object, name = 'p') => readPolicy(aPolicy(name, { ...spec }));

const reason = (
  candidate: ReturnType<typeof readPolicy>,
  nodes: readonly AdmissionNode[],
  policies = [candidate],
): string => {
  const verdict = admitPolicy(candidate, { nics, nodes, policies });
  return verdict.accept ? 'accepted' : verdict.reason;
};

describe('the validating webhook as a whole', () => {
  test('accepts what fits, and the relic named default whatever it says', () => {
    expect(reason(policy({}), [node])).toBe('accepted');
    expect(reason(policy({ numVfs: -1, resourceName: '' }, 'default'), [])).toBe('accepted');
  });

  test('static checks come first, then nodes, then the PFs on them', () => {
    expect(reason(policy({ resourceName: '-' }), [])).toContain('is invalid');
    expect(reason(policy({ nodeSelector: { gpu: '2' } }), [node])).toBe(
      'no matched node is selected by the nodeSelector in CR p',
    );
    expect(reason(policy({ nicSelector: { pfNames: ['none'] } }), [node])).toBe(
      'no supported NIC is selected by the nicSelector in CR p',
    );
    expect(reason(policy({}), [{ labels: {} }])).toContain('no supported NIC');
    expect(reason(policy({ numVfs: 129 }), [node])).toContain('exceed the maximum allowed value(128)');
  });

  test('only policies of the same node are compared, and a policy never with itself', () => {
    const other = policy({ nodeSelector: { gpu: '1' } }, 'other');
    const elsewhere = policy({ nodeSelector: { gpu: '2' } }, 'elsewhere');
    expect(reason(policy({}), [node], [policy({ numVfs: 1 }), elsewhere])).toBe('accepted');
    expect(reason(policy({}), [node], [elsewhere, other])).toContain('overlapped with existing policy other');
  });

  test('on a virtual platform VFs are selected by netFilter', () => {
    const vf = readInterfaceStatus(aPf({ deviceID: '101e', netFilter: 'openstack/NetworkID:x' }));
    const filtered = policy({ nicSelector: { netFilter: 'openstack/NetworkID:x' }, numVfs: 1 });
    expect(reason(filtered, [{ labels: {}, interfaces: [vf], providerId: 'openstack:///1' }])).toBe('accepted');
    expect(reason(filtered, [{ labels: {}, interfaces: [vf] }])).toContain('no supported NIC');
  });
});

test('mutation is idempotent, and leaves what is written, save that InfiniBand forces isRdma', () => {
  const spec = fc.record(
    { priority: fc.constantFrom(0, 50, null), isRdma: fc.boolean(), linkType: fc.constantFrom('ib', 'IB', 'eth'), deviceType: fc.constantFrom('netdevice', 'VFIO-PCI') },
    { requiredKeys: [] },
  ); // prettier-ignore
  fc.assert(
    fc.property(spec, (written) => {
      const once = mutatePolicy({ metadata: { name: 'p' }, spec: written as Record<string, unknown> });
      expect(mutatePolicy(once)).toEqual(once);
      const forced = written.linkType?.toLowerCase() === 'ib' && written.deviceType !== 'VFIO-PCI';
      expect(once.spec).toMatchObject({ ...written, ...(forced ? { isRdma: true } : {}) });
    }),
  );
  expect(mutatePolicy({ metadata: { name: 'default' }, spec: {} })).toEqual({
    metadata: { name: 'default' },
    spec: {},
  });
  expect(mutatePolicy('no object')).toBe('no object');
});
