/**
 * The few changes that may be made on the host below a node, as a closed list. Whoever asks has recorded the attempt before;
 * `accepted` is not done: only reading the host afterwards shows what came of it.
 */
import type { HostAnswer } from './host-tools.ts';
import type { Result } from '../result.ts';
import type { Signal } from './clock.ts';

export type HostChange =
  /** `mstconfig -d PCI -y set NAME=VALUE...`: written for next boot. */
  | { readonly do: 'set-firmware'; readonly pci: string; readonly values: readonly string[] }
  /** rshim shows the log of each BlueField from now on: a setting of its driver. */
  | { readonly do: 'show-arm-logs' }
  /** The operating system on the Arm side of a BlueField ends; host and link stay. */
  | { readonly do: 'shut-down-arm'; readonly pci: string }
  /** A warm restart by the operating system. */
  | { readonly do: 'restart' }
  /** The operating system shuts down and powers off. */
  | { readonly do: 'shut-down' };

/** Argument arrays, so that no value can become another command. */
export const changeCommand = (change: HostChange): readonly string[] => {
  switch (change.do) {
    case 'restart':
      return ['systemctl', 'reboot'];
    case 'shut-down':
      return ['systemctl', 'poweroff'];
    case 'show-arm-logs':
      return ['sh', '-c', 'for misc in /dev/rshim*/misc; do echo "DISPLAY_LEVEL 2" > "$misc"; done'];
    case 'shut-down-arm':
      // Level 1 and type 4 of mlxfwreset (NVIDIA, BlueField reset procedures).
      return ['mstfwreset', '-d', change.pci, '-l', '1', '-t', '4', '-y', 'reset'];
    case 'set-firmware':
      return ['mstconfig', '-d', change.pci, '-y', 'set', ...change.values];
  }
};

export interface HostChanges {
  /** How the host is reached, for reports. */
  readonly via: string;
  readonly change: (
    change: HostChange,
    options?: { readonly signal?: Signal },
  ) => Promise<Result<Pick<HostAnswer, 'command' | 'output' | 'exitCode'>>>;
}
