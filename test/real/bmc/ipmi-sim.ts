/** One BMC of OpenIPMI's simulator on 127.0.0.1. What its host does is a script of ours, which keeps the power in a file. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startChild, type Child } from '../child.ts';

export interface IpmiSim {
  readonly port: number;
  /** As the simulator gives it to `mc guid`. */
  readonly uuid: string;
  readonly power: () => 'on' | 'off';
  readonly child: Child;
}

/** `get|set|check NAME [VALUE]`, several in a row; answers `name:value` lines. */
const HOST_SCRIPT = `#!/bin/sh
state="$(dirname "$0")"
verb=$1; shift
while [ $# -gt 0 ]; do
  name=$1; shift
  case "$verb $name" in
    "get power") echo "power:$(cat "$state/power")";;
    "get boot") echo "boot:$(cat "$state/boot")";;
    "get "*) echo "$name:0";;
    "set power"|"set boot") echo "$1" > "$state/$name"; shift;;
    "set shutdown") echo 0 > "$state/power"; shift;;
    "set identify") shift; shift;;
    "set "*) shift;;
  esac
done
`;

const lan = (port: number, guid: string, user: string, password: string, folder: string): string => `name "bmc"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 ${port}
    priv_limit admin
    allowed_auths_admin none md2 md5 straight
    guid ${guid}
  endlan
  chassis_control "${folder}/host"
  user 2 true "${user}" "${password}" admin 10 none md2 md5 straight
`;

const EMULATION = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
mc_enable 0x20
`;

export const startIpmiSim = async (
  folder: string,
  port: number,
  login: { readonly user: string; readonly password: string },
  uuid: string,
): Promise<IpmiSim> => {
  mkdirSync(path.join(folder, 'state'), { recursive: true });
  const write = (name: string, text: string, mode = 0o600): void =>
    writeFileSync(path.join(folder, name), text, { mode });
  write('host', HOST_SCRIPT, 0o700);
  write('power', '1\n');
  write('boot', 'default\n');
  write('lan.conf', lan(port, uuid.replaceAll('-', ''), login.user, login.password, folder));
  write('sim.emu', EMULATION);
  const args = ['-c', `${folder}/lan.conf`, '-f', `${folder}/sim.emu`, '-s', `${folder}/state`, '-n'];
  const child = startChild('ipmi_sim', 'ipmi_sim', args, { logFile: path.join(folder, 'log') });
  // It has no way to be asked whether it listens; the state folder appears when it has read its configuration.
  await child.ready(async () => existsSync(path.join(folder, 'state')));
  return {
    port,
    uuid,
    power: () => (readFileSync(path.join(folder, 'power'), 'utf8').trim() === '1' ? 'on' : 'off'),
    child,
  };
};
