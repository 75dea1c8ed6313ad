/** The ports Bmc, BootOverride and AbleBmc by IPMI. Only the words of success count as accepted, and only reads as off. */
import type { AbleBmc } from '../../core/ports/bmc-abilities.ts';
import type { Bmc, BmcIdentity, PowerAnswer, PowerRequest, PowerState } from '../../core/ports/bmc.ts';
import type { BootOverride, BootSetting, BootTarget } from '../../core/ports/boot-override.ts';
import type { Signal } from '../../core/ports/clock.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { BOOT_DEVICES, BOOT_TARGETS, field, powerIn, REQUESTS, type IpmiWord } from './ipmi-words.ts';
import { firstLine, type Ipmitool } from './ipmitool.ts';

const REACHED: Readonly<Record<keyof typeof REQUESTS, PowerState>> = { on: 'on', off: 'off', 'graceful-off': 'off' };

export const ipmiBmc = (tool: Ipmitool): Bmc & BootOverride & AbleBmc => {
  const say = async ({ args, success }: IpmiWord, signal?: Signal): Promise<Result<PowerAnswer>> => {
    const answer = await tool.run(args, signal);
    if (!answer.ok) return answer;
    const { stdout, stderr, exitCode } = answer.value;
    if (exitCode === 0 && success.test(stdout) && stderr.trim() === '') return ok({ answer: 'accepted' });
    const said = firstLine(stderr) || firstLine(stdout) || `exit code ${exitCode}`;
    return ok({ answer: 'refused', because: `the BMC refuses "${args.join(' ')}": ${said}` });
  };

  const power = async (signal?: Signal): Promise<Result<PowerState>> => {
    const answer = await tool.run(['chassis', 'power', 'status'], signal);
    if (!answer.ok) return answer;
    const { stdout, stderr } = answer.value;
    const state = powerIn(stdout);
    if (state !== undefined) return ok(state);
    const said = firstLine(stderr) || firstLine(stdout) || 'nothing';
    return fail('bmc-answer', `${tool.where} tells no power state (${said}); it is not taken for off.`, 'retry');
  };

  const identity = async (signal?: Signal): Promise<Result<BmcIdentity>> => {
    const guid = await tool.run(['mc', 'guid'], signal);
    if (!guid.ok) return guid;
    // A BMC without a FRU is one that does not know its host's serial number; that is no fault.
    const fru = await tool.run(['fru', 'print', '0'], signal);
    if (!fru.ok) return fru;
    const uuid = field(guid.value.stdout, /^System GUID$/)?.toLowerCase();
    const manufacturer = field(fru.value.stdout, /^Product Manufacturer$/);
    const model = field(fru.value.stdout, /^Product Name$/);
    const serial = field(fru.value.stdout, /^Product Serial$/);
    return ok({
      ...(manufacturer === undefined ? {} : { manufacturer }),
      ...(model === undefined ? {} : { model }),
      ...(serial === undefined ? {} : { serial }),
      ...(uuid === undefined ? {} : { uuid }),
    });
  };

  const bootSetting = async (signal?: Signal): Promise<Result<BootSetting>> => {
    const answer = await tool.run(['chassis', 'bootparam', 'get', '5'], signal);
    if (!answer.ok) return answer;
    const { stdout } = answer.value;
    const target = BOOT_DEVICES.find(([words]) => words.test(stdout))?.[1];
    // "Boot Flag Invalid" with a device beside it is how ipmi_sim answers for one that it keeps.
    if (target === undefined) return ok({ target: 'none', for: 'nothing' });
    return ok({ target, for: /apply to all future boots/i.test(stdout) ? 'every boot' : 'one boot' });
  };

  return {
    where: tool.where,
    power: (options) => power(options?.signal),
    request: async (request, options) => {
      if (request === 'ac-cycle')
        return ok({ answer: 'refused', because: 'IPMI has no request that takes standby power away' });
      const now = await power(options?.signal);
      if (now.ok && now.value === REACHED[request])
        return ok({ answer: 'refused', because: `the host is ${now.value}` });
      return say(REQUESTS[request], options?.signal);
    },
    identity: (options) => identity(options?.signal),
    bootOnce: (target, options) => say(BOOT_TARGETS[target], options?.signal),
    bootSetting: (options) => bootSetting(options?.signal),
    abilities: async (options) => {
      const status = await tool.run(['chassis', 'status'], options?.signal);
      if (!status.ok) return status;
      const policy = field(status.value.stdout, /^Power Restore Policy$/);
      return ok({
        requests: Object.keys(REQUESTS) as PowerRequest[],
        bootTargets: Object.keys(BOOT_TARGETS) as BootTarget[],
        acCycle: false,
        ...(policy === undefined ? {} : { afterPowerLoss: policy }),
      });
    },
  };
};
