/**
 * The ports Bmc, BootOverride and AbleBmc over Redfish. A 2xx means accepted and nothing more; the power is always read.
 * No PowerCycle is used: a DGX has none, and the off in between could not be proved.
 */
import { digText } from '../../core/model/dig.ts';
import type { AbleBmc, BmcAbilities } from '../../core/ports/bmc-abilities.ts';
import type { Bmc, BmcCallOptions, BmcIdentity, PowerAnswer, PowerRequest, PowerState } from '../../core/ports/bmc.ts';
import type { BootOverride, BootTarget } from '../../core/ports/boot-override.ts';
import type { Clock, Signal } from '../../core/ports/clock.ts';
import { ok, type Result } from '../../core/result.ts';
import { acCycle } from './ac-cycle.ts';
import { accountRole } from './account-role.ts';
import { bootOnce, bootSetting, bootTargets } from './boot-once.ts';
import { messagesOf, refusalText } from './redfish-error.ts';
import type { RedfishAnswer } from './redfish-exchange.ts';
import type { RedfishService } from './redfish-service.ts';
import { findSystem, powerOf, readSystem, resetAction, type RedfishSystem } from './redfish-system.ts';
import { taskFailure } from './redfish-task.ts';

/** In the order of preference. PushPowerButton toggles, and is never among them. */
/** Those that ComputerSystem.Reset has; an AC cycle is each vendor's own. */
type MainRequest = Exclude<PowerRequest, 'ac-cycle'>;

const RESET_TYPES: Readonly<Record<MainRequest, readonly string[]>> = {
  on: ['On', 'ForceOn'],
  off: ['ForceOff'],
  'graceful-off': ['GracefulShutdown'],
};

const REACHED: Readonly<Record<MainRequest, PowerState>> = { on: 'on', off: 'off', 'graceful-off': 'off' };

/** How long an early failure of a task is waited for; its effect is read from the power anyway. */
const TASK_MS = 5_000;

const refused = (because: string): PowerAnswer => ({ answer: 'refused', because });

const choose = (request: MainRequest, allowed: readonly string[] | undefined): string | undefined =>
  RESET_TYPES[request].find((type) => allowed === undefined || allowed.includes(type));

const isBusy = ({ status, ...answer }: RedfishAnswer): boolean =>
  status === 409 || messagesOf(answer).some(({ id }) => id === 'ResourceInUse' || id === 'SYS518');

export interface RedfishBmc extends Bmc, BootOverride, AbleBmc {
  /** Ends the session. */
  close(): Promise<void>;
}

/** `system`: path or last part of it, needed where the service lists several hosts. */
export const redfishBmc = (service: RedfishService, clock: Clock, system?: string): RedfishBmc => {
  let found: string | undefined;
  const read = async (signal?: Signal): Promise<Result<RedfishSystem>> => {
    if (found === undefined) {
      const at = await findSystem(service, system, signal);
      if (!at.ok) return at;
      found = at.value;
    }
    return readSystem(service, found, signal);
  };

  const withSystem = async <T>(
    options: BmcCallOptions | undefined,
    use: (system: RedfishSystem) => Result<T> | Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const at = await read(options?.signal);
    return at.ok ? use(at.value) : at;
  };

  const request = async (wanted: MainRequest, signal?: Signal): Promise<Result<PowerAnswer>> => {
    const at = await read(signal);
    if (!at.ok) return at;
    const power = powerOf(service, at.value);
    if (power.ok && power.value === REACHED[wanted]) return ok(refused(`the host is ${power.value}`));
    const action = await resetAction(service, at.value, signal);
    if (!action.ok) return action;
    const { target, allowed } = action.value;
    const type = choose(wanted, allowed);
    if (type === undefined)
      return ok(
        refused(`the BMC offers ${allowed?.join(', ') ?? 'nothing'}, and no ${RESET_TYPES[wanted].join(' or ')}`),
      );
    const answer = await service.write({ method: 'POST', path: target, body: { ResetType: type } }, signal);
    if (!answer.ok) return answer;
    if (answer.value.status >= 400) {
      const later = isBusy(answer.value) ? '; the host may still be on its way to another state' : '';
      return ok(refused(`the BMC refuses ${type}: ${refusalText(answer.value)}${later}`));
    }
    const failure =
      answer.value.status === 202 ? await taskFailure(service, clock, answer.value, TASK_MS, signal) : undefined;
    return ok(failure === undefined ? { answer: 'accepted' } : refused(`the BMC took ${type}, and ${failure}`));
  };

  const abilities = async (at: RedfishSystem, signal?: Signal): Promise<Result<BmcAbilities>> => {
    const action = await resetAction(service, at, signal);
    if (!action.ok) return action;
    const targets = bootTargets(at);
    const role = await accountRole(service, service.username, signal);
    const afterPowerLoss = digText(at.body, 'PowerRestorePolicy');
    const requests = (Object.keys(RESET_TYPES) as MainRequest[]).filter(
      (one) => choose(one, action.value.allowed) !== undefined,
    );
    return ok({
      requests,
      ...(targets === undefined ? {} : { bootTargets: targets }),
      acCycle: at.vendor?.acCycle !== undefined,
      ...(role === undefined ? {} : { role }),
      ...(afterPowerLoss === undefined ? {} : { afterPowerLoss }),
    });
  };

  return {
    get where() {
      return `${service.origin}${found ?? `/redfish/v1/Systems/${system ?? ''}`}`;
    },
    power: (options) => withSystem(options, (at) => powerOf(service, at)),
    request: (wanted, options) =>
      wanted === 'ac-cycle'
        ? withSystem(options, (at) => acCycle(service, at, options?.signal))
        : request(wanted, options?.signal),
    identity: (options) => withSystem(options, ({ body }) => ok(identityOf(body))),
    abilities: (options) => withSystem(options, (at) => abilities(at, options?.signal)),
    bootSetting: (options) => withSystem(options, (at) => ok(bootSetting(at))),
    bootOnce: (target: BootTarget, options) =>
      withSystem(options, (at) => bootOnce(service, at, target, options?.signal)),
    close: () => service.close(),
  };
};

const identityOf = (body: unknown): BmcIdentity => {
  const manufacturer = digText(body, 'Manufacturer');
  const model = digText(body, 'Model');
  const serial = digText(body, 'SerialNumber');
  const uuid = digText(body, 'UUID')?.toLowerCase();
  return {
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(model === undefined ? {} : { model }),
    ...(serial === undefined ? {} : { serial }),
    ...(uuid === undefined ? {} : { uuid }),
  };
};
