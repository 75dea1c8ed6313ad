/**
 * What a written incident needs besides the report: the environment as far as the input shows it, how far the trouble
 * reaches in counts, and what was claimed about it elsewhere. Each line says where it comes from, or that it is not known.
 */
import { dig, digText } from '../model/dig.ts';
import { objectPath } from '../model/kube-object.ts';
import type { SnapshotObject } from '../snapshot/snapshot.ts';
import type { Facts } from './facts.ts';
import { operatorRelease } from './operator-release.ts';
import type { Problem, Report } from './report.ts';
import { estateOf } from './rules/dpf/dpf-estate.ts';
import { nodeNameOf, phaseOf } from './rules/dpf/dpu-facts.ts';
import { timeLine, type Moment } from './time-line.ts';
import { vendorProposals } from './vendor-proposals.ts';

export interface IncidentLine {
  readonly what: string;
  readonly value: string;
}

export interface Incident {
  readonly environment: readonly IncidentLine[];
  /** How many DPUs, nodes and workflows are touched, of how many that were seen. */
  readonly scope: readonly IncidentLine[];
  /** What a vendor should change, the least that mends it. */
  readonly proposals: readonly string[];
  readonly timeLine: readonly Moment[];
}

const NOT_SHOWN = 'not shown by the input';

/** Different values with how often each occurs, the most frequent first: `v1.32.4 (2)`. */
const counted = (values: readonly (string | undefined)[], most = 4): string => {
  const counts = [
    ...Map.groupBy(
      values.filter((value) => value !== undefined),
      (value) => value,
    ),
  ]
    .map(([value, group]) => ({ value, count: group.length }))
    .toSorted((a, b) => b.count - a.count);
  if (counts.length === 0) return NOT_SHOWN;
  const shown = counts.slice(0, most).map(({ value, count }) => (count > 1 ? `${value} (${count})` : value));
  return [...shown, ...(counts.length > most ? [`${counts.length - most} more`] : [])].join(', ');
};

const nodeInfo = (facts: Facts, key: string): string =>
  counted(facts.objects('Node').map(({ object }) => digText(object, 'status', 'nodeInfo', key)));

const dpfVersion = (facts: Facts): string =>
  counted(
    facts
      .objects('DPFOperatorConfig')
      .map(
        ({ object }) =>
          digText(object, 'status', 'version') ?? digText(object, 'metadata', 'labels', 'app.kubernetes.io/version'),
      ),
  );

const environmentOf = (facts: Facts): readonly IncidentLine[] => {
  const adapters = facts.inventory.nodes.flatMap((node) => node.adapters);
  const release = operatorRelease(facts);
  const hasDpf = facts.snapshot.objects.some(({ object }) => object.apiVersion.includes('dpu.nvidia.com'));
  const dumps = facts.snapshot.dumps ?? [];
  const dated = dumps.flatMap(({ name, takenAt }) => (takenAt === undefined ? [] : [`${takenAt} (${name})`]));
  return [
    ...(dumps.length === 0
      ? []
      : [{ what: 'Collected', value: dated.join('; ') || 'at a time that the input does not tell' }]),
    {
      what: 'Platform',
      value: `${facts.cli === 'oc' ? 'OpenShift' : 'Kubernetes'}, kubelets: ${nodeInfo(facts, 'kubeletVersion')}`,
    },
    { what: 'Operating system', value: `${nodeInfo(facts, 'osImage')}; kernel: ${nodeInfo(facts, 'kernelVersion')}` },
    { what: 'Machines', value: counted(facts.inventory.nodes.map(({ machine }) => machine?.value)) },
    {
      what: 'Adapters',
      value: counted(
        adapters.map(({ deviceType, description, firmware }) => {
          const name = deviceType?.value ?? description?.value;
          return name === undefined ? undefined : `${name}${firmware === undefined ? '' : ` with ${firmware.value}`}`;
        }),
        6,
      ),
    },
    {
      what: 'Network operator',
      value: release === undefined ? NOT_SHOWN : (release.version ?? 'installed; its release is not shown'),
    },
    ...(hasDpf ? [{ what: 'DPF', value: dpfVersion(facts) }] : []),
    { what: 'Namespaces of the operators', value: [...estateOf(facts).field].join(', ') || NOT_SHOWN },
  ];
};

