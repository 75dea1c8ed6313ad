/** `drain preview NODE`: which pods would go, which refuse, who blocks, before anything is cordoned. */
import { drainOptionsOf, previewNode } from '../../../app/drain/preview-node.ts';
import { DRAIN_PURPOSES } from '../../../core/drain/nic-users.ts';
import type { DrainPreview, PodToGo } from '../../../core/drain/preview-drain.ts';
import { ok } from '../../../core/result.ts';
import type { Gap } from '../../../core/snapshot/snapshot.ts';
import { defineCommand } from '../command.ts';
import { wrap } from '../diagnosis/wrap.ts';
import { EXIT } from '../exit-code.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';

/** A screen holds about this many pods. */
const SHOWN = 15;
const INDENT = ' '.repeat(9);

const EXITS: Readonly<Record<DrainPreview['verdict'], ExitCode>> = {
  'nothing-to-do': EXIT.clean,
  goes: EXIT.clean,
  waits: EXIT.findings,
  'never-ends': EXIT.findings,
  aborts: EXIT.findings,
};

const TITLES: Readonly<Record<DrainPreview['purpose'], string>> = {
  'vf-change': 'for a change of VFs',
  'driver-reload': 'for a reload of the driver',
  restart: 'for a restart',
};

const heading = (preview: DrainPreview, paint: Paint): string => {
  const { node, purpose, pods, going, refused, because, verdict } = preview;
  const colour = verdict === 'goes' || verdict === 'nothing-to-do' ? paint.good : paint.bad;
  return `${paint.bold(node)} ${TITLES[purpose]}: ${going.length + refused.length} of ${pods} pods have to go; ${colour(because)}`;
};

const goingTable = (going: readonly PodToGo[], limit: number, paint: Paint): readonly string[] => {
  if (going.length === 0) return [];
  const rows = going.slice(0, limit).map(({ pod, wave, because, loss }) => [String(wave), pod, because, loss ?? '']);
  const hasLoss = rows.some((row) => row[3] !== '');
  const cut = (row: readonly string[]): readonly string[] => (hasLoss ? row : row.slice(0, 3));
  const hidden = going.length - rows.length;
  return [
    '',
    table(cut(['WAVE', 'POD', 'BECAUSE IT', 'LOST WITH IT']), rows.map(cut)),
    ...(hidden > 0 ? [paint.dim(`${hidden} more with -v`)] : []),
  ];
};

const item = (label: string, subject: string, because: string, wayOut: string, paint: Paint): readonly string[] => [
  `${label.padEnd(8)} ${paint.bold(subject)}`,
  ...wrap(because, paint.width, INDENT, INDENT),
  ...(wayOut === '' ? [] : wrap(wayOut, paint.width, `${INDENT}-> `, `${INDENT}   `)),
];

/** Pods that one budget holds stand together: there is one person to ask. */
const heldLines = (going: readonly PodToGo[], limit: number, paint: Paint): readonly string[] => {
  const groups = new Map<
    string,
    { readonly pods: string[]; readonly blocks: 'now' | 'never'; readonly wayOut: string }
  >();
  for (const { pod, budget } of going) {
    if (budget.allows) continue;
    const group = groups.get(budget.because) ?? { pods: [], blocks: budget.blocks, wayOut: budget.wayOut };
    group.pods.push(pod);
    groups.set(budget.because, group);
  }
  return [...groups].flatMap(([because, { pods, blocks, wayOut }]) => {
    const more = pods.length > limit ? ` and ${pods.length - limit} more` : '';
    const label = blocks === 'never' ? paint.bad('never'.padEnd(8)) : paint.warn('waits'.padEnd(8));
    return item(label, `${pods.slice(0, limit).join(', ')}${more}`, because, wayOut, paint);
  });
};

const optOutLines = (going: readonly PodToGo[], limit: number, paint: Paint): readonly string[] =>
  going
    .filter(({ optOuts }) => optOuts.length > 0)
    .slice(0, limit)
    .flatMap(({ pod, optOuts }) =>
      item(
        paint.warn('asks'.padEnd(8)),
        pod,
        `to be spared (${optOuts.map(({ key, value, tool }) => `${key}=${value} for ${tool}`).join(', ')}); the Eviction API does not know that`,
        '',
        paint,
      ),
    );

