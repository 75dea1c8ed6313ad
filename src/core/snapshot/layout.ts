/**
 * The layouts in which dumps come, as one table: how each is told by the names in it, and what it cannot prove. Reading the
 * files is the same for all (adapters/dump); names only add what the content does not say itself.
 */
import { kindOfPlural, type NamedKind } from './kind-of-plural.ts';

export interface Layout {
  readonly id: string;
  readonly name: string;
  /** The part of a path from which the rest counts as inside; what stands before it is the dump's root. */
  readonly signal: RegExp;
  /** What this collector never writes, and the command that gets it. */
  readonly lacks: readonly LackedFact[];
}

export interface LackedFact {
  readonly what: string;
  readonly settle: string;
  /** Kinds of which one object shows that it was got elsewhere. */
  readonly shownBy?: readonly string[];
}

const FIRMWARE = {
  what: 'firmware settings (current and next boot)',
  settle: 'mstconfig -d PCI -e q on each node, or sysinfo-snapshot.py',
} as const;
const KERNEL = { what: 'the kernel command line', settle: 'cat /proc/cmdline on each node' } as const;
const VALUES = { what: 'Helm values', settle: 'helm get values -n NAMESPACE RELEASE --all' } as const;
const CUSTOM = {
  what: 'custom resources: policies, node states, pools',
  shownBy: ['SriovNetworkNodeState', 'NicClusterPolicy', 'IPPool'],
  settle:
    'kubectl get nicclusterpolicies,sriovnetworknodestates,sriovnetworknodepolicies,sriovoperatorconfigs,ippools -A -o yaml',
} as const;
const PREVIOUS = {
  what: "logs of containers' previous runs",
  settle: 'kubectl logs -n NAMESPACE POD --previous',
} as const;
const RIGHTS = {
  what: 'roles and bindings',
  shownBy: ['Role', 'ClusterRole'],
  settle: 'kubectl get roles,rolebindings,clusterroles,clusterrolebindings -A -o yaml',
} as const;
const BUDGETS = {
  what: 'PodDisruptionBudgets',
  settle: 'kubectl get pdb -A -o yaml',
  shownBy: ['PodDisruptionBudget'],
} as const;
const CLUSTER = {
  what: 'anything of the cluster',
  settle: 'kubectl get nodes,pods,events -A -o yaml',
  shownBy: ['Node', 'Pod'],
} as const;

/** In the order of the table in reference/diagnosis-ux.md 2.0: the first that fits a file names its dump. */
export const LAYOUTS: readonly Layout[] = [
  {
    id: 'collect',
    name: '`nicwright collect`, or a snapshot kept with --save',
    signal: /(?:^|\/)(?=record\.json$)/,
    lacks: [],
  },
  {
    id: 'troubleshoot',
    name: 'a support bundle of troubleshoot.sh',
    signal: /(?:^|\/)(?=cluster-resources\/)/,
    lacks: [
      { what: 'logs of pods that were healthy', settle: 'kubectl logs -n NAMESPACE POD --all-containers' },
      FIRMWARE,
      KERNEL,
    ],
  },
  {
    id: 'network-operator-sosreport',
    name: "a sosreport of NVIDIA's network operator",
    signal: /(?:^|\/)(?=metadata\/collection-info\.txt$|crds\/(?:instances|definitions)\/)/,
    lacks: [
      FIRMWARE,
      KERNEL,
      VALUES,
      { ...BUDGETS, what: "PodDisruptionBudgets outside the operator's namespace" },
      { what: 'pods outside the operators, and objects of DPF', settle: 'kubectl get pods,dpus,dpusets -A -o yaml' },
    ],
  },
  {
    id: 'gpu-operator-must-gather',
    name: "a must-gather of NVIDIA's GPU operator",
    signal: /(?:^|\/)(?=(?:cluster_policy\.(?:yaml|missing)|gpu_operand_pods\.status)$)/,
    lacks: [CUSTOM, { what: 'nodes and events as objects', settle: 'kubectl get nodes,events -A -o yaml' }, FIRMWARE],
  },
  {
    id: 'crust-gather',
    name: 'an archive of crust-gather',
    signal:
      /(?:^|\/)(?=namespaces\/[^/]+\/[^/]*v\d[^/]*\/[^/]+\/[^/]+\.yaml$|cluster\/[^/]*v\d[^/]*\/[^/]+\/[^/]+\.yaml$)/,
    lacks: [
      { what: 'logs of init containers', settle: 'kubectl logs -n NAMESPACE POD -c CONTAINER' },
      FIRMWARE,
      KERNEL,
    ],
  },
  {
    id: 'must-gather',
    name: 'a must-gather or `oc adm inspect`',
    signal: /(?:^|\/)(?=cluster-scoped-resources\/|namespaces\/[^/]+\/)/,
    lacks: [VALUES, { ...FIRMWARE, what: 'firmware settings, where the SR-IOV operator is not one of OLM' }],
  },
  {
    id: 'sysinfo-snapshot',
    name: 'a sysinfo-snapshot of one host',
    signal: /(?:^|\/)(?=commands_txt_output\/|status-log-sysinfo-snapshot)/,
    lacks: [CLUSTER],
  },
  {
    id: 'sos-report',
    name: 'a `sos report` of one host',
    signal: /(?:^|\/)(?=sos_(?:commands|reports)\/)/,
    lacks: [CLUSTER, FIRMWARE],
  },
  {
    id: 'cluster-info',
    name: '`kubectl cluster-info dump`',
    signal: /(?:^|\/)(?=nodes\.(?:json|yaml)$)/,
    lacks: [CUSTOM, PREVIOUS, RIGHTS, BUDGETS, FIRMWARE],
  },
];

