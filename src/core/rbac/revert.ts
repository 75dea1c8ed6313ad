/**
 * Will a change of an RBAC object stay? `.rules` is an atomic list under server-side apply, so an owner that applies with
 * force replaces it whole; an object that no owner lists is left alone (dpf.md 3.2).
 */

/** What is known of the program that keeps an object. */
export interface Owner {
  readonly fieldManager?: string;
  readonly apply?: string;
  readonly force?: boolean;
  /** Kinds whose events make it reconcile. */
  readonly watches?: readonly string[];
  /** It notices a change of the role itself. */
  readonly watchesObject?: boolean;
  /** As a Kubernetes duration, `10m`. */
  readonly syncPeriod?: string;
  /** How it deletes what it no longer wants, in words. */
  readonly prune?: string;
  /** It adds what is missing in its rules and takes away nothing. */
  readonly onlyAdds?: boolean;
  /** How it can be paused, and what that costs. */
  readonly pause?: string;
}

/** Owners whose ways are known, by their field manager. */
const KNOWN_OWNERS: Readonly<Record<string, Owner>> = {
  'dpfoperatorconfig-controller': {
    fieldManager: 'dpfoperatorconfig-controller',
    apply: 'server-side',
    force: true,
    watches: ['DPFOperatorConfig', 'DPUService', 'Deployment', 'DPU', 'DPUCluster'],
    watchesObject: false,
    syncPeriod: '10m',
    prune: 'by the inventory of its own ApplySet Secret, never by labels',
    pause: 'pausing the owner (spec.overrides.paused in DPF) would also stop its upgrades, repairs and deletions',
  },
  // k8s.io/kubernetes/pkg/registry/rbac/rest/storage_rbac.go reconciles with RemoveExtraPermissions false.
  'kube-apiserver': { fieldManager: 'kube-apiserver', onlyAdds: true },
};

/** Labels by which an ApplySet knows its members: on our object they would make it another's. */
export const AVOID_LABELS = ['applyset.kubernetes.io/part-of', 'applyset.kubernetes.io/id'] as const;

export interface RevertQuestion {
  /** `ClusterRole/x`, `Role/ns/x`. */
  readonly object: string;
  /** The object is one of our own making, beside the owner's. */
  readonly own: boolean;
  /** The field manager or owner, where only its name is known. */
  readonly owner?: string;
  readonly details?: Owner;
}

export interface RevertForecast {
  /** Undefined: nothing is known of who keeps the object. */
  readonly reverted: boolean | undefined;
  /** How soon, in words; only where it is reverted. */
  readonly within?: string;
  readonly why: string;
  readonly say: string;
  readonly avoidLabels: readonly string[];
}

/** Helm compares with its last release when it is run, and never by itself. */
const HELM = /^Helm release /;

const soon = ({ watches = [], watchesObject, syncPeriod }: Owner): string => {
  if (watchesObject === true) return 'at once, since it watches the object itself';
  const event = watches.length === 0 ? 'its next reconcile' : `the next event on ${watches.join(', ')}`;
  return syncPeriod === undefined
    ? `at ${event}; its resync period is not known`
    : `at ${event}, and at the latest after its resync, about ${syncPeriod}`;
};

export const predictRevert = ({ object, own, owner, details }: RevertQuestion): RevertForecast => {
  const known = details ?? (owner === undefined ? undefined : KNOWN_OWNERS[owner]);
  const who = known?.fieldManager ?? owner;
  const pause = known?.pause ?? KNOWN_OWNERS[who ?? '']?.pause;
  if (own)
    return {
      reverted: false,
      why: `${object} is in no owner's inventory, and an owner deletes only what its inventory lists${known?.prune === undefined ? '' : ` (${known.prune})`}`,
      say: `keep ${object} as an object of its own, without the marks of an ApplySet, and remove it when a release makes it needless`,
      avoidLabels: AVOID_LABELS,
    };
  if (who === undefined)
    return {
      reverted: undefined,
      why: `nothing says who keeps ${object}: its managedFields were not read`,
      say: `read it with \`kubectl get ${object.split('/').join(' ')} -o yaml --show-managed-fields\`, or make an own Role beside it, which nobody reverts`,
      avoidLabels: AVOID_LABELS,
    };
  if (known?.onlyAdds === true)
    return {
      reverted: false,
      why: `${who} adds what is missing in ${object} each time it starts, and takes away nothing`,
      say: `a rule that was added stays for good, for everybody who is bound to ${object}: move it to a Role of its own`,
      avoidLabels: AVOID_LABELS,
    };
  const within = HELM.test(who) ? 'at the next helm upgrade or rollback' : soon(known ?? {});
  const forced = known?.force === true ? 'a forced server-side apply' : 'the next apply of its owner';
  return {
    reverted: true,
    within,
    why: `.rules of ${object} is an atomic list, so ${forced} by ${who} replaces it whole and an added rule is lost`,
    say: `${who} will put ${object} back ${within}: do not fight it, move the rule to a Role of its own${pause === undefined ? '' : `; ${pause}`}`,
    avoidLabels: AVOID_LABELS,
  };
};
