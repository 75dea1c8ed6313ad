/** `nicwright sriov generate`: policies, networks and address pools from what the nodes have, for review and kubectl apply. */
import { buildInventory, type Inventory } from '../../../core/inventory/build-inventory.ts';
import { digText, digTexts, isMap } from '../../../core/model/dig.ts';
import { pciAddress } from '../../../core/model/pci-address.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import type { PositionedDocument } from '../../../core/snapshot/positioned-document.ts';
import { objectsOf, type Snapshot } from '../../../core/snapshot/snapshot.ts';
import type { SiteExclusion } from '../../../core/sriov/generate-exclusions.ts';
import { generatedYaml } from '../../../core/sriov/generate-yaml.ts';
import { GENERATE_DEFAULTS, generateSriov, type GenerateOptions } from '../../../core/sriov/generate.ts';
import { defineCommand, type CommandContext, type OptionValues } from '../command.ts';
import { EXIT } from '../exit-code.ts';

const SITE_FIELDS = ['pci', 'interface', 'part', 'deviceId'] as const;

/** One entry of a site's list: at least one field to match, and a reason. */
const siteExclusion = (entry: unknown, document: PositionedDocument, index: number): Result<SiteExclusion> => {
  const line = document.lineOf(document.value === entry ? [] : ['exclude', index]);
  const where = `${document.source}:${String(line)}`;
  const fields = Object.fromEntries(
    Object.entries(digTexts(entry)).filter(([key]) => SITE_FIELDS.some((field) => field === key)),
  );
  const reason = digText(entry, 'reason');
  const pci = fields['pci'];
  if (!isMap(entry) || Object.keys(fields).length === 0 || reason === undefined)
    return fail('usage-exclusions', `${where}: an entry needs a reason and one of ${SITE_FIELDS.join(', ')}.`);
  if (pci !== undefined && pciAddress(pci) === undefined && !/^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]$/i.test(pci))
    return fail(
      'usage-exclusions',
      `${where}: ${pci} is no PCI address; write it as 0000:05:00.0, or 0000:05:00 for the card.`,
    );
  return ok({
    ...fields,
    ...(pci !== undefined && { pci: pciAddress(pci) ?? pci.toLowerCase() }),
    reason,
    evidence: { because: "the site's list says so", origin: { source: document.source, line } },
  });
};

const readSite = async (context: CommandContext, path: unknown): Promise<Result<readonly SiteExclusion[]>> => {
  if (typeof path !== 'string') return ok([]);
  const documents = await context.readDocuments(path);
  if (!documents.ok) return documents;
  const exclusions: SiteExclusion[] = [];
  for (const document of documents.value) {
    const list: unknown = isMap(document.value) ? document.value['exclude'] : undefined;
    if (!Array.isArray(list))
      return fail(
        'usage-exclusions',
        `${document.source}:${String(document.lineOf([]))}: a list "exclude" is expected, with entries such as {part: MCX750500C-0D00_DK, reason: internal}.`,
      );
    for (const [index, entry] of list.entries()) {
      const one = siteExclusion(entry, document, index);
      if (!one.ok) return one;
      exclusions.push(one.value);
    }
  }
  return ok(exclusions);
};

const whole = (options: OptionValues, name: string, flag: string, most: number): Result<number> => {
  const text = String(options[name] ?? '');
  const value = Number(text);
  return /^\d{1,9}$/.test(text) && value <= most
    ? ok(value)
    : fail('usage-number', `${flag} ${text}: give a whole number from 0 to ${String(most)}.`);
};

const selectorOf = (text: unknown): Result<Readonly<Record<string, string>>> => {
  if (typeof text !== 'string') return ok(GENERATE_DEFAULTS.nodeSelector);
  const pairs = text.split(',').map((pair) => /^([\w./-]+)=([\w.-]*)$/.exec(pair.trim()));
  return pairs.some((pair) => pair === null)
    ? fail('usage-node-selector', `--node-selector ${text}: write labels as KEY=VALUE, several joined by commas.`)
    : ok(Object.fromEntries(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1] ?? '', pair[2] ?? '']]))));
};

/** Where the operator looks for policies: its own namespace, known from what is there. */
const namespaceOf = (snapshot: Snapshot, inventory: Inventory, asked: unknown): string => {
  if (typeof asked === 'string') return asked;
  const fromStates = inventory.nodes.find(({ nodeState }) => nodeState?.namespace !== undefined)?.nodeState?.namespace;
  const fromPolicies = objectsOf(snapshot, 'SriovNetworkNodePolicy')[0]?.object.metadata.namespace;
  return fromStates ?? fromPolicies ?? GENERATE_DEFAULTS.namespace;
};

