/** A Redfish ComputerSystem (DSP0268): what says whether a host can be held in its setup, and where it is now. */
import { dig, digFlag, digText, isMap } from '../../model/dig.ts';
import type { Origin } from '../../snapshot/snapshot.ts';
import type { HostInterfaceFacts, SystemFacts } from './bare-metal-facts.ts';

const texts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : undefined;

export const readSystem = (document: unknown, origin: Origin): SystemFacts | undefined => {
  const type = digText(document, '@odata.type') ?? '';
  if (!isMap(document) || !(type.includes('.ComputerSystem') || ('PowerState' in document && isMap(document['Boot']))))
    return undefined;
  const entries = {
    id: digText(document, '@odata.id') ?? digText(document, 'Id'),
    uuid: digText(document, 'UUID'),
    name: digText(document, 'Name'),
    powerState: digText(document, 'PowerState'),
    bootTargets: texts(dig(document, 'Boot', 'BootSourceOverrideTarget@Redfish.AllowableValues')),
    overrideTarget: digText(document, 'Boot', 'BootSourceOverrideTarget'),
    overrideEnabled: digText(document, 'Boot', 'BootSourceOverrideEnabled'),
    enabledValues: texts(dig(document, 'Boot', 'BootSourceOverrideEnabled@Redfish.AllowableValues')),
    lastProgress: digText(document, 'BootProgress', 'LastState'),
  };
  return {
    ...(Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as Omit<
      SystemFacts,
      'origin'
    >),
    origin,
  };
};

/** A HostInterface of the BMC: the way from the host's operating system into the BMC. */
export const readHostInterface = (document: unknown, origin: Origin): HostInterfaceFacts | undefined => {
  if (!(digText(document, '@odata.type') ?? '').includes('.HostInterface')) return undefined;
  const enabled = digFlag(document, 'InterfaceEnabled');
  return { ...(enabled === undefined ? {} : { enabled }), origin };
};
