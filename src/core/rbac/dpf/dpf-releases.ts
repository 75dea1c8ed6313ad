/**
 * DPF releases as data: what changed in the init script of the host pods and in its rights, how to come from the release
 * before, and where each is said (dpf.md 7.2, 7.3). What a cluster runs is not read here.
 */
import { fail, ok } from '../../result.ts';
import type { Result } from '../../result.ts';

export interface DpfRelease {
  /** `25.4`: patches of a release are alike in all that stands here. */
  readonly version: string;
  /** The container that registers the host. */
  readonly registers: string;
  readonly readsSecret: string;
  /** Whether a pod on a Kubernetes worker comes to that. */
  readonly reachedOnWorkers: string;
  readonly roleHasSecrets: string;
  readonly roleHasDeviceStatus: string;
  /** How to come here from an earlier release. */
  readonly upgrade: string;
  /** False: there is no way from the releases before. Absent: nothing is said of it. */
  readonly hasUpgradePath?: boolean;
  /** When the release is affected by the missing right to Secrets, as a condition. */
  readonly affected: string;
  readonly bfb: string;
  readonly notes: readonly string[];
  readonly sources: readonly string[];
}

const NOTES = (tag: string): string => `NVIDIA/doca-platform release notes ${tag}`;
const CODE = (commit: string, what: string): string => `NVIDIA/doca-platform ${commit}: ${what}`;

export const DPF_RELEASES: readonly DpfRelease[] = [
  {
    version: '24.10',
    registers: 'inline shell',
    readsSecret: 'no',
    reachedOnWorkers: '-',
    roleHasSecrets: '-',
    roleHasDeviceStatus: '-',
    upgrade: 'first release in this table',
    hasUpgradePath: true,
    affected: 'not affected: there is no dms-init, and the pod calls no API',
    bfb: 'DOCA 2.9; the card must already run 2.5 or newer',
    notes: [
      'hosts with Kubernetes 1.30, one BlueField-3 per worker',
      'a failure of init container 1 of the DMS pod is reported nowhere',
    ],
    sources: [NOTES('v24.10.0'), CODE('v24.10.0-rc.6', 'DMS pod of the DPU state machine')],
  },
  {
    version: '25.1',
    registers: 'not seen',
    readsSecret: '-',
    reachedOnWorkers: '-',
    roleHasSecrets: '-',
    roleHasDeviceStatus: '-',
    upgrade: 'not said',
    affected: 'not seen: its sources were not found; taken to be like 24.10',
    bfb: 'bf-bundle-2.9.1-40 (25.1.1)',
    notes: ['25.1.1 needs HBN chart 1.0.2 with image 2.4.2-doca2.9.2'],
    sources: [NOTES('v25.1.1')],
  },
  {
    version: '25.4',
    registers: 'dms-init',
    readsSecret: 'when --external-certificate is none',
    reachedOnWorkers: 'no, the operator passes TODO',
    roleHasSecrets: 'no',
    roleHasDeviceStatus: 'no',
    upgrade: 'not said',
    affected:
      'affected only if the script runs with --external-certificate none: on hosts outside Kubernetes with this account. On Kubernetes workers the right is missing and nobody asks for it',
    bfb: 'bf-bundle-3.0.0-135',
    notes: [
      'known issue 4445638: the wait for the Certificate looks at a field that the script itself sets; fixed in 25.7.0; workaround: run it again',
      'a deleted DMS pod is not made again once a DPUNode exists for its host',
      'BMC firmware 24.10 or newer',
      'a changed nodeEffect of a DPUDeployment is ignored (4410218), fixed in 25.7',
    ],
    sources: [NOTES('v25.4.0'), CODE('785d519', 'dmsinit.sh, dms-role, node reconciler')],
  },
  {
    version: '25.7',
    registers: 'dms-init',
    readsSecret: 'when --external-certificate is none, polled with errors dropped',
    reachedOnWorkers: 'no',
    roleHasSecrets: 'no',
    roleHasDeviceStatus: 'yes',
    upgrade: 'none from earlier releases: purge and install anew',
    hasUpgradePath: false,
    affected:
      'affected only if the script runs with --external-certificate none; the denial then shows as "Timed out waiting for secret" after a minute',
    bfb: 'bf-bundle-3.1.0',
    notes: ['all charts that DPF depends on are installed by the user', 'a deleted DMS pod is made again'],
    sources: [NOTES('v25.7.0'), CODE('6acfda0, d543f4b', 'dmsinit.sh, dms-role')],
  },
  {
    version: '25.10',
    registers: 'host agent',
    readsSecret: 'a program',
    reachedOnWorkers: '-',
    roleHasSecrets: 'get, in the whole cluster',
    roleHasDeviceStatus: 'yes',
    upgrade: 'from the GA before',
    hasUpgradePath: true,
    affected:
      'not affected: there is no dms-init. Its account may read every Secret of the cluster, and its token lies on every worker',
    bfb: 'bf-bundle-3.2.1',
    notes: [
      'pods have the label provisioning.dpu.nvidia.com/component=hostagent and another ServiceAccount',
      'reboots need card firmware 32.41.1000 or newer (4634335)',
      'the least MTU is 1280, before it was 1000',
      'a DPUDeployment has 1 to 50 services; gNOI and nodeDMSAddress are deprecated',
    ],
    sources: [NOTES('v25.10.0'), CODE('a4784b5', 'hostagent role')],
  },
  {
    version: '26.4',
    registers: 'host agent',
    readsSecret: 'a program',
    reachedOnWorkers: '-',
    roleHasSecrets: 'get, in the whole cluster',
    roleHasDeviceStatus: 'yes',
    upgrade: 'from the GA before, or from LTS to LTS; Argo CD v3 first, with all applications in step',
    hasUpgradePath: true,
    affected: 'not affected: there is no dms-init',
    bfb: 'not said',
    notes: [
      'DPUSets without dpuSetStrategy or nodeEffect are refused',
      'zero-trust: both overrides for the address and port of the API server must be set',
      'cards that 25.10 provisioned have no kubelet version in their status and hold up the next upgrade: provision them again',
    ],
    sources: [NOTES('v26.4.0')],
  },
  {
    version: '26.7',
    registers: 'host agent',
    readsSecret: 'a program',
    reachedOnWorkers: '-',
    roleHasSecrets: 'get, in the whole cluster',
    roleHasDeviceStatus: 'yes',
    upgrade: 'from the GA before; no downgrade',
    hasUpgradePath: true,
    affected: 'not affected: there is no dms-init',
    bfb: 'not said',
    notes: ['controllers run twice by default', 'BMC passwords may be a Secret per card'],
    sources: [NOTES('v26.7.0'), CODE('02e4c6f', 'host agent role')],
  },
  {
    version: '26.8',
    registers: 'host agent',
    readsSecret: 'a program',
    reachedOnWorkers: '-',
    roleHasSecrets: 'get, in the whole cluster',
    roleHasDeviceStatus: 'yes',
    upgrade: 'from the GA before; no downgrade; patches are free',
    hasUpgradePath: true,
    affected: 'not affected: there is no dms-init',
    bfb: '3.2 LTS and 3.5; 3.4 for a rollout only',
    notes: [
      'Kubernetes 1.33 to 1.36, Ubuntu 24.04, containerd only, no Socket Direct',
      'card firmware 32.38.1002 or newer, which contradicts the 32.41.1000 that 25.10 asks for',
    ],
    sources: [NOTES('v26.8.0')],
  },
];

