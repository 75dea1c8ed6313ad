/**
 * Headings that say what the lines below speak of: a node, a device, a command. A word is a node only when that node is known,
 * or when no node is known at all and the word can hardly be anything else.
 */
import { pciAddress } from '../../model/pci-address.ts';
import type { NodeNames } from '../node-names.ts';
import { isTool, NIC_TOOL } from './prompts.ts';

/** The title between two rules of one character: `=== dgx030 ===`, `==> file <==`, `--- dgx030 ---`. */
const ruledTitle = (text: string): string | undefined => {
  const trimmed = text.trim();
  const rule = trimmed[0];
  if ((rule !== '=' && rule !== '-') || !trimmed.endsWith(rule + rule) || !trimmed.startsWith(rule + rule))
    return undefined;
  let from = 0;
  let to = trimmed.length;
  while (from < to && trimmed[from] === rule) from += 1;
  while (to > from && trimmed[to - 1] === rule) to -= 1;
  const title = trimmed.slice(from, to).replace(/^>/, '').replace(/<$/, '').trim();
  return title === '' ? undefined : title;
};

const MARKDOWN_TITLE = /^\s*#{1,6}\s+(\S+)\s*$/;
const ANSIBLE = /^\s*([\w.-]+) \| (?:CHANGED|SUCCESS|FAILED|UNREACHABLE!?)\b/;

const INTERFACE_LIKE = /^(?:en|ib|eth|net|bond|br|vlan|mlx\d_|p\d+p|lo$)/i;

const looksLikeHost = (word: string): boolean =>
  /^[A-Za-z][\w-]*\d[\w-]*(?:\.[\w-]+)*$/.test(word) && !INTERFACE_LIKE.test(word) && !NIC_TOOL.test(word);

export const nodeFrom = (word: string, nodes: NodeNames): string | undefined =>
  nodes.find(word) ?? (nodes.size === 0 && looksLikeHost(word) ? word : undefined);

const LONGEST_HEADING = 200;

export interface Heading {
  readonly node?: string;
  readonly device?: string;
  readonly command?: string;
}

const wordsOfHeading = (title: string, nodes: NodeNames): Heading => {
  const heading: { node?: string; device?: string; command?: string } = {};
  const words = title.split(/[\s,]+/);
  for (const [index, raw] of words.entries()) {
    const word = raw.replace(/:$/, '').replace(/^["']|["']$/g, '');
    if (isTool(word) && index < words.length - 1) {
      heading.command = words.slice(index).join(' ');
      break;
    }
    if (pciAddress(word) !== undefined || /^\/dev\/mst\/\S+$|^mlx\d_\d+$/.test(word)) heading.device ??= word;
    else {
      const node =
        nodeFrom(word, nodes) ??
        word
          .split('/')
          .map((part) => nodes.find(part))
          .find((one) => one !== undefined);
      if (node !== undefined) heading.node ??= node;
    }
  }
  return heading;
};

export const headingIn = (text: string, nodes: NodeNames): Heading | undefined => {
  if (text.length > LONGEST_HEADING) return undefined;
  const ruled = ruledTitle(text);
  const title = ruled ?? MARKDOWN_TITLE.exec(text)?.[1] ?? ANSIBLE.exec(text)?.[1];
  if (title !== undefined) {
    const heading = wordsOfHeading(title, nodes);
    // `=== Firmware ===` names nothing and still ends what stood above; other titles count only when they name something.
    if (text.trim().startsWith('=') || Object.keys(heading).length > 0) return heading;
  }
  const alone = /^\s*([\w.-]+):?\s*$/.exec(text)?.[1];
  const node = alone === undefined ? undefined : nodes.find(alone);
  return node === undefined ? undefined : { node };
};
