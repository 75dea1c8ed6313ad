/**
 * The texts of a snapshot that speak of bare metal, one command's output each, handed to the readers of core/smartnic. What
 * people paste holds several commands in one file; each keeps the line on which its output begins.
 */
import type { ReadYaml } from '../ports/read-yaml.ts';
import type { BareMetalFacts } from '../smartnic/readers/bare-metal-facts.ts';
import { readBareMetal } from '../smartnic/readers/read-bare-metal.ts';
import type { SnapshotText } from '../snapshot/snapshot.ts';

const PROMPT =
  /^[ \t]*(?:[\w.@~:/\\[\]() -]*[$#>]|\$|#)[ \t]+(?:sudo[ \t]+)?(?:openstack|baremetal|neutron|ovs-vsctl|ovs-ofctl|curl|cat|redfishtool|mstprivhost|mlxprivhost|ssh)\b.*$/m;

/** Other host text is left alone: it is much, and these readers would find nothing in it. */
const SPEAKS =
  /provision(?:ing)?[_ ]state|local_link_connection|is_smartnic|binding[:_](?:host_id|vif_type|vnic_type)|agent[_ ]type|ComputerSystem|BootSourceOverride|HostInterface|ovs_version|^ {4}Bridge |^_uuid +: |mac[_ ]address|priv-?host|"(?:ports|agents)"\s*:\s*\[|^\s*\[\s*\]\s*$/im;

const LONGEST = 8_000_000;

const outputsOf = (item: SnapshotText): readonly SnapshotText[] => {
  if (!PROMPT.test(item.text)) return [item];
  const outputs: { line: number; lines: string[] }[] = [{ line: item.origin.line ?? 1, lines: [] }];
  item.text.split('\n').forEach((line, index) => {
    if (PROMPT.test(line)) outputs.push({ line: (item.origin.line ?? 1) + index + 1, lines: [] });
    else outputs.at(-1)?.lines.push(line);
  });
  return outputs
    .map(({ line, lines }) => ({ ...item, text: lines.join('\n'), origin: { ...item.origin, line } }))
    .filter(({ text }) => text.trim() !== '');
};

export const readBareMetalTexts = (texts: readonly SnapshotText[], readYaml: ReadYaml): BareMetalFacts =>
  readBareMetal(
    texts.filter(({ kind, text }) => kind === 'host' && text.length < LONGEST && SPEAKS.test(text)).flatMap(outputsOf),
    readYaml,
  );
