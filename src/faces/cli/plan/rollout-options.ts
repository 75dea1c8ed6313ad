/** The options by which a person shapes a rollout, and the part of its spec that they make. */
import { RUNGS, type Rung } from '../../../core/firmware/rung.ts';
import type { ActivateFirmwareWish } from '../../../core/plan/plan-activate-firmware.ts';
import type { RolloutWindow } from '../../../core/model/crd/rollout.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import type { OptionSpec, OptionValues } from '../command.ts';

export const ROLLOUT_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--rung <rung>',
    about: 'this restart, instead of what each node needs by evidence',
    choices: ['reset', 'warm', 'cold', 'ac'],
  },
  {
    flags: '--up-to <rung>',
    about: 'when the first restart does not help, climb up to this one',
    choices: ['reset', 'warm', 'cold', 'ac'],
  },
  {
    flags: '--power <adapter>',
    about: 'who switches power: bmc (whatever is known of each node), redfish, ipmi, command, manual',
  },
  { flags: '--hold <seconds>', about: 'how long power stays off once it is proved', default: '60' },
  {
    flags: '--max-unavailable <n>',
    about: 'nodes in scope that may be out at once, by whomever: 2, or 5%',
    default: '1',
  },
  { flags: '--max-held <n>', about: 'stop when so many visits are held', default: '1' },
  { flags: '--canary <n>', about: 'visits that have to return before any other begins', default: '1' },
  { flags: '--wave-label <key>', about: 'nodes with one value of this label go before those with the next' },
  { flags: '--window <window...>', about: 'begin visits only then: "Sat,Sun 22:00-04:00+01:00"' },
  { flags: '--force', about: 'evict pods that no controller will create again' },
  { flags: '--delete-emptydir-data', about: 'consent to the loss of emptyDir volumes' },
  { flags: '--drain-timeout <seconds>', about: 'hold a visit whose drain takes longer', default: '3600' },
  { flags: '--wait-for-jobs <selector>', about: 'give pods with these labels time to end by themselves' },
  {
    flags: '--shut-down-by <who>',
    about: 'who asks the operating system to shut down: the BMC, or a command on the host',
    choices: ['bmc', 'host'],
    default: 'bmc',
  },
  { flags: '--no-force-off', about: 'never cut the power of a host that does not shut down' },
  { flags: '--cut-dpu-power', about: 'cut power under BlueFields in DPU mode whose Arm side is not proved down' },
  { flags: '--control-plane', about: 'visit control-plane nodes, one at a time' },
  { flags: '--cordoned', about: 'visit nodes that a person cordoned; they stay cordoned' },
  { flags: '--canary-image <image>', about: 'a pod of this image has to run on each node before it is given back' },
];

const WINDOW = /^(?:([A-Za-z]{3}(?:,[A-Za-z]{3})*)\s+)?(\d\d:\d\d)-(\d\d:\d\d)([+-]\d\d:\d\d)?$/;

const readWindow = (text: string): Result<RolloutWindow> => {
  const found = WINDOW.exec(text.trim());
  if (found === null)
    return fail(
      'usage',
      `--window ${JSON.stringify(text)} cannot be read; write for example "Sat,Sun 22:00-04:00+01:00".`,
    );
  const [, days, from = '', to = '', offset = '+00:00'] = found;
  return ok({ days: (days?.split(',') ?? []) as RolloutWindow['days'], from, to, offset });
};

const text = (options: OptionValues, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

const count = (options: OptionValues, name: string, flag: string): Result<number> => {
  const value = text(options, name) ?? '';
  return /^\d{1,6}$/.test(value)
    ? ok(Number(value))
    : fail('usage', `${flag} takes a whole number, not ${JSON.stringify(value)}.`);
};

const rungOf = (options: OptionValues, name: string): Rung | undefined =>
  RUNGS.find((rung) => rung === (text(options, name) === 'reset' ? 'firmware-reset' : text(options, name)));

/** What the user asked for, as the planner takes it. */
export const readRolloutOptions = (
  options: OptionValues,
  nodes: readonly string[],
  nowMs: number,
): Result<ActivateFirmwareWish> => {
  const numbers = {
    hold: count(options, 'hold', '--hold'),
    maxHeld: count(options, 'maxHeld', '--max-held'),
    canary: count(options, 'canary', '--canary'),
    drain: count(options, 'drainTimeout', '--drain-timeout'),
  };
  for (const one of Object.values(numbers)) if (!one.ok) return one;
  if (!numbers.hold.ok || !numbers.maxHeld.ok || !numbers.canary.ok || !numbers.drain.ok)
    return fail('usage', 'a number cannot be read.');
  const windows: RolloutWindow[] = [];
  for (const one of (options['window'] as readonly string[] | undefined) ?? []) {
    const window = readWindow(one);
    if (!window.ok) return window;
    windows.push(window.value);
  }
  const most = text(options, 'maxUnavailable') ?? '1';
  const rung = rungOf(options, 'rung');
  const upTo = rungOf(options, 'upTo');
  const by = text(options, 'waveLabel');
  const image = text(options, 'canaryImage');
  return ok({
    nodes,
    nowMs,
    ...(rung !== undefined && { rung }),
    allow: {
      ...(upTo !== undefined && { rung: upTo }),
      dpuPowerCut: options['cutDpuPower'] === true,
      controlPlane: options['controlPlane'] === true,
      cordoned: options['cordoned'] === true,
    },
    rollout: {
      budget: { maxUnavailable: /^\d+$/.test(most) ? Number(most) : most, maxHeld: numbers.maxHeld.value },
      waves: { canary: numbers.canary.value, ...(by !== undefined && { by }) },
      windows,
      drain: {
        force: options['force'] === true,
        deleteEmptyDir: options['deleteEmptydirData'] === true,
        timeoutSeconds: numbers.drain.value,
      },
      jobs: { selector: text(options, 'waitForJobs') ?? '', timeoutSeconds: 3600 },
      power: {
        adapter: text(options, 'power') ?? '',
        graceful: true,
        gracefulBy: text(options, 'shutDownBy') === 'host' ? 'host' : 'bmc',
        force: options['forceOff'] !== false,
        holdSeconds: numbers.hold.value,
        bootSeconds: 2700,
      },
      ...(image !== undefined && { canaryPod: { image, namespace: 'default', resources: {} } }),
    },
  });
};
