/** Output that is known by its looks and not read (yet), by name; and lines that say nothing by themselves. */
import { taken, type ReadAt, type Reader } from './host-reading.ts';
import { isBlank } from './text-lines.ts';

interface Known {
  readonly what: string;
  readonly begins: RegExp;
  /** Lines that still belong to it; without this, all lines to the end of the section. */
  readonly continues?: RegExp;
}

const KNOWN: readonly Known[] = [
  { what: 'register dump of mlxreg', begins: /^\s*\w+\s+\|\s+0x[0-9a-f]+\s*$/i, continues: /\|\s+0x[0-9a-f]+\s*$/i },
  {
    what: 'table of network modules of a DGX manual',
    begins: /^\s*Port ConnectX Device\b.*\bDefault RDMA\s*$/,
    continues: /^\s*OSFP\w+\s/,
  },
  { what: 'help text of a tool', begins: /^\s*(?:NAME:\s*$|usage: \w+)/ },
  { what: 'version of a tool', begins: /^\s*\w+, mstflint \d[\d.]+|^\s*\w+ [\d.]+, mstflint \d/, continues: /^$a/ },
  {
    what: 'Kubernetes object, or a part of one (give it as a YAML or JSON file)',
    begins: /^(?:apiVersion|kind|metadata|spec|status|items):(?:\s|$)/,
  },
  {
    what: 'resources in the output of kubectl describe node',
    begins: /^\s*Allocatable:\s*$/,
    continues: /^\s+[\w./-]+:\s+\S+$/,
  },
  {
    what: 'transcript of mlxconfig reset',
    begins: /^\s*Reset configuration for device /,
    continues: /^\s*Applying\.\.\./,
  },
  {
    what: 'rows left out by whoever kept this text',
    begins: /^\s*\(?\.\.\.\)?\s*$/,
    continues: /^\s*\(?\.\.\.\)?\s*$/,
  },
];

export const readNotRead: Reader = ({ lines, at }: ReadAt) => {
  const text = lines[at]?.text ?? '';
  const known = KNOWN.find(({ begins }) => begins.test(text));
  if (known === undefined) return undefined;
  let next = at + 1;
  for (let here = at + 1; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined || (known.continues !== undefined && !isBlank(line) && !known.continues.test(line.text)))
      break;
    if (!isBlank(line)) next = here + 1;
  }
  return taken(next, { kind: 'not-read', what: known.what });
};

/** Exit statuses, comments and rules between tables: nothing is stated by them. */
export const isSilent = (text: string): boolean =>
  /^\s*(?:rc=\d+|#(?:\s.*)?|-{3,}|={3,}|mopen: No such file or directory|Unable to \w.*|read link: .*|\.)\s*$/i.test(
    text,
  );
