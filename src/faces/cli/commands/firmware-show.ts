/** `nicwright firmware show`: default, current and next boot of firmware settings, per card, with the source of each. */
import {
  addressOf,
  buildInventory,
  unplacedAdapters,
  type InventoryNode,
} from '../../../core/inventory/build-inventory.ts';
import { isPending, type FirmwareSetting } from '../../../core/model/firmware-setting.ts';
import { showOrigin } from '../../../core/model/fact.ts';
import type { Adapter } from '../../../core/model/adapter.ts';
import { fail, ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';

/** Shown without being asked for: what SR-IOV and the mode of the card depend on. */
const USUAL = /^(?:NUM_OF_VFS|SRIOV_EN|LINK_TYPE_P\d|INTERNAL_CPU_OFFLOAD_ENGINE)$/;

const THREE_WAYS =
  'give mstconfig -e q output as a file (--from), read the live cluster, or run mstconfig in the config daemon pod of the node';

interface Shown {
  readonly node: InventoryNode;
  readonly adapter: Adapter;
  readonly setting: FirmwareSetting;
}

const stateWord = (setting: FirmwareSetting): string => {
  const pending = isPending(setting);
  if (pending === undefined) return setting.current === undefined ? 'current not shown' : 'not told';
  return pending ? 'pending' : '';
};

const rowOf = ({ adapter, setting }: Shown): readonly string[] => [
  addressOf(adapter),
  setting.name,
  setting.default ?? '-',
  setting.current ?? '-',
  setting.next ?? '-',
  stateWord(setting),
  `${showOrigin(setting.origin)}${setting.columnsStated ? '' : ' (columns assumed)'}`,
];

const HEADINGS = ['PCI ADDRESS', 'SETTING', 'DEFAULT', 'CURRENT', 'NEXT BOOT', '', 'SOURCE'];

const plural = (count: number, word: string): string => `${String(count)} ${count === 1 ? word : `${word}s`}`;

/** Which kind of reset each card had last, where `mstfwreset q` told it; the cards that it was not asked of count as unknown. */
const lastResets = ({ adapters }: InventoryNode): readonly string[] => {
  if (adapters.every(({ lastReset }) => lastReset === undefined)) return [];
  const kinds = Map.groupBy(adapters, ({ lastReset }) => lastReset?.value ?? 'unknown');
  return [`last reset: ${[...kinds].map(([kind, own]) => `${kind} (${plural(own.length, 'card')})`).join(', ')}`];
};

const nodeText = (node: InventoryNode, shown: readonly Shown[], paint: Paint): string => {
  const read = node.adapters.filter(({ settings }) => settings.length > 0).length;
  const title = `${paint.bold(node.name)}, settings of ${String(read)} of ${String(node.adapters.length)} adapters read`;
  if (shown.length === 0) return `${title}${read === 0 ? `: ${THREE_WAYS}` : ': no setting of that name'}`;
  return [title, ...lastResets(node), table(HEADINGS, shown.map(rowOf))].join('\n');
};

/** More rows than this are shown by value instead of by card, unless -v or a node asks for them. */
const ROWS_OF_A_SCREEN = 24;

const valueKey = ({ setting }: Shown): string =>
  JSON.stringify([setting.name, setting.default, setting.current, setting.next]);

const cardsIn = (group: readonly Shown[]): string =>
  [...Map.groupBy(group, ({ node }) => node.name)]
    .map(([node, own]) => `${String(new Set(own.map(({ adapter }) => adapter.card)).size)} of ${node}`)
    .join(', ');

/** Equal values of all nodes in one row, for a fleet that is mostly alike. */
const byValue = (all: readonly Shown[], nodes: readonly InventoryNode[]): string => {
  const rows = [...Map.groupBy(all, valueKey).values()].map((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const [, name = '', byDefault = '', current = '', next = '', state = '', source = ''] = rowOf(first);
    return [name, byDefault, current, next, state, cardsIn(group), `${source}${group.length > 1 ? ', ...' : ''}`];
  });
  const unread = nodes.filter(({ adapters }) => adapters.every(({ settings }) => settings.length === 0));
  return [
    table(['SETTING', 'DEFAULT', 'CURRENT', 'NEXT BOOT', '', 'CARDS', 'SOURCE'], rows),
    ...(unread.length === 0
      ? []
      : [`No settings read on ${unread.map(({ name }) => name).join(', ')}: ${THREE_WAYS}.`]),
    'Each card by name: -v, or name a node.',
  ].join('\n');
};

/** The answer first: what is pending, or that it is not, or that it cannot be seen. */
const verdict = (all: readonly Shown[]): string => {
  const pending = all.filter(({ setting }) => isPending(setting) === true);
  const cards = new Set(pending.map(({ node, adapter }) => `${node.name} ${adapter.card}`)).size;
  if (cards > 0) return `Pending on ${plural(cards, 'card')}; "firmware plan" says which restart activates it.`;
  const judged = all.filter(({ setting }) => isPending(setting) === false).length;
  if (judged === 0)
    return 'Whether anything is pending cannot be told: no output shows current and next boot (query with -e).';
  const rest = all.length - judged;
  return `Nothing is pending in what was read${rest === 0 ? '' : `; ${plural(rest, 'setting')} without both values`}.`;
};

const wantedName = (options: Readonly<Record<string, unknown>>): ((setting: FirmwareSetting) => boolean) => {
  const names = options['setting'];
  if (Array.isArray(names) && names.length > 0) {
    const asked = new Set(names.map((name) => String(name).toUpperCase()));
    return ({ name }) => asked.has(name.toUpperCase()) || asked.has(name.replace(/\[.*$/, '').toUpperCase());
  }
  if (options['all'] === true) return () => true;
  return (setting) => USUAL.test(setting.name) || isPending(setting) === true;
};

export default defineCommand({
  path: 'firmware show',
  about: 'Shows default, current and next boot of firmware settings per card, and what is pending',
  examples: [
    { line: 'firmware show --from host/', does: 'the settings that matter for SR-IOV, and whatever is pending' },
    { line: 'firmware show dgx030 --from dump/ --setting NUM_OF_VFS', does: 'one setting on one node' },
    { line: 'firmware show --from host/ --all -o json', does: 'everything that was read' },
  ],
  arguments: [{ name: '[NODE...]', about: 'these nodes only' }],
  options: [
    { flags: '--setting <name...>', about: 'these settings only' },
    { flags: '--all', about: 'all settings' },
  ],
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
    const nodes = args.length === 0 ? inventory.nodes : inventory.nodes.filter(({ name }) => args.includes(name));
    const wanted = wantedName(options);
    const shownOf = (node: InventoryNode): readonly Shown[] =>
      [...node.adapters, ...unplacedAdapters(node)].flatMap((adapter) =>
        adapter.settings.filter(wanted).map((setting) => ({ node, adapter, setting })),
      );
    const all = nodes.flatMap(shownOf);
    return ok({
      exit: EXIT.clean,
      data: all.map(({ node, adapter, setting }) => ({
        node: node.name,
        pci: addressOf(adapter),
        ...setting,
        pending: isPending(setting) ?? null,
      })),
      text: (paint) => {
        const unplaced = nodes.flatMap(({ unplaced: list }) => list.filter(({ kind }) => kind === 'settings'));
        return [
          ...(nodes.length === 0 ? ['No node and no host output was found in the input.'] : []),
          ...(all.length === 0 ? [] : [verdict(all), '']),
          all.length > ROWS_OF_A_SCREEN && args.length === 0 && options['verbose'] !== true
            ? byValue(all, nodes)
            : nodes.map((node) => nodeText(node, shownOf(node), paint)).join('\n\n'),
          ...unplaced.map(
            ({ origin, context: where }) =>
              `${showOrigin(origin)}: settings of a card that is not placed (${where.device ?? 'no device named'}); add the output of "mst status -v".`,
          ),
        ].join('\n');
      },
    });
  },
});
