/**
 * Single keys in a Helm values file that came as text. Only plain block maps are followed, by their indentation: enough to
 * cite the line of a key, and nothing is concluded where a file is written in another way.
 */
import type { Origin, Snapshot } from '../snapshot/snapshot.ts';

export interface ValueLine {
  readonly value: string;
  readonly line: string;
  readonly origin: Origin;
}

const KEY = /^(?<indent> *)(?<key>[\w.-]+):(?:\s+(?<value>.*))?$/;
const LONGEST = 1_000_000;

const keysOf = (path: readonly { readonly key: string }[]): string => path.map(({ key }) => key).join('.');

/** Every text line that sets the value at `path` (`sriovOperatorConfig.deploy`). A map's own line has an empty value. */
export const valueLines = ({ texts }: Pick<Snapshot, 'texts'>, path: string): readonly ValueLine[] => {
  const [top = ''] = path.split('.');
  return texts.flatMap(({ kind, text, origin }) => {
    if (kind !== 'host' || text.length > LONGEST || !text.includes(`${top}:`)) return [];
    const found: ValueLine[] = [];
    let open: { readonly key: string; readonly indent: number }[] = [];
    text.split('\n').forEach((line, index) => {
      const groups = KEY.exec(line)?.groups;
      if (groups === undefined) return;
      const indent = (groups['indent'] ?? '').length;
      open = [...open.filter((parent) => parent.indent < indent), { key: groups['key'] ?? '', indent }];
      if (keysOf(open) === path)
        found.push({
          value: (groups['value'] ?? '').replace(/\s+#.*$/, '').trim(),
          line,
          origin: { source: origin.source, line: (origin.line ?? 1) + index },
        });
    });
    return found;
  });
};
