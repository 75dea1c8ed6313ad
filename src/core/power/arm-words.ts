/**
 * What is said of the Arm side of a BlueField, read into up, down or unknown: OemLastState of its BMC's Redfish, the byte of
 * its BMC's IPMI, and the log that rshim shows on the host. Its BMC asks the card every 30 s or so, and `LowPowerStandby` is
 * as far down as an Arm side goes (NVIDIA BlueField BMC software, "BlueField Arm State" and "Reset Control").
 */
import type { ArmReading, ArmState } from '../ports/arm-side.ts';

/** In the order of the IPMI byte. A card in the middle of an update or of a dump runs, and is hurt by a cut. */
const LAST_STATES: readonly (readonly [name: string, state: ArmState])[] = [
  ['BootRom', 'up'],
  ['BL2', 'up'],
  ['BL31', 'up'],
  ['UEFI', 'up'],
  ['OsStarting', 'up'],
  ['OsIsRunning', 'up'],
  ['LowPowerStandby', 'down'],
  ['FirmwareUpdateInProgress', 'up'],
  ['OsCrashDumpInProgress', 'up'],
  ['OsCrashDumpIsComplete', 'up'],
  ['FWFaultCrashDumpInProgress', 'up'],
  ['FWFaultCrashDumpIsComplete', 'up'],
];

/** BootProgress.OemLastState of Systems/Bluefield. */
export const armOfLastState = (lastState: string | undefined): ArmReading => {
  const known = LAST_STATES.find(([name]) => name === lastState);
  return { state: known?.[1] ?? 'unknown', said: lastState ?? 'no OemLastState' };
};

/** Answer of `raw 0x32 0xA3`: one byte, ` 06`. */
export const armOfRawByte = (output: string): ArmReading => {
  const byte = /^\s*([0-9a-f]{2})\s*$/i.exec(output)?.[1];
  const known = byte === undefined ? undefined : LAST_STATES[Number.parseInt(byte, 16)];
  return known === undefined
    ? { state: 'unknown', said: byte === undefined ? 'no state' : `state 0x${byte}` }
    : { state: known[1], said: known[0] };
};

const DEVICE = /^DEV_NAME\s+(\S+)/m;
const MESSAGE = /^\s*(?:INFO|WARN|ERR|ASSERT)[^[]*\[[^\]]+\]:\s*(.*?)\s*$/;
const SYSTEM_OFF = /^system off$/i;

const lastMessage = (misc: string): string | undefined =>
  misc
    .split('\n')
    .map((line) => MESSAGE.exec(line)?.[1])
    .findLast((message) => message !== undefined);

/** One rshim device: its misc file at display level 2 ends with the log of the card, oldest line first. */
const armOfMisc = (misc: string): ArmReading => {
  const message = lastMessage(misc);
  if (message === undefined) return { state: 'unknown', said: 'its rshim log is empty' };
  return { state: SYSTEM_OFF.test(message) ? 'down' : 'up', said: message };
};

/** The misc files of all rshim devices of a host, each behind its DEV_NAME; `card` without function: `0000:29:00`. */
export const armOfRshim = (output: string, card: string): ArmReading => {
  const devices = output.split(/^(?=DISPLAY_LEVEL\b)/m);
  const own = devices.filter((misc) =>
    DEVICE.exec(misc)?.[1]
      ?.replace(/^pcie-(?:lf-)?/, '')
      .startsWith(`${card}.`),
  );
  const [misc, other] = own;
  if (misc === undefined) return { state: 'unknown', said: `no rshim device of ${card}` };
  return other === undefined ? armOfMisc(misc) : { state: 'unknown', said: `two rshim devices of ${card}` };
};
