/**
 * A person's word that what a node lost is meant so (a GPU that was taken out, a slot that gives fewer lanes): an annotation with
 * the reason. It takes back the loss alone: what is wanted, and what is not known, stays as it is.
 */
import type { Gate } from './gate.ts';

/** On the node, with the reason as its value; it goes with the visit, so that the next loss is one again. */
export const ACCEPTED_LOSS = 'nicwright.dev/accepted-loss';

const LOSSES: readonly Gate['gate'][] = ['left-with', 'functions', 'links', 'ports'];

/** How a person accepts it, for the way out of a visit that a loss holds. */
export const acceptWords = (node: string): string =>
  `or, where it is meant so: kubectl annotate node ${node} ${ACCEPTED_LOSS}="WHY"; then nicwright resume`;

export const isLoss = ({ gate, verdict }: Gate): boolean => verdict === 'fail' && LOSSES.includes(gate);

/** `reason`: the annotation; without words nothing is accepted. */
export const withAcceptedLoss = (gates: readonly Gate[], reason: string | undefined): readonly Gate[] => {
  const why = reason?.trim() ?? '';
  if (why === '') return gates;
  // Of a function that is gone, neither link nor port can be read.
  const gone = new Set(gates.filter((one) => one.gate === 'functions' && isLoss(one)).map(({ on }) => on));
  return gates.map((one): Gate => {
    const isOfGone = one.verdict === 'unknown' && LOSSES.includes(one.gate) && gone.has(one.on.replace(/\/\d+$/, ''));
    if (!isLoss(one) && !isOfGone) return one;
    const { wayOut: _wayOut, ...rest } = one;
    return { ...rest, verdict: 'accepted', because: `${one.because}; accepted: ${why}` };
  });
};
