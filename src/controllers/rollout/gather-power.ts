/** What is told of a host's power: its BMC's identity and state, and the Arm sides of its BlueFields. Reads only. */
import { isAbove } from '../../core/firmware/rung.ts';
import { digText } from '../../core/model/dig.ts';
import { bmcTrouble, type BmcTrouble } from '../../core/power/bmc-trouble.ts';
import type { ArmSeen } from '../../core/power/next-arm-step.ts';
import type { BmcIdentity, PowerState } from '../../core/ports/bmc.ts';
import { allowedRung } from '../../core/visit/allowed-rung.ts';
import { told, type Told } from '../../core/visit/told.ts';
import type { PowerFacts } from '../../core/visit/visit-facts.ts';
import type { Gathering } from './gathering.ts';

type Asked = Pick<Gathering, 'ports' | 'base' | 'signal'>;

interface BmcAnswers {
  readonly identity?: BmcIdentity;
  readonly state?: PowerState;
  readonly acCycle?: boolean;
  readonly trouble?: BmcTrouble;
}

/** What it said before something went wrong counts still; nothing more is asked after that. */
const askBmc = async ({ ports, base, signal }: Asked): Promise<BmcAnswers> => {
  const { name } = base.node;
  const bmc = await ports.bmc(name, base.spec.power.adapter);
  if (!bmc.ok) return { trouble: bmcTrouble(name, bmc.fault) };
  const identity = await bmc.value.identity({ signal });
  if (!identity.ok) return { trouble: bmcTrouble(name, identity.fault) };
  const known = { identity: identity.value };
  if (base.journal.stage !== 'restart') return known;
  const state = await bmc.value.power({ signal });
  if (!state.ok) return { ...known, trouble: bmcTrouble(name, state.fault) };
  const on = { ...known, state: state.value };
  // What it offers matters before the power goes, and not after.
  if (base.journal.rung !== 'ac' || base.journal.power !== undefined) return on;
  const able = await bmc.value.abilities?.({ signal });
  if (able?.ok === false) return { ...on, trouble: bmcTrouble(name, able.fault) };
  return { ...on, acCycle: able?.value.acCycle === true };
};

const readArm = async ({ ports, base, signal }: Asked, card: string): Promise<ArmSeen> => {
  const { node } = base;
  const arm = await ports.armSide(node.name, card);
  const broken = ({ message, next }: { message: string; next: string }): ArmSeen => ({
    card,
    state: 'unknown',
    said: message.replace(/\.$/, ''),
    ...(next !== 'retry' && { isBroken: true }),
  });
  if (!arm.ok) return broken(arm.fault);
  if (arm.value.needsHost && !node.ready)
    return { card, state: 'unknown', said: `it is asked through ${node.name}, which is not Ready` };
  const reading = await arm.value.read({ signal });
  return reading.ok ? { card, ...reading.value } : broken(reading.fault);
};

/** Only where power may be cut soon: at the gate, and while the host is not off. */
const armsOf = async (asked: Asked, state: PowerState | undefined): Promise<readonly ArmSeen[]> => {
  const { group, spec, journal } = asked.base;
  if (spec.allow.dpuPowerCut || state === 'off' || journal.power?.phase === 'booting') return [];
  const seen: ArmSeen[] = [];
  for (const card of group.dpus) seen.push(await readArm(asked, card));
  return seen;
};

export const gatherPower = async (gathering: Gathering): Promise<Told<PowerFacts>> => {
  const { ports, object, base } = gathering;
  const { group, spec } = base;
  const uuid = digText(object, 'status', 'nodeInfo', 'systemUUID');
  const guards = { expected: uuid === undefined || uuid === '' ? {} : { uuid }, weRunOn: ports.weRunOn };
  const notAsked = { ...guards, bmc: { unreachable: 'it was not asked' } };
  if (!isAbove(group.rung, 'warm') && !isAbove(allowedRung(spec, group), 'warm'))
    return told({ by: 'nobody', guards: notAsked });
  if (spec.power.adapter === 'manual' || spec.power.adapter === '') return told({ by: 'person', guards: notAsked });
  const { identity, state, acCycle, trouble } = await askBmc(gathering);
  const bmc = identity === undefined ? { unreachable: trouble?.because ?? 'no answer' } : { identity };
  return told({
    by: 'bmc',
    ...(state !== undefined && { state }),
    ...(acCycle !== undefined && { acCycle }),
    ...(trouble !== undefined && { trouble }),
    arms: trouble === undefined ? await armsOf(gathering, state) : [],
    guards: { ...guards, bmc },
  });
};
