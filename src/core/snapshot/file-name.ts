/**
 * What the path of a file says about a text inside it, as one table: which pod's log it is. Content decides whether
 * a file holds objects at all (adapters/dump); names only place what has no heading of its own.
 */

export interface NamedLog {
  readonly namespace?: string;
  readonly pod: string;
  readonly container?: string;
  readonly previous?: boolean;
}

interface LogName {
  readonly layout: string;
  readonly pattern: RegExp;
}

/** Sources: reference/diagnosis-ux.md 2. Named groups: ns, pod, container, previous. First match wins. */
const LOG_NAMES: readonly LogName[] = [
  {
    layout: 'must-gather and oc adm inspect',
    pattern:
      /(?:^|\/)namespaces\/(?<ns>[^/]+)\/pods\/(?<pod>[^/]+)\/(?<container>[^/]+)\/\k<container>\/logs\/(?:rotated\/)?(?<previous>previous)?[^/]*$/,
  },
  {
    layout: 'crust-gather',
    pattern:
      /(?:^|\/)namespaces\/(?<ns>[^/]+)\/v1\/pod\/(?<pod>[^/]+)\/(?<container>[^/]+)\/(?:current|(?<previous>previous))\.log$/i,
  },
  {
    layout: 'troubleshoot.sh',
    pattern:
      /(?:^|\/)pods\/logs\/(?<ns>[^/]+)\/(?<pod>[^/]+)\/(?<container>[a-z0-9-]+?)(?:-(?<previous>previous))?\.log$/,
  },
  {
    layout: "must-gather of NVIDIA's GPU operator",
    pattern: /(?:^|\/)gpu_operand_pod_(?<pod>[a-z0-9.-]+?)(?:\.(?<previous>previous))?\.log$/,
  },
  {
    layout: 'kubectl cluster-info dump',
    pattern: /(?:^|\/)(?<ns>[a-z0-9-]+)\/(?<pod>[a-z0-9.-]+)\/logs\.txt$/,
  },
  {
    layout: 'kubectl logs written to POD.CONTAINER.log',
    pattern:
      /(?:^|\/)(?<pod>[a-z0-9][a-z0-9.-]*?-[a-z0-9]{4,10})(?:[._](?<container>[a-z][a-z0-9-]*?))??(?:[._](?<previous>previous))?\.log$/,
  },
];

/** The pod whose log a file at `path` is, by its name alone; undefined where the name says nothing. */
export const logNamed = (name: string): NamedLog | undefined => {
  const path = name.replaceAll('!', '/');
  for (const { pattern } of LOG_NAMES) {
    const groups = pattern.exec(path)?.groups;
    const pod = groups?.['pod'];
    if (groups === undefined || pod === undefined) continue;
    return {
      pod,
      ...(groups['ns'] === undefined ? {} : { namespace: groups['ns'] }),
      ...(groups['container'] === undefined ? {} : { container: groups['container'] }),
      ...(groups['previous'] === undefined ? {} : { previous: true }),
    };
  }
  return undefined;
};

/** A `.log` file is a log even where its name gives no pod; anything else without objects is host text. */
export const isLogName = (path: string): boolean =>
  /\.log(?:\.\d+)?(?:\.\d{8}-\d{6})?$/.test(path) || logNamed(path) !== undefined;

/** What a collector ran in a pod and wrote beside its logs (`oc adm must-gather`: mstconfig, ethtool, kernel-cmdline, ...). */
export const podOfText = (name: string): { readonly namespace: string; readonly pod: string } | undefined => {
  const groups = /(?:^|\/)namespaces\/(?<namespace>[^/]+)\/pods\/(?<pod>[^/]+)\/[^/]+$/.exec(
    name.replaceAll('!', '/'),
  )?.groups;
  const { namespace, pod } = groups ?? {};
  return namespace === undefined || pod === undefined ? undefined : { namespace, pod };
};

/** The host whose archive of `sysinfo-snapshot` or `sos report` a file lies in. */
export const hostOfArchive = (name: string): string | undefined => {
  const path = name.replaceAll('!', '/');
  return (
    /(?:^|\/)sysinfo-snapshot-v[^/-]+-(?<host>[^/]+?)-\d{8}-\d{6}(?:\.[^/]*)?\//.exec(path)?.groups?.['host'] ??
    /(?:^|\/)sosreport-(?<host>[^/]+?)(?:-\d+)?-\d{4}-\d\d-\d\d-[a-z]{7}(?:\.[^/]*)?\//.exec(path)?.groups?.['host']
  );
};

/** Pages, pictures, check sums and register dumps: nothing in them is read. */
export const isIgnoredName = (name: string): boolean =>
  /\.(?:html?|css|js|png|svg|sha256|md5|rrd|pyc)$/i.test(name) || /(?:^|[/!])(?:mst|mstreg|mlx)dump_[^/]*$/.test(name);
