/**
 * Which policies exclude each other (26.4 and later): one component in the NicClusterPolicy and a NicNodePolicy, and two
 * NicNodePolicies that select a common node, whatever their sections (reference page 1.11).
 */
export interface NodePolicy {
  readonly name: string;
  /** Fields of its spec that are there: `ofedDriver`, `rdmaSharedDevicePlugin`, `sriovDevicePlugin`. */
  readonly sections: readonly string[];
  /** An empty selector selects every node. */
  readonly nodeSelector: Readonly<Record<string, string>>;
}

export interface PolicyNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The sections that both kinds of policy have. */
export const SHARED_SECTIONS: readonly string[] = ['ofedDriver', 'rdmaSharedDevicePlugin', 'sriovDevicePlugin'];

/** The webhook counts to 30, although its message says 50. */
export const NODE_POLICY_NAME_LIMIT = 30;

const selectsNode = ({ nodeSelector }: NodePolicy, { labels }: PolicyNode): boolean =>
  Object.entries(nodeSelector).every(([key, value]) => labels[key] === value);

/** Why the policies cannot stand beside each other, one sentence each; empty when they can. */
export const policyConflicts = (
  clusterSections: readonly string[],
  policies: readonly NodePolicy[],
  nodes: readonly PolicyNode[],
): readonly string[] => {
  const names = policies
    .filter(({ name }) => name.length > NODE_POLICY_NAME_LIMIT)
    .map(
      ({ name }) =>
        `NicNodePolicy ${name} has a name of ${name.length} characters; the limit is ${NODE_POLICY_NAME_LIMIT}`,
    );
  const sections = policies.flatMap((policy) =>
    SHARED_SECTIONS.filter((section) => clusterSections.includes(section) && policy.sections.includes(section)).map(
      (section) =>
        `${section} stands in the NicClusterPolicy and in NicNodePolicy ${policy.name}; only one may have it`,
    ),
  );
  const overlaps = nodes.flatMap((node) => {
    const chosen = policies.filter((policy) => selectsNode(policy, node)).map(({ name }) => name);
    return chosen.length > 1 ? [`node ${node.name} is selected by ${[...chosen].sort().join(' and ')}`] : [];
  });
  return [...names, ...sections, ...overlaps];
};
