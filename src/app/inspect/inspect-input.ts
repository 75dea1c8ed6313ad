/**
 * What an input is and what it can prove, before anything is diagnosed: the dumps in it, what was read of each kind, which
 * rules have all they need, and what is missing for the others.
 */
import type { Rule } from '../../core/diagnosis/rule.ts';
import { SOURCES, type SourceName } from '../../core/diagnosis/source.ts';
import { hostOfArchive } from '../../core/snapshot/file-name.ts';
import { pastedOutputs, pastedRows } from '../../core/snapshot/pasted-table.ts';
import type { Gap, Snapshot, SnapshotDump } from '../../core/snapshot/snapshot.ts';

export interface HeldKind {
  readonly kind: string;
  readonly count: number;
  readonly namespaces: number;
}

export interface PastedTable {
  readonly source: string;
  /** As typed; empty where the table stands alone. */
  readonly command: string;
  readonly rows: number;
}

export interface MissingFact {
  readonly what: string;
  readonly settle: string;
  /** Ids of rules that cannot say anything without it; empty for what only a layout leaves out. */
  readonly rules: readonly string[];
}

export interface Inspection {
  readonly sources: readonly string[];
  readonly dumps: readonly Omit<SnapshotDump, 'lacks'>[];
  readonly kinds: readonly HeldKind[];
  /** Kinds that were listed and are not there: their absence is a fact. */
  readonly foundEmpty: readonly string[];
  readonly logs: { readonly count: number; readonly previous: number; readonly pods: number; readonly unnamed: number };
  readonly hosts: readonly { readonly node: string; readonly texts: number }[];
  /** Texts that say of no node or pod whose they are. */
  readonly otherTexts: number;
  /** Tables that somebody pasted: weak evidence, since a person may have cut them. */
  readonly tables: readonly PastedTable[];
  readonly rules: { readonly able: readonly string[]; readonly of: number };
  readonly missing: readonly MissingFact[];
  readonly notRead: readonly Gap[];
}

const heldKinds = ({ objects }: Snapshot): readonly HeldKind[] =>
  [...Map.groupBy(objects, ({ object }) => object.kind)]
    .map(([kind, of]) => ({
      kind,
      count: of.length,
      namespaces: new Set(of.flatMap(({ object }) => object.metadata.namespace ?? [])).size,
    }))
    .toSorted((a, b) => a.kind.localeCompare(b.kind));

const foundEmpty = ({ listed, objects }: Snapshot): readonly string[] => {
  const kinds = new Set(objects.map(({ object }) => object.kind));
  return [...listed]
    .filter((key) => !key.includes('/') && !kinds.has(key.split('.')[0] ?? key))
    .toSorted((a, b) => a.localeCompare(b));
};

const missingFacts = (snapshot: Snapshot, rules: readonly Rule[]): readonly MissingFact[] => {
  const names = [...new Set(rules.flatMap(({ needs }) => needs))].filter((name) => !SOURCES[name].holds(snapshot));
  const needed = names.map((name: SourceName) => ({
    what: SOURCES[name].what,
    settle: SOURCES[name].settle,
    rules: rules.filter(({ needs }) => needs.includes(name)).map(({ id }) => id),
  }));
  const kinds = new Set(snapshot.objects.map(({ object }) => object.kind));
  const hasFirmware = SOURCES.firmware.holds(snapshot);
  const left = (snapshot.dumps ?? [])
    .flatMap(({ lacks }) => lacks)
    .filter(({ what, shownBy }) =>
      what.startsWith('firmware settings')
        ? !hasFirmware && !names.includes('firmware')
        : !shownBy?.some((kind) => kinds.has(kind)),
    )
    .map(({ what, settle }) => ({ what, settle, rules: [] }));
  const unique = new Map(left.map((fact) => [fact.what, fact]));
  return [...needed.toSorted((a, b) => b.rules.length - a.rules.length), ...unique.values()];
};

const hostsOf = ({ texts }: Snapshot): Inspection['hosts'] => {
  const own = texts.filter(({ kind }) => kind === 'host');
  const byNode = Map.groupBy(own, ({ node, origin }) => node ?? hostOfArchive(origin.source));
  return [...byNode]
    .flatMap(([node, of]) => (node === undefined ? [] : [{ node, texts: of.length }]))
    .toSorted((a, b) => a.node.localeCompare(b.node));
};

const pastedTables = ({ texts }: Snapshot): readonly PastedTable[] =>
  texts
    .filter(({ kind }) => kind === 'host')
    .flatMap((text) => pastedOutputs(text))
    .map((output) => ({ source: output.source, command: output.command, rows: pastedRows(output).length }))
    .filter(({ rows }) => rows > 0);

export const inspectInput = (snapshot: Snapshot, rules: readonly Rule[]): Inspection => {
  const logs = snapshot.texts.filter(({ kind }) => kind === 'log');
  const hosts = hostsOf(snapshot);
  const host = snapshot.texts.filter(({ kind }) => kind === 'host');
  const able = rules.filter(({ needs }) => needs.every((name) => SOURCES[name].holds(snapshot)));
  return {
    sources: snapshot.sources,
    dumps: (snapshot.dumps ?? []).map(({ lacks: _lacks, ...dump }) => dump),
    kinds: heldKinds(snapshot),
    foundEmpty: foundEmpty(snapshot),
    logs: {
      count: logs.length,
      previous: logs.filter(({ previous }) => previous === true).length,
      pods: new Set(logs.flatMap(({ namespace = '', pod }) => (pod === undefined ? [] : [`${namespace}/${pod}`]))).size,
      unnamed: logs.filter(({ pod }) => pod === undefined).length,
    },
    hosts,
    otherTexts: host.length - hosts.reduce((sum, { texts }) => sum + texts, 0),
    tables: pastedTables(snapshot),
    rules: { able: able.map(({ id }) => id), of: rules.length },
    missing: missingFacts(snapshot, rules),
    notRead: snapshot.gaps,
  };
};
