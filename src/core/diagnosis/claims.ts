/**
 * What is said elsewhere about a fault, and what was found when it was looked into: founding documents, release notes and
 * threads err, and a report that goes to a vendor has to say which of their statements it does not repeat.
 */

export interface Claim {
  /** In our own words. */
  readonly said: string;
  readonly by: string;
  readonly found: string;
}

const SEED_SRIOV = 'founding document 000';
const SEED_DPF = 'founding document 001';

/** About dms-init of DPF 25.4; dpf.md 5 has the source that each was held against. */
const DMS_INIT: readonly Claim[] = [
  {
    said: 'the operator passes no --kubeconfig (internal/provisioning/controllers/util/dms/util.go:253-256)',
    by: SEED_DPF,
    found:
      'true in every version that was read, and no fault: kubectl takes the ServiceAccount of the pod; the lines are others (202-205, 210-213)',
  },
  {
    said: 'the script reads Secrets that its role does not allow',
    by: SEED_DPF,
    found:
      'it reads them only with --external-certificate none; with the arguments that are quoted it does not get there',
  },
  {
    said: 'the role allows get and list of nodes only',
    by: SEED_DPF,
    found: 'that is the last of four or five rules of it: read the whole role',
  },
  {
    said: 'all deployments of 25.4.0 are affected',
    by: SEED_DPF,
    found: 'nothing shows that; it depends on the arguments and on whether the host is a Kubernetes worker',
  },
  {
    said: 'the release note on cert-manager (4445638) misdiagnoses it',
    by: SEED_DPF,
    found:
      'the note is right for its own case: hosts that are no Kubernetes workers, where the Secret may not be there yet',
  },
  {
    said: 'append get and list of secrets to the ClusterRole',
    by: SEED_DPF,
    found:
      'it opens every Secret of the cluster to a token that lies on every host with a card, list is never used, and the operator puts its role back within ten minutes',
  },
];

/** By rule. Findings are of the reference pages: sriov.md 2.5, network-operator.md 2.9 to 2.11. */
const CLAIMS: Readonly<Record<string, readonly Claim[]>> = {
  'nv-access-error': [
    {
      said: 'a path or permission fault of the 24.7 container (/host/dev/mst/...)',
      by: SEED_SRIOV,
      found:
        'no /dev/mst path is in that part of the source; it stays one candidate, which the same query on the host settles',
    },
    {
      said: 'secure boot keeps the tool out',
      by: 'first suspicion in several threads',
      found: 'only kernel lockdown does, and it has a file of its own',
    },
  ],
  'access-denied': DMS_INIT,
  'dms-role-lacks-need': DMS_INIT,
  'init-container-crashing': DMS_INIT,
  'server-secret-not-ready': DMS_INIT.filter(({ said }) => said.includes('4445638')),
  'token-as-kubeconfig': [
    {
      said: 'pass the token of the ServiceAccount as --kubeconfig',
      by: SEED_DPF,
      found: 'a token is no kubeconfig: every call fails before the server is asked',
    },
  ],
  'cold-restart-pending': [
    {
      said: 'every firmware change needs a cold restart',
      by: SEED_SRIOV,
      found:
        'it depends on card and platform; on these machines a warm restart was seen to leave it pending, or is known to',
    },
  ],
  'component-image-wrong': [
    {
      said: 'the image was renamed to nvidia-k8s-ipam in 25.x',
      by: SEED_SRIOV,
      found: 'it has had that name since 23.5; nv-ipam never existed under any tag',
    },
    {
      said: 'the operator pulls from nvcr.io/nvstaging/mellanox/nv-ipam',
      by: SEED_SRIOV,
      found: 'no chart and no operator code makes that reference: an earlier edit by hand',
    },
  ],
  'helm-values-of-old-chart': [
    {
      said: '24.7 cannot be upgraded in place',
      by: SEED_SRIOV,
      found: 'only with --reuse-values it cannot; fresh values (-f) or --reset-then-reuse-values go through',
    },
  ],
  'nicclusterpolicy-missing': [
    {
      said: 'nv-ipam left the chart in 25.7',
      by: SEED_SRIOV,
      found: 'it left in 24.10, with every other section of the policy',
    },
  ],
};

export const knownClaims = (rule: string): readonly Claim[] => CLAIMS[rule] ?? [];

/** Rules that the table speaks of, for the test that none is misspelt. */
export const RULES_WITH_CLAIMS: readonly string[] = Object.keys(CLAIMS);

const SOURCE_REFERENCE =
  /(?:[\w.-]+\/){0,12}[\w.-]{1,80}\.(?:go|sh|py|ts|js|rs|c|cc|cpp|h|ya?ml|tpl):\d{1,7}(?:-\d{1,7})?/g;

/** References to source that a document makes (`internal/dms/util.go:253-256`), each once. */
export const sourceReferences = (document: string): readonly string[] => [
  ...new Set(Array.from(document.matchAll(SOURCE_REFERENCE), ([reference]) => reference)),
];
