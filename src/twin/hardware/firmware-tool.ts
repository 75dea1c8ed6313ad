/**
 * mstconfig and mstfwreset as they print for an adapter of the twin, byte for byte in the layout that core/inventory reads
 * and that the SR-IOV operator parses (reference: sriov.md 3.1 and 3.2). Errors go to stdout, with exit status 3.
 */
import { sameValue } from '../../core/model/firmware-setting.ts';
import type { Adapter, ToolFault } from './adapter.ts';
import type { Host } from './host.ts';

export interface ToolAnswer {
  readonly stdout: string;
  readonly exitCode: number;
}

const FAULTS: Readonly<Record<ToolFault, string>> = {
  'nv-access-check-failed': '-E- Error when trying to check if NV access registers are supported rc=(1)',
  'open-failed': '-E- Failed to open the device',
};

const NAME_WIDTH = 44;
const VALUE_WIDTH = 20;

const pad = (values: readonly string[]): string => values.map((value) => value.padEnd(VALUE_WIDTH)).join('');

const row = (isMarked: boolean, name: string, values: readonly string[]): string =>
  `${(isMarked ? '*' : '').padEnd(8)}${name.padEnd(NAME_WIDTH)}${pad(values)}`;

const columns = (names: readonly string[]): string =>
  `${'Configurations:'.padEnd(8 + NAME_WIDTH)}${pad(names).trimEnd()}`;

const header = ({ spec: { model } }: Adapter, pci: string): readonly string[] => [
  '',
  'Device #1:',
  '----------',
  '',
  `Device type:        ${model.deviceType}`,
  `Name:               ${model.part}`,
  `Description:        ${model.description}`,
  `Device:             ${pci}`,
  '',
];

const failed = (fault: ToolFault): ToolAnswer => ({ stdout: `${FAULTS[fault]}\n`, exitCode: 3 });

/** `mstconfig -d PCI -e q [NAME...]`; no names: all settings. */
export const queryFirmware = (adapter: Adapter, pci: string, names: readonly string[] = []): ToolAnswer => {
  if (adapter.toolFault !== undefined) return failed(adapter.toolFault);
  const settings = [...adapter.settings()].filter(([name]) => names.length === 0 || names.includes(name));
  const unknown = names.find((name) => adapter.current(name) === undefined);
  if (unknown !== undefined) return { stdout: `-E- The Device doesn't support ${unknown} parameter\n`, exitCode: 3 };
  const rows = settings.map(([name, setting]) =>
    row(!sameValue(setting.next, setting.default) || !sameValue(setting.next, setting.current), name, [
      setting.default,
      setting.current,
      setting.next,
    ]),
  );
  const lines = [
    ...header(adapter, pci),
    columns(['Default', 'Current', 'Next Boot']),
    ...rows,
    "The '*' shows parameters with next value different from default/current value.",
  ];
  return { stdout: `${lines.join('\n')}\n`, exitCode: 0 };
};

/** What people and operators write, as the tool prints it back. */
const printed = (adapter: Adapter, name: string, value: string): string => {
  const known = adapter.current(name) ?? '';
  if (!known.includes('(')) return value;
  const words: Readonly<Record<string, string>> = { true: 'True(1)', false: 'False(0)', ib: 'IB(1)', eth: 'ETH(2)' };
  return words[value.toLowerCase()] ?? value;
};

/**
 * `mstconfig -d PCI -y set NAME=VALUE...`: next boot is written. The hint asks for a reboot on this platform class, too; that
 * it is only a promise is the trap of seeds/000.
 */
export const setFirmware = (adapter: Adapter, pci: string, assignments: readonly string[]): ToolAnswer => {
  if (adapter.toolFault !== undefined) return failed(adapter.toolFault);
  const pairs = assignments.map((assignment) => {
    const [name = '', value = ''] = assignment.split('=');
    return { name, value: printed(adapter, name, value), before: adapter.next(name) };
  });
  const unknown = pairs.find(({ before }) => before === undefined);
  if (unknown !== undefined)
    return { stdout: `-E- The Device doesn't support ${unknown.name} parameter\n`, exitCode: 3 };
  const unreadable = pairs.find(({ value }) => !/^[\w().-]+$/.test(value));
  if (unreadable !== undefined) return { stdout: `-E- The value of ${unreadable.name} cannot be read\n`, exitCode: 1 };
  for (const { name, value } of pairs) adapter.stage(name, value);
  const lines = [
    ...header(adapter, pci),
    columns(['Next Boot', 'New']),
    ...pairs.map(({ name, value, before = '' }) => row(false, name, [before, value])),
    '',
    ' Apply new Configuration? (y/n) [n] : y',
    'Applying... Done!',
    '-I- Please reboot machine to load new configurations.',
  ];
  return { stdout: `${lines.join('\n')}\n`, exitCode: 0 };
};

/** `mstfwreset -d PCI query`. */
export const queryReset = ({ spec: { platform } }: Host, adapter: Adapter): ToolAnswer => {
  if (adapter.toolFault !== undefined) return failed(adapter.toolFault);
  const can = platform.firmwareReset === 'unsupported' ? '-Not Supported' : '-Supported     (default)';
  const lines = [
    'Reset-levels:',
    '0: Driver, PCI link, network link will remain up ("live-Patch")  -Not Supported',
    '1: Only ARM side will not remain up ("Immediate reset").         -Not Supported',
    `3: Driver restart and PCI reset                                  ${can}`,
    '4: Warm Reboot                                                   -Supported',
  ];
  return { stdout: `${lines.join('\n')}\n`, exitCode: 0 };
};

const refusedReset = (text: string): ToolAnswer => ({ stdout: `-E- ${text}\n`, exitCode: 1 });

const isDpu = (adapter: Adapter): boolean => adapter.current('INTERNAL_CPU_MODEL') === 'EMBEDDED_CPU(1)';

const DONE = [
  '-I- Sending Reset Command To Fw             -Done',
  '-I- Stopping Driver                         -Done',
  '-I- Resetting PCI                           -Done',
  '-I- Starting Driver                         -Done',
  '-I- Restarting MST                          -Skipped',
  '-I- FW was loaded successfully.',
];

/** `mstfwreset -d PCI [--skip_driver] -y -l 3 reset`: the firmware boots, unless this platform only says so. */
export const resetFirmware = (host: Host, adapter: Adapter, words: readonly string[]): ToolAnswer => {
  if (adapter.toolFault !== undefined) return failed(adapter.toolFault);
  const level = words[words.indexOf('-l') + 1] ?? '';
  const { firmwareReset } = host.spec.platform;
  if (level !== '3' || firmwareReset === 'unsupported')
    return refusedReset(`Reset-level '${level}' is not supported in the current state of this device`);
  if (isDpu(adapter))
    return refusedReset('Synchronization by driver is not supported in the current state of this device');
  if (adapter.spec.functions.some(({ pci }) => adapter.vfs(pci).length > 0))
    return refusedReset('Failed to stop the driver: VFs are in use');
  host.resetFirmware(adapter);
  return { stdout: `${DONE.join('\n')}\n`, exitCode: 0 };
};
