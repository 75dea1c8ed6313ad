/**
 * Generated objects as YAML for a person to read and apply: what is left out stands in front as comments with the reason and
 * its evidence, what was overridden above its policy. Plain block style, the same bytes for the same input.
 */
import { isMap } from '../model/dig.ts';
import { showOrigin } from '../model/fact.ts';
import { showRanges } from '../inventory/show-ranges.ts';
import { prefixFor } from '../ipam/capacity.ts';
import type { Generated, GeneratedRail, GenerateOptions } from './generate.ts';
import { reasonsOf, tellingReasons } from './generate-exclusions.ts';
import type { LeftOut } from './generate-rails.ts';

/** Plain scalars need no quotes; everything that YAML could take for something else gets them. */
const PLAIN = /^[A-Za-z_/][\w./-]*(?: [\w./-]+)*$/;
const RESERVED = /^(?:true|false|null|yes|no|on|off|y|n|~)$/i;

const scalar = (value: unknown): string => {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (value.startsWith('{')) return `'${value.replaceAll("'", "''")}'`;
  return PLAIN.test(value) && !RESERVED.test(value) ? value : JSON.stringify(value);
};

const lines = (value: unknown, indent: string): readonly string[] => {
  if (Array.isArray(value))
    return value.flatMap((item: unknown) => {
      if (!isMap(item)) return [`${indent}- ${scalar(item)}`];
      const [first = '', ...rest] = lines(item, `${indent}  `);
      return [`${indent}- ${first.trimStart()}`, ...rest];
    });
  if (!isMap(value)) return [`${indent}${scalar(value)}`];
  return Object.entries(value).flatMap(([key, item]) => {
    const name = `${indent}${PLAIN.test(key) ? key : JSON.stringify(key)}:`;
    const isBlock = Array.isArray(item) || isMap(item);
    return isBlock ? [name, ...lines(item, Array.isArray(item) ? indent : `${indent}  `)] : [`${name} ${scalar(item)}`];
  });
};

const documentOf = (value: unknown): string => lines(value, '').join('\n');

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

const nodesShown = (nodes: readonly string[]): string =>
  nodes.length <= 4 ? nodes.join(', ') : `${nodes.slice(0, 3).join(', ')} and ${String(nodes.length - 3)} more`;

/** The left-out functions of one card address, over all nodes. */
const byCard = (leftOut: readonly LeftOut[]): readonly (readonly LeftOut[])[] => [
  ...Map.groupBy(leftOut, ({ candidate }) => candidate.adapter.card).values(),
];

const isAsked = (group: readonly LeftOut[]): boolean =>
  group.every(({ exclusions }) => exclusions.every(({ strength }) => strength === 'weak'));

const leftOutComment = (group: readonly LeftOut[]): readonly string[] => {
  const functions = unique(group.map(({ candidate }) => candidate.function.pci));
  const names = unique(
    group.flatMap(({ candidate }) => candidate.function.interface?.value ?? candidate.function.master?.value ?? []),
  );
  const nodes = unique(group.map(({ candidate }) => candidate.node.name));
  const reasons = reasonsOf(group.map(({ candidate, exclusions }) => ({ pci: candidate.function.pci, exclusions })));
  const evidence = tellingReasons(group[0]?.exclusions ?? []).flatMap((one) => one.evidence);
  return [
    `#   ${[showRanges(functions), showRanges(names)].filter((part) => part !== '').join(' ')} on ${nodesShown(nodes)}: ${reasons}`,
    ...evidence.slice(0, 2).map(({ because, origin }) => `#       ${because} (${showOrigin(origin)})`),
    ...(isAsked(group) ? [`#       If it shall be used, add: --include ${functions.join(' --include ')}`] : []),
  ];
};

const head = ({ rails, leftOut, fleet }: Generated, options: GenerateOptions): readonly string[] => {
  const groups = byCard(leftOut);
  const asked = groups.filter(isAsked).length;
  return [
    `# ${String(rails.length)} policies, networks and pools for ${String(fleet.now)} ${fleet.now === 1 ? 'node' : 'nodes'}, ${String(options.numVfs)} VFs each. Review before you apply.`,
    ...(groups.length === 0
      ? []
      : [
          `# Left out${asked === 0 ? '' : ` (${String(asked)} to be decided by you)`}:`,
          ...groups.flatMap(leftOutComment),
        ]),
  ];
};

const overrideComment = ({ rail }: GeneratedRail): readonly string[] =>
  unique(rail.overridden.map(({ reason }) => `# Taken in by --include, although: ${reason}.`));

const poolComment = ({ fleet }: Generated, { numVfs, growth }: GenerateOptions): readonly string[] => {
  const next = prefixFor(BigInt(fleet.blocks + 1), BigInt(numVfs), 4);
  return [
    `# Each pool has ${String(fleet.blocks)} blocks of ${String(numVfs)} addresses, one block a node: ${String(fleet.now)} now${growth > 0 ? `, ${String(fleet.planned)} at the stated growth` : ''}.`,
    ...(next === undefined ? [] : [`# Node ${String(fleet.blocks + 1)} would need a /${String(next)}.`]),
  ];
};

export const generatedYaml = (generated: Generated, options: GenerateOptions): string => {
  const { rails } = generated;
  const documents = [
    ...rails.map((one) => [...overrideComment(one), documentOf(one.policy)].join('\n')),
    ...rails.map((one) => documentOf(one.network)),
    ...rails.map((one, index) =>
      [...(index === 0 ? poolComment(generated, options) : []), documentOf(one.pool)].join('\n'),
    ),
  ];
  return `${[head(generated, options).join('\n'), ...documents].join('\n---\n')}\n`;
};
