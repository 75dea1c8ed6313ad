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
      /(?:^|\/)namespaces\/(?<ns>[^/]+)\/pods\/(?<pod>[^/]+)\/(?<container>[^/]+)\/\k<container>\/logs\/(?<previous>previous)?[^/]*$/,
  },
  {
    layout: 'crust-gather',
    pattern:
      /(?:^|\/)namespaces\/(?<ns>[^/]+)\/v1\/pod\/(?<pod>[^/]+)\/(?<container>[^/]+)\/(?:current|(?<previous>previous))\.log$/i,
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
export const logNamed = (path: string): NamedLog | undefined => {
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
export const isLogName = (path: string): boolean => /\.log(?:\.\d+)?$/.test(path) || logNamed(path) !== undefined;