const included = (options: OptionValues): Result<readonly string[]> => {
  const values = options['include'];
  const list = Array.isArray(values) ? values.map(String) : [];
  const wrong = list.find(
    (value) => pciAddress(value) === undefined && !/^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]$/i.test(value),
  );
  return wrong === undefined
    ? ok(list.map((value) => pciAddress(value) ?? value.toLowerCase()))
    : fail(
        'usage-include',
        `--include ${wrong} is no PCI address; write it as 0000:05:00.0, or 0000:05:00 for the card.`,
      );
};

const optionsOf = async (
  context: CommandContext,
  options: OptionValues,
  namespace: string,
): Promise<Result<GenerateOptions>> => {
  const numVfs = whole(options, 'numVfs', '--num-vfs', 127);
  const growth = whole(options, 'growth', '--growth', 1_000_000);
  const nodeSelector = selectorOf(options['nodeSelector']);
  const include = included(options);
  const site = await readSite(context, options['exclusions']);
  for (const one of [numVfs, growth, nodeSelector, include, site]) if (!one.ok) return one;
  if (!numVfs.ok || !growth.ok || !nodeSelector.ok || !include.ok || !site.ok) return fail('usage', 'unreachable');
  if (numVfs.value === 0) return fail('usage-number', '--num-vfs 0 makes no VFs; the operator refuses such a policy.');
  return ok({
    numVfs: numVfs.value,
    growth: growth.value,
    nodeSelector: nodeSelector.value,
    namespace,
    networkNamespace: String(options['networkNamespace'] ?? GENERATE_DEFAULTS.networkNamespace),
    poolsFrom: String(options['poolsFrom'] ?? GENERATE_DEFAULTS.poolsFrom),
    include: include.value,
    site: site.value,
  });
};

export default defineCommand({
  path: 'sriov generate',
  about:
    'Writes SR-IOV policies, networks and address pools from an inventory; what is left out is said with the reason',
  examples: [
    { line: 'sriov generate --from dump/ > sriov.yaml', does: 'one policy, network and pool for each rail' },
    { line: 'sriov generate --from dump/ --growth 30 --num-vfs 16', does: 'pools that hold 30 nodes more' },
    { line: 'sriov generate --from dump/ --include 0000:05:00.0', does: 'take in a function that the rules leave out' },
  ],
  options: [
    { flags: '--num-vfs <n>', about: 'VFs per physical function', default: String(GENERATE_DEFAULTS.numVfs) },
    { flags: '--growth <n>', about: 'nodes that the fleet may grow by', default: '0' },
    {
      flags: '--node-selector <labels>',
      about: 'KEY=VALUE,... of the nodes that policies and pools take (nvidia.com/gpu.present=true)',
    },
    {
      flags: '--network-namespace <name>',
      about: 'where network attachments go',
      default: GENERATE_DEFAULTS.networkNamespace,
    },
    {
      flags: '--pools-from <cidr>',
      about: 'the network that pools are cut out of',
      default: GENERATE_DEFAULTS.poolsFrom,
    },
    { flags: '--include <pci...>', about: 'take these functions or cards in, whatever the rules say' },
    {
      flags: '--exclusions <file>',
      about: "the site's own list: exclude: [{part|pci|interface|deviceId: ..., reason: ...}]",
    },
  ],
  readsSnapshot: 'everything',
  run: async (context, _args, options) => {
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    const inventory = buildInventory(snapshot.value);
    const namespace = namespaceOf(snapshot.value, inventory, options['operatorNamespace']);
    const chosen = await optionsOf(context, options, namespace);
    if (!chosen.ok) return chosen;
    const generated = generateSriov(inventory, chosen.value);
    if (!generated.ok) return generated;
    if (generated.value.rails.length === 0)
      return fail(
        'refused-no-rail',
        `No physical function is left for SR-IOV (${String(generated.value.leftOut.length)} left out): give node states or ibdev2netdev -v output with --from, or take functions in with --include.`,
      );
    for (const line of generated.value.warnings) context.warn(line);
    return ok({
      exit: EXIT.clean,
      data: {
        policies: generated.value.rails.map(({ policy }) => policy),
        networks: generated.value.rails.map(({ network }) => network),
        pools: generated.value.rails.map(({ pool }) => pool),
        leftOut: generated.value.leftOut.map(({ candidate, exclusions }) => ({
          node: candidate.node.name,
          pci: candidate.function.pci,
          interface: candidate.function.interface?.value ?? null,
          exclusions,
        })),
        fleet: generated.value.fleet,
        warnings: generated.value.warnings,
      },
      text: () => generatedYaml(generated.value, chosen.value).trimEnd(),
    });
  },
});
