/**
 * Whether a BlueField works as a DPU (its Arm cores own the card) or as a plain adapter, from its firmware settings. Five
 * parameters that agree decide, as for the SR-IOV operator (pkg/vendors/mellanox/mellanox.go, GetMellanoxBlueFieldMode);
 * where the output holds only INTERNAL_CPU_OFFLOAD_ENGINE, that one decides (NIC configuration operator: 0 DPU, 1 NIC).
 */
import type { FirmwareSetting } from '../model/firmware-setting.ts';
import { isBluefieldName } from './nvidia-devices.ts';

export type BluefieldMode = 'dpu' | 'nic' | 'unknown' | 'not-bluefield';

const OWNERS = ['INTERNAL_CPU_PAGE_SUPPLIER', 'INTERNAL_CPU_ESWITCH_MANAGER', 'INTERNAL_CPU_IB_VPORT0'] as const;
const ENGINE = 'INTERNAL_CPU_OFFLOAD_ENGINE';
const MODEL = 'INTERNAL_CPU_MODEL';

interface Signature {
  readonly mode: 'dpu' | 'nic';
  readonly owner: string;
  readonly engine: RegExp;
}

const SIGNATURES: readonly Signature[] = [
  { mode: 'dpu', owner: 'ECPF', engine: /^ENABLED|^0$/ },
  { mode: 'nic', owner: 'EXT_HOST_PF', engine: /^DISABLED|^1$/ },
];

/** `settings` of one card, and its device type as the tool prints it. Only what is current counts, never next boot. */
export const bluefieldMode = (settings: readonly FirmwareSetting[], deviceType?: string): BluefieldMode => {
  const current = (name: string): string | undefined => settings.find((setting) => setting.name === name)?.current;
  const shown = settings.some(({ name }) => name.startsWith('INTERNAL_CPU_'));
  if (!shown && !(deviceType !== undefined && isBluefieldName(deviceType))) return 'not-bluefield';
  const engine = current(ENGINE);
  if (engine === undefined) return 'unknown';
  const model = current(MODEL);
  const owners = OWNERS.map(current);
  const agreed = SIGNATURES.find(
    (signature) =>
      signature.engine.test(engine) &&
      owners.every((owner) => owner === undefined || owner.includes(signature.owner)) &&
      (model === undefined || model.includes('EMBEDDED_CPU')),
  );
  return agreed?.mode ?? 'unknown';
};
