/** `nicwright firmware plan`: what has to be written to which card, and which restart activates it on each node. */
import { planNode, type NodePlan, type PlannedCard } from '../../../core/firmware/plan-node.ts';
import { RUNG_NAMES } from '../../../core/firmware/rung.ts';
import { buildInventory } from '../../../core/inventory/build-inventory.ts';
import { showOrigin } from '../../../core/model/fact.ts';
import { fail, ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { gapLines } from '../gap-lines.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';

const changesOf = ({ plan }: PlannedCard): string =>
  plan.states
    .filter(({ state }) => state !== 'active')
    .map(({ wanted: { name, value, current, next }, state }) =>
      state === 'staged'
        ? `${name} ${current ?? '?'} -> ${value}, staged`
        : `${name} ${current ?? '?'}/${next ?? '?'} -> ${value}`,
    )
    .join(', ');

const operatorWord = ({ upstream, wantedByPolicy }: PlannedCard): string => {
  if (upstream === undefined) return wantedByPolicy ? 'settings not read' : 'no policy';
  if (!upstream.ok) return 'refuses';
  if (upstream.value.reboot) return 'asks for a restart';
  return upstream.value.set.length > 0 ? 'writes' : 'nothing';
};

const cardRow = (card: PlannedCard): readonly string[] => {
  const { plan } = card;
  return [
    changesOf(card) || (plan.states.length === 0 ? 'not known' : 'active'),
    plan.write.length === 0 ? '-' : plan.write.join(' '),
    plan.activation === undefined ? '-' : RUNG_NAMES[plan.activation.rung],
    operatorWord(card),
  ];
};

const nameOf = ({ adapter, pci }: PlannedCard): string => {
  const name = adapter.functions[0]?.interface?.value;
  return name === undefined ? pci : `${pci} ${name}`;
};

/** Cards with the same plan in one row; their addresses below it when they are few or asked for. */
const cardsTable = (cards: readonly PlannedCard[], verbose: boolean): string => {
  const groups = verbose
    ? cards.map((card) => [card])
    : [...Map.groupBy(cards, (card) => cardRow(card).join('\n')).values()];
  return table(
    ['CARD', 'SETTINGS', 'TO WRITE', 'ACTIVATED BY', 'OPERATOR'],
    groups.flatMap((group) => {
      const [first] = group;
      return first === undefined
        ? []
        : [[group.length === 1 ? nameOf(first) : `${String(group.length)} cards`, ...cardRow(first)]];
    }),
  );
};

const LOOP =
  'The SR-IOV operator only restarts warm and asks again after each one: keep its daemon off the node until the value is active.';

const RESET_INSTEAD =
  'A firmware reset may do instead, where mstfwreset q reports level 3: drain, set the VFs to 0, mstfwreset -l 3 on each card.';
const LAST_WINS = 'The operator may or may not ask for a restart: its verdict is that of whichever card comes last.';

const commandLines = (plan: NodePlan): readonly string[] =>
  plan.cards
    .filter(({ plan: card }) => card.write.length > 0)
    .map(({ pci, plan: card }) => `  mstconfig -d ${pci} -y set ${card.write.join(' ')}`);

const evidenceText = ({ restarts }: NodePlan): readonly string[] =>
  restarts === undefined
    ? []
    : [`  Seen: ${restarts.because} (${restarts.origins.slice(0, 2).map(showOrigin).join(', ')}).`];

const nodeText = (plan: NodePlan, paint: Paint, verbose: boolean): string => {
  const { node, cards, rung, isKnown, because, first, alternative, upstreamReboot } = plan;
  const verdict = rung !== 'none' ? paint.warn(RUNG_NAMES[rung]) : isKnown ? 'no restart needed' : 'cannot be told';
  const loops = upstreamReboot !== undefined && upstreamReboot !== false && (rung === 'cold' || rung === 'ac');
  const writes = commandLines(plan);
  const refused = cards.flatMap(({ upstream, pci }) =>
    upstream !== undefined && !upstream.ok ? [`  ${pci}: the operator refuses: ${upstream.fault.message}`] : [],
  );
  return [
    `${paint.bold(node.name)}: ${verdict}`,
    `  ${because}.`,
    ...evidenceText(plan),
    ...(alternative === undefined || rung === 'none' ? [] : [`  ${RESET_INSTEAD}`]),
    ...first.map((line) => `  First: ${line}`),
    ...(loops ? [`  ${LOOP}`] : []),
    ...(upstreamReboot === 'nondeterministic' ? [`  ${LAST_WINS}`] : []),
    ...refused,
    ...(writes.length === 0 ? [] : ['  To write, on the node:', ...writes.map((line) => `  ${line}`)]),
    ...(cards.length === 0 ? [] : [cardsTable(cards, verbose)]),
  ].join('\n');
};

const cardData = ({ pci, wantedByPolicy, plan, upstream }: PlannedCard): object => ({
  pci,
  wantedByPolicy,
  write: plan.write,
  states: plan.states,
  because: plan.because,
  ...(plan.activation !== undefined && { activation: plan.activation }),
  ...(upstream !== undefined && { operator: upstream.ok ? upstream.value : { refuses: upstream.fault.message } }),
});

const GAPS_SHOWN = 5;

export default defineCommand({
  path: 'firmware plan',
  about: 'Says which firmware settings have to be written, and which restart activates them on each node, and why',
  examples: [
    { line: 'firmware plan --from dump/', does: 'node states say what is wanted, mstconfig output what is there' },
    {
      line: 'firmware plan dgx030 --from host/dgx030.txt',
      does: 'host text alone: what is staged and how to activate it',
    },
  ],
  arguments: [{ name: '[NODE...]', about: 'these nodes only' }],
  readsSnapshot: 'everything',
  run: async (context, args, options) => {
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    const inventory = buildInventory(snapshot.value, { nodes: args });
    const unknown = args.filter((name) => !inventory.nodes.some((node) => node.name === name));
    if (unknown.length > 0)
      return fail(
        'usage-node',
        `The input has no node ${unknown.join(', ')}; it has ${inventory.nodes.map(({ name }) => name).join(', ') || 'none'}.`,
      );
    const plans = inventory.nodes.filter(({ name }) => args.length === 0 || args.includes(name)).map(planNode);
    const lines = gapLines(plans.flatMap((plan) => plan.gaps));
    const shown = options['verbose'] === true ? lines : lines.slice(0, GAPS_SHOWN);
    const needs = plans.some(({ cards }) =>
      cards.some(({ plan }) => plan.write.length > 0 || plan.activation !== undefined),
    );
    return ok({
      exit: needs ? EXIT.findings : EXIT.clean,
      data: plans.map(({ node, cards, rung, isKnown, because, first, alternative, upstreamReboot, gaps: own }) => ({
        node: node.name,
        restart: isKnown || rung !== 'none' ? rung : null,
        because,
        first,
        ...(alternative !== undefined && { alternative }),
        ...(upstreamReboot !== undefined && { operatorRestarts: upstreamReboot }),
        cards: cards.map(cardData),
        gaps: own,
      })),
      text: (paint) =>
        [
          ...(plans.length === 0
            ? ['No node and no host output was found in the input.']
            : plans.map((plan) => nodeText(plan, paint, options['verbose'] === true))),
          ...(lines.length === 0
            ? []
            : [
                [
                  'Not told by the input:',
                  ...shown.map((line) => `  ${line}`),
                  ...(lines.length > shown.length ? [`  and ${String(lines.length - shown.length)} more (-v)`] : []),
                ].join('\n'),
              ]),
        ].join('\n\n'),
    });
  },
});
