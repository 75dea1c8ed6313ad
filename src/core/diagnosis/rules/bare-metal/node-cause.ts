/**
 * Maker of rules about bare-metal nodes whose cause core/smartnic finds in the records, or one line of a log or of last_error
 * states. A node that rests well since makes a line past; what was not read is asked for.
 */
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Confidence, Evidence, Finding, RemedyStep, Statement } from '../../finding.ts';
import { defineRule, type Rule, type RuleCase } from '../../rule.ts';
import type { LinePatterns } from '../../telling-lines.ts';
import type { NodeFinding } from '../../../smartnic/explain/finding.ts';
import { factsOfState } from '../../../smartnic/provision-state.ts';
import { anyOf, bareMetalNodes, isWell, nodeBy, placeOf, quote, scopeOfNode, type BareMetalNode } from './nodes.ts';

export interface NodeCause {
  readonly id: string;
  readonly title: string;
  readonly severity?: Rule['severity'];
  readonly role?: Rule['role'];
  /** Findings of core/smartnic that are this cause. */
  readonly found?: readonly string[];
  /** Whether such a finding counts at this node; always where absent. */
  readonly counts?: (node: BareMetalNode, found: NodeFinding) => boolean;
  readonly confidence?: Confidence;
  /** Words of the records that show it, beside the port's and the node's own names. */
  readonly shownBy?: RegExp;
  /** Lines of logs and of last_error; groups `node`, `host` and `port` say whom they speak of. */
  readonly line?: RegExp;
  /** Further lines that `more` asks for as `ID/NAME`. */
  readonly otherLines?: LinePatterns;
  readonly because: (node: string, text: string, groups: Readonly<Record<string, string | undefined>>) => string;
  readonly more?: (
    facts: Facts,
    node: BareMetalNode | undefined,
    groups: Readonly<Record<string, string | undefined>>,
  ) => readonly Evidence[];
  readonly against?: (facts: Facts, node: BareMetalNode | undefined) => readonly string[];
  /** What is asked for where a node failed and nothing says why. */
  /** Findings that rest on no record of a node. */
  readonly also?: (facts: Facts) => readonly Statement[];
  readonly lack: { readonly what: string; readonly why: string; readonly settle: string };
  readonly causedBy?: readonly string[];
  readonly explain: string;
  readonly sources: readonly string[];
  readonly affects?: string;
  readonly remedy: (findings: readonly Finding[], facts: Facts) => readonly RemedyStep[];
  readonly cases: readonly RuleCase[];
}

type Groups = Readonly<Record<string, string | undefined>>;

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/** Whom a line speaks of: a named node, the card's host, the owner of a Neutron port, else the first UUID that is a node's. */
const nodeOfLine = (facts: Facts, text: string, groups: Groups): string | undefined => {
  const byPort = bareMetalNodes(facts).find(({ pictures }) =>
    pictures.some(
      ({ neutronPorts, port }) =>
        groups['port'] !== undefined &&
        (neutronPorts.some(({ id }) => id === groups['port']) || Object.values(port.vifs).includes(groups['port'])),
    ),
  );
  const named = nodeBy(facts, groups['node']) ?? nodeBy(facts, groups['host']) ?? byPort;
  if (named !== undefined) return named.name;
  if (groups['node'] !== undefined || groups['host'] !== undefined) return groups['node'] ?? groups['host'];
  const uuids = text.match(new RegExp(UUID.source, 'g')) ?? [];
  return uuids.map((uuid) => nodeBy(facts, uuid)?.name).find((name) => name !== undefined);
};

interface Said {
  readonly node: string | undefined;
  readonly text: string;
  readonly groups: Groups;
  readonly evidence: readonly Evidence[];
}

const saidIn = (facts: Facts, { id, line }: NodeCause): readonly Said[] => {
  if (line === undefined) return [];
  const logged = facts
    .lines(`${id}/line`)
    .filter(({ text }) => text.kind === 'log' || !text.text.includes('last_error'))
    .map(({ line: text, groups, origin }): Said => ({
      node: nodeOfLine(facts, text, groups),
      text,
      groups,
      evidence: [textEvidence(origin, text)],
    }));
  const recorded = bareMetalNodes(facts).flatMap(({ node, name }): readonly Said[] => {
    const match = node.lastError === undefined ? null : line.exec(node.lastError);
    return match === null
      ? []
      : [
          {
            node: name,
            text: node.lastError ?? '',
            groups: match.groups ?? {},
            evidence: [quote(facts, node.origin, /last[_ ]error/i, node.lastError ?? '')],
          },
        ];
  });
  const merged = new Map<string, Said>();
  for (const one of [...recorded, ...logged]) {
    const key = one.node ?? '';
    const before = merged.get(key);
    merged.set(
      key,
      before === undefined
        ? one
        : {
            ...one,
            groups: { ...before.groups, ...one.groups },
            evidence: [...before.evidence.slice(0, 2), ...one.evidence],
          },
    );
  }
  return [...merged.values()];
};

