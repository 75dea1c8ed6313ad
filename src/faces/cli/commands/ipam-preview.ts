/** `ipam preview`: what an edit of a pool would do, before it is made. */
import { isSamePool, poolSources } from '../../../core/ipam/check-pools.ts';
import { heldAddresses } from '../../../core/ipam/held-addresses.ts';
import { originOf } from '../../../core/ipam/pool-finding.ts';
import type { PoolSource } from '../../../core/ipam/pool-finding.ts';
import { sharesInStatus, showPool } from '../../../core/ipam/pool-object.ts';
import { forNamesOnly } from '../../../core/ipam/reconcile-pool.ts';
import { previewEdit } from '../../../core/ipam/preview-edit.ts';
import type { EditPreview, NodeChange, PodAtRisk } from '../../../core/ipam/preview-edit.ts';
import { showAddress } from '../../../core/model/ip.ts';
import { fail, ok } from '../../../core/result.ts';
import type { Gap } from '../../../core/snapshot/snapshot.ts';
import { defineCommand } from '../command.ts';
import { wrap } from '../diagnosis/wrap.ts';
import { EXIT } from '../exit-code.ts';
import { readPoolFiles, readPoolInput, showOrigin, textOption, VERSION_OPTION } from '../ipam/pool-input.ts';
import type { PoolInput } from '../ipam/pool-input.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';

interface Previewed {
  readonly edited: PoolSource;
  readonly preview: EditPreview;
}

/** A screen holds about this many nodes, and as many pods. */
const SHOWN = 15;

const changeTable = (changes: readonly NodeChange[], limit: number, paint: Paint): readonly string[] => {
  const loud = changes.filter(({ fate }) => fate !== 'keeps');
  if (loud.length === 0) return [];
  const rows = loud
    .slice(0, limit)
    .map(({ nodeName, fate, before, after, because }) => [
      nodeName,
      fate,
      before?.text ?? '',
      after?.text ?? '',
      because,
    ]);
  const hidden = loud.length - rows.length;
  return [
    table(['NODE', 'FATE', 'BEFORE', 'AFTER', 'BECAUSE'], rows),
    ...(hidden > 0 ? [paint.dim(`${hidden} more with -v`)] : []),
  ];
};

const podLines = (pods: readonly PodAtRisk[], limit: number, paint: Paint): readonly string[] => {
  if (pods.length === 0) return [];
  const rows = pods
    .slice(0, limit)
    .map(({ held, newOwner }) => [held.pod, held.nodeName, showAddress(held.address), newOwner ?? 'nobody']);
  const hidden = pods.length - rows.length;
  return [
    '',
    paint.bad('Running pods whose address changes hands; drain or restart them first:'),
    table(['POD', 'NODE', 'ADDRESS', 'GOES TO'], rows),
    ...(hidden > 0 ? [paint.dim(`${hidden} more with -v`)] : []),
  ];
};

const problemLines = ({ edited, preview }: Previewed): readonly string[] =>
  preview.problems.map(({ path, field }) => `  ${field} at ${showOrigin(originOf(edited.source, path))}`);

const renderOne = (one: Previewed, verbose: boolean, paint: Paint): string => {
  const { preview } = one;
  const limit = verbose ? Number.POSITIVE_INFINITY : SHOWN;
  if (preview.verdict === 'clears')
    return [...wrap(`Refused: ${preview.because}.`, paint.width, '', ''), ...problemLines(one)].join('\n');
  return [
    preview.because,
    ...changeTable(preview.changes, limit, paint),
    ...podLines(preview.pods, limit, paint),
    ...preview.notes.flatMap((note) => wrap(note, paint.width, 'note     ', ' '.repeat(9))),
  ].join('\n');
};

