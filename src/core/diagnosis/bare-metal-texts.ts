/**
 * The texts of a snapshot that speak of bare metal, one command's output each, handed to the readers of core/smartnic. What
 * people paste holds several commands in one file; each keeps the line on which its output begins.
 */
import type { ReadYaml } from '../ports/read-yaml.ts';
import type { BareMetalFacts } from '../smartnic/readers/bare-metal-facts.ts';
import { readBareMetal } from '../smartnic/readers/read-bare-metal.ts';
import type { SnapshotText } from '../snapshot/snapshot.ts';

const PROMPT =
  /^[\w.@~:/\\[\]() \t-]*[$#>][ \t]+(?:sudo[ \t]+)?(?:openstack|baremetal|neutron|ovs-vsctl|ovs-ofctl|curl|cat|redfishtool|mstprivhost|mlxprivhost|ssh)\b.*$/m;

/** Other host text is left alone: it is much, and these readers would find nothing in it. */
const SPEAKS =
  /provision(?:ing)?[_ ]state|local_link_connection|is_smartnic|binding[:_](?:host_id|vif_type|vnic_type)|agent[_ ]type|ComputerSystem|BootSourceOverride|HostInterface|ovs_version|^ {4}Bridge |^_uuid +: |mac[_ ]address|priv-?host|"(?:ports|agents)"\s*:\s*\[|^[ \t]*\[[ \t]*\][ \t]*$/im;

const LONGEST = 8_000_000;

/** What a list prints that holds nothing, by its command: an absence that was asked for. Of Ironic's the reader wants a name. */
const EMPTY_LISTS: readonly (readonly [command: RegExp, text: string])[] = [
  [/\b(?:openstack port list|neutron port-list)\b/, '{"ports": []}'],
  [/\b(?:openstack network agent list|neutron agent-list)\b/, '{"agents": []}'],
];

/** Headers of HTTP stand before a document, and a shell's time or prompt behind it. */
const documentIn = (text: string): string => {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => /^[[{]/.test(line));
  const to = lines.findLastIndex((line) => /^[\]}]/.test(line));
  return from > 0 && to >= from ? `${'\n'.repeat(from)}${lines.slice(from, to + 1).join('\n')}` : text;
};

const outputsOf = (item: SnapshotText): readonly SnapshotText[] => {
  if (!PROMPT.test(item.text)) return [{ ...item, text: documentIn(item.text) }];
  const first = item.origin.line ?? 1;
  const outputs: { command: string; line: number; lines: string[] }[] = [{ command: '', line: first, lines: [] }];
  item.text.split('\n').forEach((line, index) => {
    if (PROMPT.test(line)) outputs.push({ command: line, line: first + index + 1, lines: [] });
    else outputs.at(-1)?.lines.push(line);
  });
  return outputs.flatMap(({ command, line, lines }) => {
    const text = lines.join('\n');
    const empty = EMPTY_LISTS.find(([words]) => words.test(command))?.[1];
    if (text.trim() === '' && empty === undefined) return [];
    return [{ ...item, text: text.trim() === '' ? (empty ?? '') : documentIn(text), origin: { ...item.origin, line } }];
  });
};

export const readBareMetalTexts = (texts: readonly SnapshotText[], readYaml: ReadYaml): BareMetalFacts =>
  readBareMetal(
    texts
      .filter(({ kind, text }) => kind === 'host' && text.length < LONGEST && (SPEAKS.test(text) || PROMPT.test(text)))
      .flatMap(outputsOf),
    readYaml,
  );
