/** `ovs-vsctl show`, and `ovs-vsctl list interface|port` as text or JSON -> the bridges of one switch. */
import { isMap } from '../../model/dig.ts';
import type { SwitchBridge, SwitchPort } from './bare-metal-facts.ts';

export interface SwitchText {
  readonly bridges: readonly SwitchBridge[];
  readonly managers: readonly string[];
}

const LINE = /^( *)(Bridge|Port|Interface|Manager|Controller) (.+)$/;
const VALUE = /^ *([a-z_]+): (.+)$/;

const unquoted = (text: string): string => text.trim().replace(/^"(.*)"$/, '$1');

interface OpenBridge {
  name: string;
  datapathType?: string;
  ports: { -readonly [K in keyof SwitchPort]: SwitchPort[K] }[];
}

/** Undefined when the text is no output of `ovs-vsctl show`. */
export const readOvsShow = (text: string): SwitchText | undefined => {
  if (!/^[0-9a-f]{8}-[0-9a-f-]{27}$/m.test(text) || !/^ {4}(?:Bridge|Manager|ovs_version)/m.test(text))
    return undefined;
  const bridges: OpenBridge[] = [];
  const managers: string[] = [];
  let inside = '';
  for (const line of text.split('\n')) {
    const found = LINE.exec(line);
    const bridge = bridges.at(-1);
    if (found !== null) {
      const [, , word = '', rest = ''] = found;
      inside = word;
      if (word === 'Manager') managers.push(unquoted(rest));
      else if (word === 'Bridge') bridges.push({ name: unquoted(rest), ports: [] });
      else if (word === 'Port') bridge?.ports.push({ name: unquoted(rest) });
      continue;
    }
    const value = VALUE.exec(line);
    if (value === null || bridge === undefined) continue;
    const [, key = '', rest = ''] = value;
    const port = bridge.ports.at(-1);
    if (key === 'datapath_type') bridge.datapathType = unquoted(rest);
    else if (port === undefined) continue;
    else if (key === 'tag' && inside === 'Port') port.tag = Number(rest);
    else if (key === 'type' && inside === 'Interface') port.type = unquoted(rest);
    else if (key === 'error') port.error = unquoted(rest);
  }
  return { bridges, managers };
};

export interface InterfaceRow {
  readonly name: string;
  readonly ofport?: number;
  readonly tag?: number;
  readonly error?: string;
  readonly externalIds?: Readonly<Record<string, string>>;
}

const textMap = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/([A-Za-z0-9_-]+)=("(?:[^"\\]|\\.)*"|[^,}\s]+)/g)].map(([, key = '', value = '']) => [
      key,
      unquoted(value),
    ]),
  );

const rowOf = (fields: Readonly<Record<string, unknown>>): InterfaceRow | undefined => {
  const { name, ofport, tag, error, external_ids: ids } = fields;
  if (typeof name !== 'string') return undefined;
  return {
    name,
    ...(typeof ofport === 'number' ? { ofport } : {}),
    ...(typeof tag === 'number' ? { tag } : {}),
    ...(typeof error === 'string' && error !== '' ? { error } : {}),
    ...(isMap(ids) ? { externalIds: ids as Readonly<Record<string, string>> } : {}),
  };
};

/** Text of `ovs-vsctl list interface` or `list port`: blocks of `key : value`. */
export const readOvsListText = (text: string): readonly InterfaceRow[] => {
  if (!/^_uuid +: /m.test(text)) return [];
  return text.split(/\n\s*\n/).flatMap((block) => {
    const fields: Record<string, unknown> = {};
    for (const line of block.split('\n')) {
      const found = /^([a-z_]+) *: (.*)$/.exec(line);
      if (found === null) continue;
      const [, key = '', value = ''] = found;
      fields[key] = value.startsWith('{')
        ? textMap(value)
        : /^-?\d+$/.test(value)
          ? Number(value)
          : value === '[]'
            ? undefined
            : unquoted(value);
    }
    const row = rowOf(fields);
    return row === undefined ? [] : [row];
  });
};

/** OVSDB's JSON of a value: sets of one, maps as pairs. */
const plain = (value: unknown): unknown => {
  if (!Array.isArray(value) || value.length !== 2) return value;
  const [kind, items] = value as [unknown, unknown];
  if (kind === 'map' && Array.isArray(items))
    return Object.fromEntries(
      items.filter((pair): pair is [string, string] => Array.isArray(pair) && pair.length === 2),
    );
  if (kind === 'set' && Array.isArray(items)) return items.length === 1 ? (items[0] as unknown) : undefined;
  return value;
};

/** `ovs-vsctl --format=json list Interface`: headings and rows. */
export const readOvsListJson = (document: unknown): readonly InterfaceRow[] => {
  if (!isMap(document) || !Array.isArray(document['headings']) || !Array.isArray(document['data'])) return [];
  const headings = document['headings'].map((each) => (typeof each === 'string' ? each : ''));
  return document['data'].flatMap((row: unknown) => {
    if (!Array.isArray(row)) return [];
    const found = rowOf(Object.fromEntries(headings.map((heading, index) => [heading, plain(row[index])])));
    return found === undefined ? [] : [found];
  });
};

/** What the lists know is added to the ports that `show` found. */
export const joinRows = (bridges: readonly SwitchBridge[], rows: readonly InterfaceRow[]): readonly SwitchBridge[] =>
  bridges.map((bridge) => ({
    ...bridge,
    ports: bridge.ports.map((port) =>
      rows.filter(({ name }) => name === port.name).reduce<SwitchPort>((joined, row) => ({ ...joined, ...row }), port),
    ),
  }));