/** `25.4`, `v25.4.0`, `25.4.0-rc.1` -> the release; its patches are alike. */
export const findRelease = (given: string): Result<DpfRelease> => {
  const [, year, month] = /^v?(\d{1,3})\.(\d{1,3})(?:\..*)?$/.exec(given) ?? [];
  const found = DPF_RELEASES.find(({ version }) => version === `${year ?? ''}.${month ?? ''}`);
  return found === undefined
    ? fail(
        'usage-version',
        `DPF ${given} is not in the table (first entry ${DPF_RELEASES[0]?.version ?? ''}, last entry ${DPF_RELEASES.at(-1)?.version ?? ''}), so nothing is said of it.`,
      )
    : ok(found);
};

export interface DpfHop {
  readonly from: string;
  readonly to: string;
  /** Absent: nothing is said of it. */
  readonly possible?: boolean;
  readonly because: string;
}

/** From one release to another, step by step, as far as the table has them. */
export const hopsBetween = (from: DpfRelease, to: DpfRelease): Result<readonly DpfHop[]> => {
  const [first, last] = [DPF_RELEASES.indexOf(from), DPF_RELEASES.indexOf(to)];
  if (last < first)
    return fail(
      'refused-downgrade',
      `DPF ${to.version} is older than ${from.version}, and DPF has no downgrade: restore what was saved, or install anew.`,
    );
  return ok(
    DPF_RELEASES.slice(first + 1, last + 1).map((release, at) => ({
      from: DPF_RELEASES[first + at]?.version ?? '',
      to: release.version,
      ...(release.hasUpgradePath === undefined ? {} : { possible: release.hasUpgradePath }),
      because: release.upgrade,
    })),
  );
};
