/**
 * Whether the input shows that there is no object of a kind: the kind was listed, a pasted command found none, or a
 * collector noted that there were no instances. That nothing of the kind is in the input shows nothing.
 */
import { askedResources, emptyAnswer } from '../snapshot/pasted-table.ts';
import { textEvidence } from './evidence.ts';
import type { Facts } from './facts.ts';
import type { Evidence } from './finding.ts';

export interface AskedKind {
  /** `SriovOperatorConfig.sriovnetwork.openshift.io`. */
  readonly key: string;
  /** Names by which kubectl knows it, lower case. */
  readonly resources: readonly string[];
}

const OPERATOR_CONFIG: AskedKind = {
  key: 'SriovOperatorConfig.sriovnetwork.openshift.io',
  resources: ['sriovoperatorconfig', 'sriovoperatorconfigs'],
};
const NIC_CLUSTER_POLICY: AskedKind = {
  key: 'NicClusterPolicy.mellanox.com',
  resources: ['nicclusterpolicy', 'nicclusterpolicies', 'ncp'],
};
export const ABSENT_KINDS = { operatorConfig: OPERATOR_CONFIG, nicClusterPolicy: NIC_CLUSTER_POLICY } as const;

const kindName = ({ key }: AskedKind): string => key.split('.')[0] ?? key;

/** A command that looked in another namespace than the operator's says nothing about the operator's. */
const inOperatorNamespace = ({ operators }: Facts, namespace: string | undefined): boolean =>
  namespace === undefined || operators.namespaces.length === 0 || operators.namespaces.includes(namespace);

const byCommand = (facts: Facts, kind: AskedKind): readonly Evidence[] =>
  facts.pasted().flatMap((output) => {
    if (!askedResources(output.command).some((resource) => kind.resources.includes(resource))) return [];
    const answer = emptyAnswer(output);
    if (answer === undefined || !inOperatorNamespace(facts, answer.namespace)) return [];
    return [textEvidence({ source: output.source, line: answer.number }, answer.text)];
  });

/** NVIDIA's collector of the network operator writes `crds/instances/PLURAL/all.yaml: no instances found`. */
const byCollector = ({ snapshot }: Facts, kind: AskedKind): readonly Evidence[] =>
  snapshot.texts.flatMap(({ text, origin }) => {
    if (!text.includes('no instances found')) return [];
    const lines = text.split('\n');
    const at = lines.findIndex(
      (line) =>
        line.includes('no instances found') && kind.resources.some((resource) => line.includes(`/${resource}/`)),
    );
    return at < 0 ? [] : [textEvidence({ source: origin.source, line: (origin.line ?? 1) + at }, lines[at] ?? '')];
  });

/** Places that show that no object of the kind exists; undefined where one exists, or where the input does not tell. */
export const absence = (facts: Facts, kind: AskedKind): readonly Evidence[] | undefined => {
  if (facts.objects(kindName(kind)).length > 0) return undefined;
  const shown = [...byCommand(facts, kind), ...byCollector(facts, kind)];
  if (shown.length > 0) return shown;
  if (!facts.snapshot.listed.has(kind.key)) return undefined;
  const [source = 'the input'] = facts.snapshot.sources;
  return [textEvidence({ source }, `${kindName(kind)}: listed, and there is none`)];
};