const unseenLines = ({ unseen, node }: DrainPreview, limit: number, paint: Paint): readonly string[] => {
  if (unseen.length === 0) return [];
  const more = unseen.length > limit ? ` and ${unseen.length - limit} more` : '';
  return item(
    'unseen',
    `${unseen.slice(0, limit).join(', ')}${more}`,
    'whether they use RDMA over the host network cannot be seen from the API',
    `on ${node}: fuser -v /dev/infiniband/*`,
    paint,
  );
};

const kubectlLines = ({ kubectl, going, purpose }: DrainPreview): readonly string[] => {
  if (kubectl !== undefined) return ['', `the same by kubectl: ${kubectl}`];
  return going.length === 0 || purpose === 'restart'
    ? []
    : ['', 'no kubectl drain does the same: no label tells these pods from the others of the node'];
};

const render = (preview: DrainPreview, gaps: readonly Gap[], verbose: boolean, paint: Paint): string => {
  const limit = verbose ? Number.POSITIVE_INFINITY : SHOWN;
  const details = [
    ...preview.refused.flatMap(({ pod, because, wayOut }) =>
      item(paint.bad('refuses'.padEnd(8)), pod, because, wayOut, paint),
    ),
    ...heldLines(preview.going, verbose ? limit : 3, paint),
    ...optOutLines(preview.going, limit, paint),
    ...unseenLines(preview, verbose ? limit : 5, paint),
  ];
  return [
    heading(preview, paint),
    ...goingTable(preview.going, limit, paint),
    ...(details.length === 0 ? [] : ['', ...details]),
    ...(verbose ? preview.spared.map(({ pod, because }) => paint.dim(`stays    ${pod}: ${because}`)) : []),
    ...kubectlLines(preview),
    ...gaps.flatMap(({ what, because, settle }) =>
      wrap(`${what}: ${because} (${settle ?? ''})`, paint.width, 'unknown  ', INDENT),
    ),
  ].join('\n');
};

export default defineCommand({
  path: 'drain preview',
  about: 'Says which pods of a node would be evicted, which refuse, and which budgets hold them and who can lift that',
  examples: [
    {
      line: 'drain preview dgx031 --from dump/ --for driver-reload',
      does: 'names the pods that a driver reload would cut off',
    },
    {
      line: 'drain preview dgx031 --from dump/ --delete-emptydir-data',
      does: 'the whole node, consenting to the loss of emptyDir data',
    },
  ],
  arguments: [{ name: 'NODE', about: 'the node to be drained' }],
  options: [
    {
      flags: '--for <purpose>',
      about: 'what is done to the node: all pods go for a restart',
      choices: DRAIN_PURPOSES,
      default: 'restart',
    },
    { flags: '--delete-emptydir-data', about: 'consent to lose the content of emptyDir volumes' },
    { flags: '--force', about: 'consent to evict pods that no controller creates again' },
    { flags: '--pod-selector <selector>', about: 'only pods with these labels; the others stay' },
  ],
  readsSnapshot: 'objects',
  run: async (context, [node = ''], options) => {
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    const purpose = DRAIN_PURPOSES.find((known) => known === options['for']) ?? 'restart';
    const answer = previewNode({
      node,
      purpose,
      snapshot: snapshot.value,
      options: drainOptionsOf({
        force: options['force'] === true,
        deleteEmptyDir: options['deleteEmptydirData'] === true,
        podSelector: typeof options['podSelector'] === 'string' ? options['podSelector'] : '',
      }),
      clockMs: context.clock.now(),
    });
    if (!answer.ok) return answer;
    const { preview, gaps } = answer.value;
    return ok({
      exit: EXITS[preview.verdict],
      data: { ...preview, unknown: gaps },
      text: (paint) => render(preview, gaps, options['verbose'] === true, paint),
    });
  },
});