const kindWasRead = (facts: Facts, kind: string): boolean =>
  facts.objects(kind).length > 0 || [...facts.snapshot.listed].some((listed) => listed.split('.')[0] === kind);

const isReady = (entry: SnapshotObject): boolean => phaseOf(entry) === 'Ready';

/** The causes that were found, or the symptoms where none was: what the counts are about. */
const told = ({ problems, symptoms }: Report): readonly Problem[] => (problems.length > 0 ? problems : symptoms);

/** DPUs that what was found keeps from Ready: named by a finding, or on a node that one names. */
const blockedDpus = (facts: Facts, report: Report): readonly SnapshotObject[] => {
  const objects = new Set(told(report).flatMap(({ scopes }) => scopes.flatMap(({ object }) => object ?? [])));
  const nodes = new Set(told(report).flatMap((problem) => problem.nodes));
  return facts
    .objects('DPU')
    .filter((dpu) => !isReady(dpu) && (objects.has(objectPath(dpu.object)) || nodes.has(nodeNameOf(dpu) ?? '')));
};

const dpuLine = (facts: Facts, blocked: readonly SnapshotObject[]): IncidentLine => {
  const what = 'DPUs';
  if (!kindWasRead(facts, 'DPU')) return { what, value: 'no DPU object was read' };
  const dpus = facts.objects('DPU');
  const waiting = dpus.filter((dpu) => !isReady(dpu));
  const phases = counted(waiting.map((dpu) => phaseOf(dpu) ?? 'no phase'));
  return {
    what,
    value:
      waiting.length === 0
        ? `all ${dpus.length} are Ready`
        : `${blocked.length} held by what was found, of ${waiting.length} not Ready (${phases}) and ${dpus.length} in all`,
  };
};

/** What drives DPUs, by name: the sets and deployments whose cards are not Ready. */
const workflowLine = (report: Report, dpus: readonly SnapshotObject[]): IncidentLine => {
  const what = 'Workflows';
  const sets = dpus.flatMap((dpu) => {
    const labels = dig(dpu.object, 'metadata', 'labels');
    const set =
      dpu.object.metadata.ownerReferences?.find(({ kind }) => kind === 'DPUSet')?.name ??
      digText(labels, 'provisioning.dpu.nvidia.com/dpuset-name');
    return set === undefined ? [] : [`DPUSet ${set}`];
  });
  const blocked = [...new Set(sets)];
  const rest = [...report.problems, ...report.symptoms]
    .flatMap(({ consequences }) => consequences)
    .filter(({ rule }) => rule === 'pods-wait-for-resource')
    .map(({ summary }) => summary);
  const told = [...(blocked.length === 0 ? [] : [`provisioning by ${blocked.join(', ')}`]), ...new Set(rest)];
  return { what, value: told.length === 0 ? 'none is shown to be blocked' : told.join('; ') };
};

export const incidentOf = (facts: Facts, report: Report): Incident => {
  const named = new Set(report.nodes.filter(({ verdict }) => verdict === 'affected').map(({ node }) => node));
  const blocked = blockedDpus(facts, report);
  const affected = new Set([...named, ...blocked.flatMap((dpu) => nodeNameOf(dpu) ?? [])]);
  const known = new Set([...report.nodes.map(({ node }) => node), ...affected]);
  const unseen = report.nodes.filter(({ node, verdict }) => verdict === 'not looked at' && !affected.has(node)).length;
  const names = [...affected].slice(0, 8).join(', ');
  return {
    environment: environmentOf(facts),
    scope: [
      {
        what: 'Nodes',
        value:
          known.size === 0
            ? 'no node is named by the input'
            : `${affected.size} of ${known.size} affected${names === '' ? '' : `: ${names}${affected.size > 8 ? ' ...' : ''}`}; ${unseen} not looked at`,
      },
      dpuLine(facts, blocked),
      workflowLine(report, blocked),
    ],
    proposals: vendorProposals(facts, report),
    timeLine: timeLine(facts, report),
  };
};
