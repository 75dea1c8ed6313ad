/** Everything bare-metal in the texts of a snapshot, found by the shape of each text and never by its file's name. */
import { readHostText } from '../../inventory/readers/read-host-text.ts';
import type { ReadYaml } from '../../ports/read-yaml.ts';
import type { Origin, SnapshotText } from '../../snapshot/snapshot.ts';
import { readAsciiTables } from './ascii-table.ts';
import type { BareMetalFacts } from './bare-metal-facts.ts';
import { recordsIn } from './openstack-record.ts';
import { joinRows, readOvsListJson, readOvsListText, readOvsShow, type InterfaceRow } from './read-ovs.ts';
import { readAgent, readIronicPort, readNeutronPort, readNode } from './read-openstack.ts';
import { readHostInterface, readSystem } from './read-redfish.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
type Collected = Mutable<Omit<BareMetalFacts, 'listed'>> & {
  readonly listed: Set<'ironic-ports' | 'neutron-ports' | 'agents'>;
};

const SPEAKS_OF_BARE_METAL =
  /^[ -]*(?:provision_state|local_link_connection|is_smartnic|binding[:_]\w+|agent_type|mac_address|PowerState)\s*:/m;

/** Documents of a text: JSON, tables, or YAML; a text that is none yields nothing. */
const documentsOf = (text: string, readYaml: ReadYaml): readonly unknown[] => {
  const trimmed = text.trimStart();
  if (/^[[{]/.test(trimmed))
    try {
      return [JSON.parse(trimmed) as unknown];
    } catch {
      return [];
    }
  const tables = readAsciiTables(text);
  if (tables.length > 0) return tables;
  // Most host text has lines with a colon: only what speaks of bare metal is worth a YAML reader's time.
  if (!SPEAKS_OF_BARE_METAL.test(trimmed)) return [];
  try {
    return readYaml(text);
  } catch {
    return [];
  }
};

const LISTS = { nodes: undefined, ports: 'ironic-ports', neutronPorts: 'neutron-ports', agents: 'agents' } as const;

const collectRecords = (into: Collected, document: unknown, origin: Origin): void => {
  const isList =
    Array.isArray(document) ||
    (typeof document === 'object' &&
      document !== null &&
      ['ports', 'agents'].some((key) => Array.isArray((document as Record<string, unknown>)[key])));
  for (const record of recordsIn(document)) {
    const node = readNode(record, origin);
    const port = node === undefined ? readIronicPort(record, origin) : undefined;
    const neutronPort = port === undefined ? readNeutronPort(record, origin) : undefined;
    const agent = readAgent(record, origin);
    if (node !== undefined) into.nodes.push(node);
    if (port !== undefined) into.ports.push(port);
    if (neutronPort !== undefined) into.neutronPorts.push(neutronPort);
    if (agent !== undefined) into.agents.push(agent);
    const found = { nodes: node, ports: port, neutronPorts: neutronPort, agents: agent };
    for (const [kind, list] of Object.entries(LISTS))
      if (isList && list !== undefined && found[kind as keyof typeof found] !== undefined) into.listed.add(list);
  }
};

const collectText = (
  into: Collected,
  item: SnapshotText,
  rows: Map<string, InterfaceRow[]>,
  readYaml: ReadYaml,
): void => {
  const { text, origin, node } = item;
  const shown = readOvsShow(text);
  if (shown !== undefined) {
    into.switches.push({ ...shown, ...(node === undefined ? {} : { host: node }), origin });
    return;
  }
  const listed = readOvsListText(text);
  if (listed.length > 0) {
    rows.set(origin.source, [...(rows.get(origin.source) ?? []), ...listed]);
    return;
  }
  for (const reading of readHostText(text, { source: origin.source }))
    if (reading.kind === 'host-privilege') into.hostPrivileges.push({ level: reading.level, origin });
  for (const document of documentsOf(text, readYaml)) {
    const system = readSystem(document, origin);
    const hostInterface = readHostInterface(document, origin);
    const jsonRows = readOvsListJson(document);
    if (system !== undefined) into.systems.push(system);
    else if (hostInterface !== undefined) into.hostInterfaces.push(hostInterface);
    else if (jsonRows.length > 0) rows.set(origin.source, [...(rows.get(origin.source) ?? []), ...jsonRows]);
    else collectRecords(into, document, origin);
  }
};

/**
 * An empty list is a listing too, and its absences are facts. The API wraps it (`"ports": []`); a client prints a bare
 * `[]`, of which only the file's name can tell what it lists.
 */
const EMPTY_LISTS: readonly (readonly [
  list: 'ironic-ports' | 'neutron-ports' | 'agents',
  name: RegExp,
  wrapped: RegExp | undefined,
])[] = [
  ['ironic-ports', /baremetal[-_]ports?\b/i, undefined],
  ['neutron-ports', /(?:^|[/!])(?:openstack[-_]|neutron[-_])?ports?[-_.]/i, /"ports"\s*:\s*\[\s*\]/],
  ['agents', /agent/i, /"agents"\s*:\s*\[\s*\]/],
];

const collectEmptyLists = (into: Collected, { text, origin }: SnapshotText): void => {
  const bare = /^\s*\[\s*\]\s*$/.test(text);
  const found = EMPTY_LISTS.find(([, name, wrapped]) =>
    bare ? name.test(origin.source) : wrapped?.test(text) === true,
  );
  if (found !== undefined) into.listed.add(found[0]);
};

const folderOf = (source: string): string => source.slice(0, source.lastIndexOf('/') + 1);

export const readBareMetal = (texts: readonly SnapshotText[], readYaml: ReadYaml): BareMetalFacts => {
  const into: Collected = {
    nodes: [],
    ports: [],
    neutronPorts: [],
    agents: [],
    switches: [],
    systems: [],
    hostInterfaces: [],
    hostPrivileges: [],
    listed: new Set(),
  };
  const rows = new Map<string, InterfaceRow[]>();
  for (const item of texts) {
    if (item.kind === 'log') continue;
    collectText(into, item, rows, readYaml);
    collectEmptyLists(into, item);
  }
  // A list of interfaces belongs to the switch whose `show` lies beside it; where there is one switch only, to that.
  const switches = into.switches.map((each) => {
    const own = [...rows]
      .filter(([source]) => into.switches.length === 1 || folderOf(source) === folderOf(each.origin.source))
      .flatMap(([, found]) => found);
    return { ...each, bridges: joinRows(each.bridges, own) };
  });
  return { ...into, switches };
};