const gapsOf = ({ snapshot, namesOnly }: PoolInput): readonly Gap[] => [
  ...(snapshot.objects.some(({ object }) => object.kind === 'Pod')
    ? []
    : [
        {
          what: 'which pods hold addresses that would change hands',
          because: 'the input has no pods',
          settle: 'kubectl get pods -A -o yaml',
        },
      ]),
  ...(namesOnly
    ? [
        {
          what: 'which nodes the pool selects',
          because: 'the input has no nodes, so those of the status are taken, and all as selected',
          settle: 'kubectl get nodes -o yaml',
        },
      ]
    : []),
];

const dataOf = ({ edited, preview }: Previewed): unknown => ({
  pool: showPool(edited.pool),
  ...preview,
  problems: preview.problems.map(({ field, because }) => ({ field, because })),
  changes: preview.changes.map(({ nodeName, fate, before, after, because }) => ({
    nodeName,
    fate,
    before: before?.text,
    after: after?.text,
    because,
  })),
  pods: preview.pods.map(({ held, newOwner }) => ({
    pod: held.pod,
    nodeName: held.nodeName,
    address: showAddress(held.address),
    network: held.network,
    newOwner,
  })),
});

/** The pool as it is: from the file given with --old, else from the input. */
const previewOne = (edited: PoolSource, before: PoolSource, input: PoolInput): Previewed => {
  const names = sharesInStatus(before.pool).map(({ nodeName }) => ({ name: nodeName, labels: {} }));
  return {
    edited,
    preview: previewEdit({
      before: before.pool,
      after: input.namesOnly ? forNamesOnly(edited.pool) : edited.pool,
      nodes: input.namesOnly ? [...input.nodes, ...names] : input.nodes,
      pods: heldAddresses(input.snapshot),
      ...(input.release === undefined ? {} : { release: input.release }),
    }),
  };
};

export default defineCommand({
  path: 'ipam preview',
  about: 'Says who keeps, moves and loses addresses when a pool is edited, and which pods would be hurt',
  examples: [
    { line: 'ipam preview -f edited.yaml --from dump/', does: 'compares the edited pools with those of the cluster' },
    { line: 'ipam preview -f edited.yaml --old now.yaml', does: 'compares two files, the old one with its status' },
  ],
  options: [
    { flags: '-f, --file <path...>', about: 'files with the pools as they would be' },
    { flags: '--old <path>', about: 'file with the pools as they are, status and all, instead of the input' },
    VERSION_OPTION,
  ],
  readsSnapshot: 'objects',
  run: async (context, _args, options) => {
    if (!Array.isArray(options['file']) || options['file'].length === 0)
      return fail('usage-file', 'Which edit? Give the pools as they would be with -f FILE.');
    const input = await readPoolInput(context, options);
    if (!input.ok) return input;
    const old = textOption(options, 'old');
    const present = old === undefined ? ok(poolSources(input.value.snapshot)) : await readPoolFiles(context, [old]);
    if (!present.ok) return present;
    const all: Previewed[] = [];
    for (const edited of input.value.given) {
      const before = present.value.find((pool) => isSamePool(pool, edited));
      if (before === undefined)
        return fail(
          'input-no-pool',
          `There is no ${showPool(edited.pool)} to compare with; give it as it is now, status and all, with --old FILE or --from.`,
        );
      all.push(previewOne(edited, before, input.value));
    }
    const gaps = gapsOf(input.value);
    const isRefused = all.some(({ preview }) => preview.verdict === 'clears');
    const isQuiet = all.every(({ preview }) => preview.verdict === 'nothing-changes');
    return ok({
      exit: isRefused ? EXIT.refused : isQuiet ? EXIT.clean : EXIT.findings,
      data: { edits: all.map(dataOf), unknown: gaps },
      text: (paint) =>
        [
          all.map((one) => renderOne(one, options['verbose'] === true, paint)).join('\n\n'),
          ...(isRefused
            ? []
            : gaps.flatMap(({ what, because, settle }) =>
                wrap(`${what}: ${because} (${settle ?? ''})`, paint.width, 'unknown  ', ' '.repeat(9)),
              )),
        ].join('\n'),
    });
  },
});
