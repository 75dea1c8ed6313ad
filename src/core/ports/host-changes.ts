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
  /** Every VF of this function is taken back: firmware with VFs in use is not reset. */
  | { readonly do: 'clear-vfs'; readonly pci: string }
  /**
   * The firmware of the card boots anew, and reads its settings; level 3 stops and starts the driver and resets the PCI
   * device. `skipDriver` leaves the driver to whoever brought it (a driver pod).
   */
  | { readonly do: 'reset-firmware'; readonly pci: string; readonly level: 3; readonly skipDriver: boolean }
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
    case 'clear-vfs':
      // A file is written by a shell only; the path reaches it as a word, and never as part of its text.
      return ['sh', '-c', 'echo 0 > "$0"', `/sys/bus/pci/devices/${change.pci}/sriov_numvfs`];
    case 'reset-firmware':
      return [
        'mstfwreset',
        '-d',
        change.pci,
        ...(change.skipDriver ? ['--skip_driver'] : []),
        '-y',
        '-l',
        String(change.level),
        'reset',
      ];
  }
};

/** The firmware tools come with whatever reaches the host (the image of a pod); the rest is the host's own to do. */
export const isFirmwareTool = ({ do: what }: HostChange): boolean =>
  what === 'set-firmware' || what === 'reset-firmware' || what === 'shut-down-arm';

/** How long the command may take before its answer counts as lost: a reset stops the driver, and waits for the link. */
export const changeLimitMs = ({ do: what }: HostChange): number => (what === 'reset-firmware' ? 5 * 60_000 : 60_000);

export interface HostChanges {
  /** How the host is reached, for reports. */
  readonly via: string;
  readonly change: (
    change: HostChange,
    options?: { readonly signal?: Signal },
  ) => Promise<Result<Pick<HostAnswer, 'command' | 'output' | 'exitCode'>>>;
}
