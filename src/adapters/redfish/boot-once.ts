/**
 * The boot override of a Redfish system: which targets it takes, where it wants the PATCH (some services keep settings for
 * the next boot under another path), and with which ETag (Ironic's and sushy's practice; reference: smartnic-baremetal.md 5.1).
 */
import { dig, digList, digText } from '../../core/model/dig.ts';
import type { PowerAnswer } from '../../core/ports/bmc.ts';
import type { BootSetting, BootTarget } from '../../core/ports/boot-override.ts';
import type { Signal } from '../../core/ports/clock.ts';
import { ok, type Result } from '../../core/result.ts';
import { linkAt, refusalText } from './redfish-error.ts';
import type { RedfishAnswer } from './redfish-exchange.ts';
import type { RedfishService } from './redfish-service.ts';
import type { RedfishSystem } from './redfish-system.ts';

const NAMES: Readonly<Record<BootTarget, string>> = { 'bios-setup': 'BiosSetup', pxe: 'Pxe', disk: 'Hdd', cd: 'Cd' };
const TARGETS = Object.keys(NAMES) as readonly BootTarget[];
const PERIODS: Readonly<Record<string, BootSetting['for']>> = { Once: 'one boot', Continuous: 'every boot' };

const refused = (because: string): Result<PowerAnswer> => ok({ answer: 'refused', because });

export const bootTargets = ({ body }: RedfishSystem): readonly BootTarget[] | undefined => {
  const allowed = digList(body, 'Boot', 'BootSourceOverrideTarget@Redfish.AllowableValues');
  return allowed.length === 0 ? undefined : TARGETS.filter((target) => allowed.includes(NAMES[target]));
};

export const bootSetting = ({ body }: RedfishSystem): BootSetting => {
  const said = digText(body, 'Boot', 'BootSourceOverrideTarget') ?? 'None';
  const period = PERIODS[digText(body, 'Boot', 'BootSourceOverrideEnabled') ?? ''];
  if (said === 'None' || period === undefined) return { target: 'none', for: 'nothing' };
  return { target: TARGETS.find((target) => NAMES[target] === said) ?? { other: said }, for: period };
};

/** Settings for the next boot stand elsewhere when that resource has a Boot of its own. */
const settingsOf = async (
  service: RedfishService,
  system: RedfishSystem,
  signal?: Signal,
): Promise<Result<RedfishSystem>> => {
  const path = linkAt(system.body, '@Redfish.Settings', 'SettingsObject');
  if (path === undefined) return ok(system);
  const answer = await service.get(path, signal);
  if (!answer.ok || dig(answer.value.body, 'Boot', 'BootSourceOverrideTarget') === undefined) return ok(system);
  const etag = answer.value.headers.etag ?? digText(answer.value.body, '@odata.etag');
  const { vendor } = system;
  return ok({
    path,
    body: answer.value.body,
    ...(etag === undefined ? {} : { etag }),
    ...(vendor === undefined ? {} : { vendor }),
  });
};

/** What to send as If-Match, one after the other as the service answers 412: as read, its strong form, nothing. */
const matchesFor = ({ etag, vendor }: RedfishSystem): readonly (string | undefined)[] => {
  if (vendor?.ifMatchAny === true) return ['*', undefined];
  if (etag === undefined) return [undefined];
  return etag.startsWith('W/') ? [etag, etag.slice(2), undefined] : [etag, undefined];
};

const patch = async (
  service: RedfishService,
  at: RedfishSystem,
  body: unknown,
  signal?: Signal,
): Promise<Result<RedfishAnswer>> => {
  let answer: Result<RedfishAnswer> | undefined;
  for (const match of matchesFor(at)) {
    const headers = match === undefined ? {} : { 'if-match': match };
    answer = await service.write({ method: 'PATCH', path: at.path, headers, body }, signal);
    if (!answer.ok || answer.value.status !== 412) return answer;
  }
  return answer ?? service.write({ method: 'PATCH', path: at.path, body }, signal);
};

export const bootOnce = async (
  service: RedfishService,
  system: RedfishSystem,
  target: BootTarget,
  signal?: Signal,
): Promise<Result<PowerAnswer>> => {
  const allowed = bootTargets(system);
  if (allowed !== undefined && !allowed.includes(target))
    return refused(`the BMC takes ${allowed.join(', ') || 'other targets only'} for the next boot, and not ${target}`);
  const at = await settingsOf(service, system, signal);
  if (!at.ok) return at;
  const isOnce = digText(at.value.body, 'Boot', 'BootSourceOverrideEnabled') === 'Once';
  const sendsEnabled = !isOnce || system.vendor?.alwaysSendsEnabled === true;
  const boot = {
    BootSourceOverrideTarget: NAMES[target],
    ...(sendsEnabled ? { BootSourceOverrideEnabled: 'Once' } : {}),
  };
  const answer = await patch(service, at.value, { Boot: boot }, signal);
  if (!answer.ok) return answer;
  return answer.value.status < 400
    ? ok({ answer: 'accepted' })
    : refused(`the BMC refuses ${NAMES[target]} for the next boot: ${refusalText(answer.value)}`);
};