/** What lies outside every known layout. */
export const LOOSE_FILES: Layout = {
  id: 'files',
  name: 'files of no known layout: lists, single objects, texts, logs',
  signal: /^(?!)/,
  lacks: [],
};

export interface Dump {
  /** `must-gather.tar.gz!must-gather.local.1`, as far as the layout's own names; empty for the folder itself. */
  readonly root: string;
  readonly layout: Layout;
}

/** Container and member are one path here. */
const plainPath = (name: string): string => name.replaceAll('!', '/');

const rootAt = (name: string, { signal }: Layout): string | undefined => {
  const match = signal.exec(plainPath(name));
  return match === null ? undefined : name.slice(0, match.index + match[0].length).replace(/[/!]$/, '');
};

const HAS_PODS_BESIDE = /^[^/]+\/(?:pods|events|daemonsets)\.(?:json|yaml)$/;

/** A `nodes.json` alone is a list like any other; beside folders of namespaces it is a dump of kubectl's. */
const isClusterInfo = (root: string, names: readonly string[]): boolean =>
  names.some((name) => isUnder(name, root) && HAS_PODS_BESIDE.test(plainPath(insideOf(name, root))));

const isUnder = (name: string, root: string): boolean =>
  root === '' || (name.startsWith(root) && /^[/!]/.test(name.slice(root.length)));

const insideOf = (name: string, root: string): string => (root === '' ? name : name.slice(root.length + 1));

/** The dumps among these files, those with the longest root first, so that the first that holds a file is its own. */
export const dumpsAmong = (names: readonly string[]): readonly Dump[] => {
  const found = new Map<string, Dump>();
  for (const layout of LAYOUTS)
    for (const name of names) {
      const root = rootAt(name, layout);
      if (root === undefined || found.has(root)) continue;
      if (layout.id !== 'cluster-info' || isClusterInfo(root, names)) found.set(root, { root, layout });
    }
  return [...found.values()].toSorted((a, b) => b.root.length - a.root.length);
};

const folderOf = (name: string): string => name.slice(0, Math.max(0, name.search(/[/!][^/!]*$/)));

/** The dump that a file belongs to, and its path within; a must-gather's own log and time lie above its images' folders. */
export const placeIn = (
  dumps: readonly Dump[],
  name: string,
): { readonly dump: Dump; readonly inside: string } | undefined => {
  const dump =
    dumps.find(({ root }) => isUnder(name, root)) ??
    dumps.find(({ root, layout }) => layout.id === 'must-gather' && root !== '' && folderOf(root) === folderOf(name));
  return dump === undefined ? undefined : { dump, inside: plainPath(insideOf(name, dump.root)) };
};

interface ListPlace {
  readonly layout: string;
  /** Named groups: ns, plural. */
  readonly pattern: RegExp;
}

const LISTS: readonly ListPlace[] = [
  { layout: 'must-gather', pattern: /^namespaces\/(?<ns>[^/]+)\/[^/]+\/(?<plural>[^/]+)\.yaml$/ },
  { layout: 'must-gather', pattern: /^cluster-scoped-resources\/[^/]+\/(?<plural>[^/]+)\.yaml$/ },
  { layout: 'network-operator-sosreport', pattern: /^crds\/instances\/(?<plural>[^/]+)\/all\.yaml$/ },
  { layout: 'network-operator-sosreport', pattern: /^nodes\/(?<plural>all-nodes)\.yaml$/ },
  { layout: 'network-operator-sosreport', pattern: /^operator\/(?:rbac\/)?(?<plural>[^/]+)\.yaml$/ },
  {
    layout: 'troubleshoot',
    pattern: /^cluster-resources\/custom-resources\/(?<plural>[^/]+)\/(?<ns>[^/]+)\.(?:json|yaml)$/,
  },
  { layout: 'troubleshoot', pattern: /^cluster-resources\/custom-resources\/(?<plural>[^/]+?)\.(?:json|yaml)$/ },
  { layout: 'troubleshoot', pattern: /^cluster-resources\/(?<plural>[^/]+)\/(?<ns>[^/]+)\.json$/ },
  { layout: 'troubleshoot', pattern: /^cluster-resources\/(?<plural>[^/]+)\.json$/ },
  { layout: 'cluster-info', pattern: /^(?<ns>[^/]+)\/(?<plural>[^/]+)\.(?:json|yaml)$/ },
  { layout: 'cluster-info', pattern: /^(?<plural>nodes)\.(?:json|yaml)$/ },
];

export interface ListedPlace {
  readonly kind?: NamedKind;
  /** The list is of this namespace alone: that it is empty says nothing about others. */
  readonly namespace?: string;
}

/** What the path of a list says: which kind it lists, and in which namespace. Undefined outside every known layout. */
export const listPlace = ({ layout }: Dump, inside: string): ListedPlace | undefined => {
  for (const place of LISTS) {
    if (place.layout !== layout.id) continue;
    const groups = place.pattern.exec(inside)?.groups;
    if (groups === undefined) continue;
    const [namespace, kind] = [groups['ns'], kindOfPlural(groups['plural'] ?? '')];
    return { ...(kind !== undefined && { kind }), ...(namespace !== undefined && { namespace }) };
  }
  return undefined;
};

const STEM = /^(?<plural>.+)\.(?:json|yaml|yml)$/;

/** The kind that a file or its folder is named after, for items that say none. */
export const kindOfPath = (name: string): NamedKind | undefined => {
  const parts = plainPath(name).split('/');
  const plural = STEM.exec(parts.at(-1) ?? '')?.groups?.['plural'];
  return plural === undefined ? undefined : (kindOfPlural(plural) ?? kindOfPlural(parts.at(-2) ?? ''));
};