const ofLine = (facts: Facts, cause: NodeCause, said: Said): Statement => {
  const known = nodeBy(facts, said.node);
  const scope = scopeOfNode(facts, said.node);
  if (known !== undefined && isWell(known))
    return { says: 'clear', scope, saw: 'nodes of which a log tells an error rest without one now' };
  return {
    says: 'finding',
    scope,
    because: cause.because(known?.name ?? said.node ?? 'a node', said.text, said.groups),
    confidence: 'proven',
    sameAs: cause.id,
    evidence: [...said.evidence, ...(cause.more?.(facts, known, said.groups) ?? [])],
    against: cause.against?.(facts, known) ?? [],
  };
};

const ofRecord = (facts: Facts, cause: NodeCause, known: BareMetalNode, found: NodeFinding): Statement => ({
  says: 'finding',
  scope: { node: known.name },
  because: `Node ${known.name}, ${found.about}: ${found.says}; ${found.because}`,
  confidence: cause.confidence ?? 'proven',
  sameAs: found.id,
  evidence: [
    ...placeOf(facts, found, cause.shownBy ?? anyOf(found.about.split(' ').at(-1), known.node.uuid)),
    ...(cause.more?.(facts, known, {}) ?? []),
  ],
  against: cause.against?.(facts, known) ?? [],
});

/** A node whose last flow failed, or that is in the middle of one. */
export const isTroubled = ({ node }: BareMetalNode): boolean => {
  const phase = factsOfState(node.provisionState ?? '')?.phase;
  return phase === 'failed' || node.lastError !== undefined || node.fault !== undefined;
};

const check = (facts: Facts, cause: NodeCause): readonly Statement[] => {
  const nodes = bareMetalNodes(facts);
  const fromRecords = nodes.flatMap((known) =>
    known.findings
      .filter(({ id, level }) => level !== 'unknown' && cause.found?.includes(id) === true)
      .filter((found) => cause.counts?.(known, found) ?? true)
      .map((found) => ofRecord(facts, cause, known, found)),
  );
  const named = new Set(fromRecords.map(({ scope }) => scope.node));
  const fromLines = saidIn(facts, cause)
    .map((said) => ofLine(facts, cause, said))
    .filter(({ says, scope }) => says === 'clear' || scope.node === undefined || !named.has(scope.node));
  const also = (cause.also?.(facts) ?? []).filter(({ scope }) => scope.node === undefined || !named.has(scope.node));
  if (fromRecords.length + fromLines.length + also.length > 0) return [...fromRecords, ...fromLines, ...also];
  const silent = nodes.filter((known) => isTroubled(known) && known.node.lastError === undefined);
  if (silent.length > 0)
    return silent.map(({ name }) => ({
      says: 'unknown',
      scope: { node: name },
      lack: {
        what: cause.lack.what.replace('NODE', name),
        why: cause.lack.why,
        settle: cause.lack.settle.replaceAll('NODE', name),
      },
    }));
  return nodes.length > 0
    ? [{ says: 'clear', scope: {}, saw: `no node that was read: ${cause.title.toLowerCase()}` }]
    : [];
};

export const defineNodeCause = (cause: NodeCause): Rule =>
  defineRule({
    id: cause.id,
    title: cause.title,
    severity: cause.severity ?? 'error',
    role: cause.role ?? 'cause',
    needs: [],
    lines: { ...cause.otherLines, ...(cause.line === undefined ? {} : { line: cause.line }) },
    explain: cause.explain,
    sources: cause.sources,
    ...(cause.affects === undefined ? {} : { affects: cause.affects }),
    ...(cause.causedBy === undefined ? {} : { causedBy: cause.causedBy }),
    check: (facts) => check(facts, cause),
    remedy: cause.remedy,
    cases: cause.cases,
  });
