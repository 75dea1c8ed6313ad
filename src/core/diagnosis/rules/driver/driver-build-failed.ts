/** The sources of the driver do not compile against the kernel of the node. */
import { driverFindings, whichDriver } from '../../driver-pods.ts';
import { textEvidence } from '../../evidence.ts';
import { defineRule } from '../../rule.ts';
import { aDriverPod } from '../world-operator.ts';

const RULE = 'driver-build-failed';
const LOG = 'mofed-ubuntu24.04-7b8c96f5dd-ds-w9ztk.log';
const failing = aDriverPod('mofed-ubuntu24.04-7b8c96f5dd-ds-w9ztk', {
  restarts: 4,
  waiting: 'CrashLoopBackOff',
  exitCode: 1,
});
const FAILED =
  'Building mlnx-nvme DEB...\nFailed to build mlnx-nvme DEB\nSee /tmp/MLNX_OFED_SRC/logs/mlnx-nvme.debbuild.log\n';

export const driverBuildFailed = defineRule({
  id: RULE,
  title: 'The driver does not compile on this kernel',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: {
    failed: /Failed to build (?<package>[\w.+-]+)(?: (?:DEB|RPM))?|(?:ERROR|Error).*(?<package2>mlnx-[\w-]+).*(?:build|rpmbuild|dpkg-buildpackage) failed|Bad return status for module build on kernel/,
    kernel: /(?:linux-headers-|kernel(?:-devel)?-|kernel version:?\s+|for kernel )(?<kernel>\d+\.\d+\.[\w.+-]*[\w+-])/i,
  },
  explain:
    'The container compiles the driver from its sources against the headers of the running kernel. A kernel newer than the driver release supports, an unusual one (64k pages, a vendor\'s own), or a distribution that is not in its support list breaks single packages (mlnx-nvme, isert, srp) or all. The compiler\'s own words stand in a log inside the container.',
  sources: ['network-operator #604, #1415', 'reference network-operator.md 5'],
  causedBy: ['kernel-package-missing', 'package-source-unreachable'],
  check: (facts) =>
    driverFindings(facts, `${RULE}/failed`, (found) => {
      const { groups, origin } = found.line;
      const name = groups['package'] ?? groups['package2'] ?? 'the driver';
      const kernel = facts.lines(`${RULE}/kernel`).findLast((line) => line.origin.source === origin.source && line.origin.line < origin.line);
      return {
        because: `${whichDriver(found)} cannot compile ${name}${kernel === undefined ? '' : ` for kernel ${kernel.groups['kernel'] ?? ''}`}: the headers are there, and the sources do not fit them`,
        sameAs: name,
        evidence: kernel === undefined ? [] : [textEvidence(kernel.origin, kernel.line)],
        lacks: [
          {
            what: `what the compiler said${found.node === undefined ? '' : ` on ${found.node}`}`,
            why: 'whether the kernel is too new, or a package could be left out',
            settle: `${facts.cli} exec -n ${found.pod?.object.metadata.namespace ?? facts.operators.namespaces[0] ?? 'NAMESPACE'} ${found.pod?.object.metadata.name ?? 'DRIVER-POD'} -c mofed-container -- sh -c 'tail -50 /tmp/*/logs/*${name}*'   # between two restarts`,
          },
        ],
      };
    }),
  remedy: () => [
    { text: 'Take a driver release whose notes name this kernel and distribution, or boot a kernel that the installed release supports.', risk: 'another driver version starts an upgrade of every node' },
    { text: 'Or a precompiled driver image, or the driver of the distribution (drop spec.ofedDriver).' },
    { text: 'Where only a storage package fails that nobody needs, newer images can leave it out; see the environment variables of the release.' },
  ],
  cases: [
    { name: 'one package', kind: 'broken', objects: [failing], texts: { [LOG]: `Selecting previously unselected package linux-headers-6.11.0-1003-nvidia-64k.\n${FAILED}` }, says: 'cannot compile mlnx-nvme for kernel 6.11.0-1003-nvidia-64k' },
    { name: 'the pod is ready since', kind: 'healthy', objects: [aDriverPod('mofed-ubuntu24.04-7b8c96f5dd-ds-w9ztk', { ready: true })], texts: { [LOG]: FAILED } },
    { name: 'a build that goes on', kind: 'look-alike', objects: [failing], texts: { [LOG]: 'Building mlnx-nvme DEB...\n' } },
  ],
}); // prettier-ignore
