/** A rollout for people: how far it is, who is out, what is held and the way out. */
import type { RolloutShown } from '../../../app/apply/rollouts.ts';
import { RUNG_NAMES } from '../../../core/firmware/rung.ts';
import type { RolloutFlight } from '../../../core/model/crd/rollout.ts';
import { STAGE_KINDS } from '../../../core/visit/stages.ts';
import type { Paint } from '../paint.ts';
import { wrap } from '../diagnosis/wrap.ts';

const headline = ({ status, spec }: RolloutShown, paint: Paint): string => {
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const stalled = status.conditions.find(({ type }) => type === 'Stalled');
  if (ready === undefined)
    return paint.warn('nobody carries it out yet: run nicwright controller, or nicwright apply again');
  if (ready.status === 'True') return paint.good(ready.message);
  if (stalled?.status === 'True') return paint.bad(`stopped: ${ready.message}`);
  if (spec.aborted) return paint.warn(`aborted: ${ready.message}`);
  return spec.paused ? paint.warn(`paused: ${ready.message}`) : ready.message;
};

const flightLine = ({ node, stage, since, message }: RolloutFlight, paint: Paint): readonly string[] => [
  `  ${paint.bold(node)} ${stage} since ${since}`,
  ...wrap(message, paint.width, '    ', '    '),
];

const heldLines = ({ visits }: RolloutShown, paint: Paint): readonly string[] =>
  visits.flatMap(({ node, journal: { held, cordon, tried = [] } }) =>
    held === undefined
      ? []
      : [
          `  ${paint.bad(node)} held in stage ${held.from}`,
          ...wrap(held.because, paint.width, '    ', '    '),
          ...wrap(`-> ${held.wayOut}`, paint.width, '    ', '       '),
          `    cordoned by ${cordon === 'ours' ? 'us' : (cordon ?? 'nobody')}; restarts tried: ${tried.length === 0 ? 'none' : tried.map((rung) => RUNG_NAMES[rung]).join(', ')}`,
        ],
  );

const visitLines = ({ visits, status }: RolloutShown, paint: Paint): readonly string[] => {
  const shown = visits.filter(({ journal }) => journal.held === undefined);
  if (shown.length === 0) return status.visiting.flatMap((flight) => flightLine(flight, paint));
  return shown.flatMap(({ node, journal: { stage, because, wayOut, tried = [] } }) => [
    `  ${paint.bold(node)} ${STAGE_KINDS[stage].about}${tried.length === 0 ? '' : ` (tried: ${tried.map((rung) => RUNG_NAMES[rung]).join(', ')})`}`,
    ...wrap(because, paint.width, '    ', '    '),
    ...(wayOut === undefined ? [] : wrap(`-> ${wayOut}`, paint.width, '    ', '       ')),
  ]);
};

export const rolloutText = (rollout: RolloutShown, paint: Paint): string => {
  const { name, spec, status } = rollout;
  const held = heldLines(rollout, paint);
  const visiting = visitLines(rollout, paint);
  return [
    `${paint.bold(name)}: ${spec.reason}`,
    headline(rollout, paint),
    `${status.returned} of ${status.nodes} back, ${status.visiting.length} visited now, ${status.held.length} held, ${status.waiting} waiting${status.wave === '' ? '' : `, wave ${status.wave}`}; ${status.out} out (budget ${String(spec.budget.maxUnavailable)}, most so far ${status.mostOut})`,
    ...(held.length === 0 ? [] : ['', 'Held', ...held]),
    ...(visiting.length === 0 ? [] : ['', 'Visited now', ...visiting]),
    ...(status.blocked.length === 0
      ? []
      : [
          '',
          'Next, and kept from beginning',
          ...status.blocked.slice(0, 5).flatMap((flight) => flightLine(flight, paint)),
        ]),
  ].join('\n');
};
