/** The driver container stops on purpose: storage modules use the present driver, and it may not unload them. */
import { driverFindings, whichDriver } from '../../driver-pods.ts';
import { defineRule } from '../../rule.ts';
import { aDriverPod } from '../world-operator.ts';

const RULE = 'storage-modules-hold-driver';
const MODULES = 'ib_isert|nvme_rdma|nvmet_rdma|rpcrdma|xprtrdma|ib_srpt';

const LOG = 'mofed-ubuntu20.04-ds-z7mfb.log';
const pod = (ready: boolean) =>
  aDriverPod('mofed-ubuntu20.04-ds-z7mfb', { ready, restarts: 14, waiting: 'CrashLoopBackOff', exitCode: 0 });
const LINE =
  'Storage modules are loaded for current driver, terminating prior driver reload failure due to UNLOAD_STORAGE_MODULES not set to "true"\n';

export const storageModulesHoldDriver = defineRule({
  id: RULE,
  title: 'Storage modules keep the driver from being replaced',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { stopped: /Storage modules are loaded .*UNLOAD_STORAGE_MODULES/ },
  explain:
    'NVMe over Fabrics, iSER, SRP and NFS over RDMA are built on the driver that is loaded; it cannot be replaced under them. The container looks for their modules first and ends with exit code 0 unless UNLOAD_STORAGE_MODULES is "true", so the pod is in CrashLoopBackOff without an error.',
  sources: ['reference network-operator.md 1.8, diagnosis-ux.md 3.3', 'network-operator #1084'],
  check: (facts) =>
    driverFindings(facts, `${RULE}/stopped`, (found) => ({
      because: `${whichDriver(found)} stops on purpose and is started again and again: storage modules of the present driver are loaded, and UNLOAD_STORAGE_MODULES is not "true" in it`,
      sameAs: 'storage modules',
      lacks: [
        {
          what: `which storage modules are loaded${found.node === undefined ? '' : ` on ${found.node}`}, and who uses them`,
          why: 'unloading them takes mounted storage away',
          settle: `lsmod | egrep "${MODULES}"; mount; nvme list   # on ${found.node ?? 'the node'}`,
        },
      ],
    })),
  remedy: (_findings, facts) => [
    {
      text: 'Make sure that nothing on these nodes has mounted storage over RDMA.',
      command: `lsmod | egrep "${MODULES}"; mount | egrep "nfs|nvme"`,
    },
    {
      text: 'Then allow it in the policy, not in the DaemonSet, which the operator owns.',
      command: `${facts.cli} patch nicclusterpolicy nic-cluster-policy --type merge -p '{"spec":{"ofedDriver":{"env":[{"name":"UNLOAD_STORAGE_MODULES","value":"true"}]}}}'`,
      risk: 'the list replaces the env that is there; the change of the template starts an upgrade of every node where autoUpgrade is on',
    },
    { text: 'Unsafe: unloading the modules under mounted volumes; their I/O fails.' },
  ],
  cases: [
    { name: 'it stops with exit code 0', kind: 'broken', objects: [pod(false)], texts: { [LOG]: LINE }, says: 'stops on purpose' },
    { name: 'the pod is ready since', kind: 'healthy', objects: [aDriverPod('mofed-ubuntu20.04-ds-z7mfb', { ready: true })], texts: { [LOG]: LINE } },
    { name: 'the check that finds none', kind: 'look-alike', objects: [pod(false)], texts: { [LOG]: 'Verifying loaded modules will not prevent future driver restart\n' } },
  ],
}); // prettier-ignore
