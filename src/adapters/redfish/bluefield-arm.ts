/**
 * The port ArmSide by the Redfish service of a BlueField's own BMC: BootProgress.OemLastState tells, GracefulShutdown asks
 * (BlueField-3; a BlueField-2 refuses it). Its PowerState stays On in standby, and is not looked at.
 */
import { digText } from '../../core/model/dig.ts';
import type { ArmSide } from '../../core/ports/arm-side.ts';
import type { Bmc } from '../../core/ports/bmc.ts';
import { armOfLastState } from '../../core/power/arm-words.ts';
import { fail, ok } from '../../core/result.ts';
import type { RedfishService } from './redfish-service.ts';
import { findSystem, readSystem } from './redfish-system.ts';

/** `bmc` is the same service as a host's, by which the shutdown is asked for. */
export const redfishArm = (service: RedfishService, bmc: Pick<Bmc, 'request'>, system?: string): ArmSide => {
  let found: string | undefined;
  return {
    get where() {
      return `${service.origin}${found ?? `/redfish/v1/Systems/${system ?? 'Bluefield'}`}`;
    },
    needsHost: false,
    read: async (options) => {
      const at = found === undefined ? await findSystem(service, system, options?.signal) : ok(found);
      if (!at.ok) return at;
      found = at.value;
      const read = await readSystem(service, at.value, options?.signal);
      if (!read.ok) return read;
      const { body } = read.value;
      const lastState = digText(body, 'BootProgress', 'OemLastState');
      return lastState === undefined && !/bluefield/i.test(at.value)
        ? fail('bmc-system', `${service.origin}${at.value} is no BlueField; correct its address under arms.`)
        : ok(armOfLastState(lastState));
    },
    shutDown: (options) => bmc.request('graceful-off', options),
  };
};
