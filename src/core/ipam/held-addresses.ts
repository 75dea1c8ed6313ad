/**
 * Which pods hold which addresses on their secondary networks, by what Multus wrote on them. Pods whose annotation is
 * missing hold addresses too; the caller says what the input could not tell.
 */
import { dig, digList, digText } from '../model/dig.ts';
import { parseAddress } from '../model/ip.ts';
import type { Address } from '../model/ip.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { objectsOf } from '../snapshot/snapshot.ts';

export interface HeldAddress {
  /** `namespace/name`. */
  readonly pod: string;
  readonly nodeName: string;
  readonly address: Address;
  /** `namespace/name` of the NetworkAttachmentDefinition, as Multus writes it. */
  readonly network: string;
}

/** The second is how older Multus spelled it. */
const STATUS_ANNOTATIONS = ['k8s.v1.cni.cncf.io/network-status', 'k8s.v1.cni.cncf.io/networks-status'];

const FINISHED = ['Succeeded', 'Failed'];

const interfacesOf = (pod: unknown): readonly unknown[] => {
  const text = STATUS_ANNOTATIONS.map((key) => digText(pod, 'metadata', 'annotations', key)).find(
    (value) => value !== undefined,
  );
  try {
    const read: unknown = text === undefined ? undefined : JSON.parse(text);
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
};

const addressesOf = (pod: unknown): readonly HeldAddress[] => {
  const nodeName = digText(pod, 'spec', 'nodeName');
  if (nodeName === undefined || FINISHED.includes(digText(pod, 'status', 'phase') ?? '')) return [];
  const name = `${digText(pod, 'metadata', 'namespace') ?? 'default'}/${digText(pod, 'metadata', 'name') ?? ''}`;
  return interfacesOf(pod)
    .filter((entry) => dig(entry, 'default') !== true)
    .flatMap((entry) =>
      digList(entry, 'ips').flatMap((text) => {
        const address = typeof text === 'string' ? parseAddress(text) : undefined;
        return address === undefined ? [] : [{ pod: name, nodeName, address, network: digText(entry, 'name') ?? '' }];
      }),
    );
};

export const heldAddresses = (snapshot: Snapshot): readonly HeldAddress[] =>
  objectsOf(snapshot, 'Pod').flatMap(({ object }) => addressesOf(object));
