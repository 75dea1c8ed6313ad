/** Where a site keeps the addresses and the account of its BMCs (core/power/bmc-entry.ts), filled in for the twin's own. */
import { NAMESPACES, SECRETS } from '../../../core/model/kube-resource.ts';
import { SYSTEM_NAMESPACE } from '../../../core/model/system-namespace.ts';
import { BMC_SECRET } from '../../../core/power/bmc-entry.ts';
import type { World } from '../../../twin/world/world.ts';
import type { ServerCertificate } from '../certificate/self-signed.ts';
import { ARM_SYSTEM, SYSTEM } from './redfish-resources.ts';
import type { TwinBmcs } from './twin-bmcs.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

export const writeBmcSecret = (
  world: World,
  { login, urls, arms }: TwinBmcs,
  { certificate }: ServerCertificate,
): void => {
  const person = world.actor('person');
  person.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SYSTEM_NAMESPACE } });
  const armsOf = (node: string) =>
    (arms.get(node) ?? []).map(({ card, serial, url }) => ({ card, serial, address: `${url.origin}${ARM_SYSTEM}` }));
  const entries = [...urls].map(
    ([node, url]) => [node, JSON.stringify({ address: `${url.origin}${SYSTEM}`, arms: armsOf(node) })] as const,
  );
  person.create(SECRETS, {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name: BMC_SECRET, namespace: SYSTEM_NAMESPACE },
    data: Object.fromEntries([
      ['default', base64(JSON.stringify({ ...login, ca: certificate }))],
      ...entries.map(([node, entry]) => [node, base64(entry)]),
    ]) as Readonly<Record<string, string>>,
  });
};
