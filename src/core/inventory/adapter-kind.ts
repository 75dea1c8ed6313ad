/**
 * What a card is, with the evidence. A BlueField by device id, type or description, and its mode by its settings; a card of the
 * machine's own by the number of functions at one address. What this means for SR-IOV is decided in core/sriov.
 */
import type { Adapter, AdapterKind, Evidence, PhysicalFunction } from '../model/adapter.ts';
import type { Origin } from '../snapshot/snapshot.ts';
import { bluefieldMode } from './bluefield-mode.ts';
import { isBluefieldName, nvidiaDevice } from './nvidia-devices.ts';
import { VENDOR_NVIDIA } from '../sriov/supported-nics.ts';

/** InfiniBand adapter cards have one or two ports (Ethernet ones up to four); four functions are a module of the machine. */
const FUNCTIONS_OF_A_MODULE = 4;

interface Kind {
  readonly kind: AdapterKind;
  readonly evidence: readonly Evidence[];
}

const MODE_KIND: Readonly<Record<string, AdapterKind>> = { dpu: 'bluefield-dpu', nic: 'bluefield-nic' };

const bluefield = (card: Omit<Adapter, 'kind' | 'kindEvidence'>): Kind | undefined => {
  const evidence: Evidence[] = [];
  for (const { deviceId } of card.functions) {
    const device = deviceId === undefined ? undefined : nvidiaDevice(deviceId.value);
    if (device?.family === 'bluefield' && deviceId !== undefined && evidence.length === 0)
      evidence.push({ because: `device id ${deviceId.value} is a ${device.model}`, origin: deviceId.origin });
  }
  for (const fact of [card.deviceType, card.description])
    if (fact !== undefined && isBluefieldName(fact.value))
      evidence.push({ because: `the tool calls it ${shorten(fact.value)}`, origin: fact.origin });
  if (evidence.length === 0) return undefined;
  const mode = bluefieldMode(card.settings, 'BlueField');
  const engine = card.settings.find(({ name }) => name === 'INTERNAL_CPU_OFFLOAD_ENGINE');
  if (engine !== undefined && (mode === 'dpu' || mode === 'nic'))
    evidence.push({ because: `its settings say ${mode === 'dpu' ? 'DPU' : 'NIC'} mode`, origin: engine.origin });
  return { kind: MODE_KIND[mode] ?? 'bluefield', evidence };
};

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

const internal = (functions: readonly PhysicalFunction[]): Kind | undefined => {
  const [first] = functions;
  if (first === undefined || functions.length < FUNCTIONS_OF_A_MODULE) return undefined;
  if (functions.some(({ linkType }) => linkType?.value === 'ETH')) return undefined;
  return {
    kind: 'internal',
    evidence: [
      {
        because: `${String(functions.length)} functions at one address, InfiniBand adapter cards have one or two`,
        origin: originOf(first),
      },
    ],
  };
};

const originOf = (one: PhysicalFunction): Origin =>
  (one.interface ?? one.rdma ?? one.deviceId)?.origin ?? { source: 'unknown' };

export const kindOfAdapter = (card: Omit<Adapter, 'kind' | 'kindEvidence'>): Kind => {
  const foreign = card.functions.find((one) => one.vendor !== undefined && one.vendor.value !== VENDOR_NVIDIA);
  if (foreign?.vendor !== undefined)
    return {
      kind: 'other-vendor',
      evidence: [{ because: `vendor ${foreign.vendor.value}`, origin: foreign.vendor.origin }],
    };
  const known = bluefield(card) ?? internal(card.functions);
  if (known !== undefined) return known;
  const named = card.functions.find(
    (one) => one.deviceId !== undefined && nvidiaDevice(one.deviceId.value) !== undefined,
  );
  if (named?.deviceId !== undefined)
    return {
      kind: 'connectx',
      evidence: [
        {
          because: `device id ${named.deviceId.value} is a ${nvidiaDevice(named.deviceId.value)?.model ?? ''}`,
          origin: named.deviceId.origin,
        },
      ],
    };
  if (card.deviceType !== undefined && /connectx/i.test(card.deviceType.value))
    return {
      kind: 'connectx',
      evidence: [{ because: `the tool calls it ${card.deviceType.value}`, origin: card.deviceType.origin }],
    };
  return { kind: 'unknown', evidence: [] };
};
