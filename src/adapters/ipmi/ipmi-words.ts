/**
 * What ipmitool prints, and how far it can be believed. The lies are data: each was seen on ipmitool 1.8.19 (reference:
 * real-parts.md 5, ipmi-maintenance-power.md 4.4), so that nothing but the words of success counts as success.
 */
import type { PowerRequest, PowerState } from '../../core/ports/bmc.ts';
import type { BootTarget } from '../../core/ports/boot-override.ts';

export interface IpmiWord {
  readonly args: readonly string[];
  /** The only output that counts as taken; the exit code is not enough. */
  readonly success: RegExp;
}

/** `cycle` is not among them: ipmi_sim cuts the power and never gives it back, and real BMCs report success before off. */
export const REQUESTS: Readonly<Record<Exclude<PowerRequest, 'ac-cycle'>, IpmiWord>> = {
  on: { args: ['chassis', 'power', 'on'], success: /Chassis Power Control: Up\/On/ },
  off: { args: ['chassis', 'power', 'off'], success: /Chassis Power Control: Down\/Off/ },
  'graceful-off': { args: ['chassis', 'power', 'soft'], success: /Chassis Power Control: Soft/ },
};

/** `chassis bootdev` prints its failures and ends with 0. */
export const BOOT_TARGETS: Readonly<Record<BootTarget, IpmiWord>> = {
  'bios-setup': { args: ['chassis', 'bootdev', 'bios'], success: /Set Boot Device to bios/ },
  pxe: { args: ['chassis', 'bootdev', 'pxe'], success: /Set Boot Device to pxe/ },
  disk: { args: ['chassis', 'bootdev', 'disk'], success: /Set Boot Device to disk/ },
  cd: { args: ['chassis', 'bootdev', 'cdrom'], success: /Set Boot Device to cdrom/ },
};

/** `Chassis Power is on`. IPMI knows no state in between; any other text is no answer, and never off. */
export const powerIn = (output: string): PowerState | undefined => {
  const word = /^Chassis Power is (on|off)\s*$/m.exec(output)?.[1];
  return word === 'on' || word === 'off' ? word : undefined;
};

/** As `chassis bootparam get 5` words them. */
export const BOOT_DEVICES: readonly (readonly [RegExp, BootTarget])[] = [
  [/Force Boot into BIOS Setup/i, 'bios-setup'],
  [/Force PXE/i, 'pxe'],
  [/Force Boot from default Hard-[Dd]rive/i, 'disk'],
  [/Force Boot from CD\/DVD/i, 'cd'],
];

/** What is worth trying again, as Ironic does (reference: ipam-maintenance-power.md 4.4). */
export const PASSING = /insufficient resources for session|node busy|timeout|out of space|initialization in progress/i;

/** A wrong password and a host that is not there have the same words; only the time tells them apart. */
export const NO_SESSION = /Unable to establish (?:IPMI v2 \/ RMCP\+|LAN) session/i;

/** The cipher suite is not taken; the next one is tried. */
export const CIPHER_REFUSED =
  /invalid authentication algorithm|Unable to Get Channel Cipher Suites|no matching cipher suite/i;

export const field = (output: string, name: RegExp): string | undefined => {
  for (const line of output.split('\n')) {
    const at = line.indexOf(':');
    if (at > 0 && name.test(line.slice(0, at).trim())) {
      const value = line.slice(at + 1).trim();
      if (value !== '') return value;
    }
  }
  return undefined;
};
