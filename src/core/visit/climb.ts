/** The next rung of the ladder, when a restart did not help or could not be made: taken if the plan allows it, else held. */
import { activationOf } from '../firmware/activation.ts';
import { highest, isAbove, RUNG_NAMES, type Rung } from '../firmware/rung.ts';
import { cardOf } from '../model/pci-address.ts';
import { allowedRung } from './allowed-rung.ts';
import type { VisitBase } from './visit-facts.ts';
import { hold, moveTo, type Ruling } from './visit-step.ts';

/** What the GPU operator's discovery says of the machine: some need more than a warm restart. */
const MACHINE_LABEL = 'nvidia.com/gpu.machine';

/** `why`: what did not help, as a sentence without its end. The node is drained anew on the way. */
export const climb = ({ node, group, spec }: VisitBase, tried: readonly Rung[], why: string): Ruling => {
  const machine = node.labels[MACHINE_LABEL];
  const isDpu = group.cards.some(({ pci }) => group.dpus.includes(cardOf(pci)));
  const { rung, because } = activationOf({
    tried,
    ...(machine !== undefined && { machine }),
    ...(isDpu && { bluefield: 'dpu' }),
  });
  if (highest(tried) === 'ac') return hold(why, 'ask the vendor: nothing above an AC cycle is left');
  const allowed = allowedRung(spec, group);
  if (isAbove(rung, allowed))
    return hold(
      why,
      `${because}; the plan allows no more than a ${RUNG_NAMES[allowed]} here: plan with --up-to ${rung}`,
    );
  return moveTo('drain', `${why}: a ${RUNG_NAMES[rung]} is next`, {
    change: { rung, tried: [...tried], asked: undefined },
  });
};
