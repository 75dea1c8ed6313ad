/** The driver cannot be built, since no repository that the container reaches has the packages of the node's kernel. */
import { textEvidence } from '../../evidence.ts';
import { driverFindings, whichDriver } from '../../driver-pods.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { aDriverPod } from '../world-operator.ts';

const RULE = 'kernel-package-missing';

const besides = (facts: Facts, source: string): readonly Evidence[] =>
  facts
    .lines(`${RULE}/entitlement`)
    .filter(({ origin }) => origin.source === source)
    .slice(0, 1)
    .map(({ origin, line }) => textEvidence(origin, line));

const LOG = 'mofed-rhel8.8-ds-4rxvb.previous.log';
const failing = aDriverPod('mofed-rhel8.8-ds-4rxvb', { restarts: 9, waiting: 'CrashLoopBackOff', exitCode: 1 });
const RHEL = 'Unable to read consumer identity\nError: Unable to find a match: kernel-4.18.0-477.10.1.el8_8.x86_64\n';

export const kernelPackageMissing = defineRule({
  id: RULE,
  title: 'The packages of the running kernel are not found',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: {
    missing:
      /(?:Unable to find a match|Unable to locate package|No match for argument|No package|nothing provides|Couldn't find any package by \S+|No provider of|No match for)[^\n]*?(?<package>(?:linux-(?:headers|image|modules)|kernel)[\w.+~:-]*)/i,
    entitlement: /Unable to read consumer identity|not registered with an entitlement|subscription-manager is operating in container mode/,
  },
  explain:
    'Unless a precompiled image exists, the container builds the driver on the node and installs headers and development packages of exactly the running kernel. Old kernels leave the repositories, RHEL asks for an entitlement, and a cluster without outside access has only the mirrors that it is given.',
  sources: ['reference network-operator.md 1.8, 1.9', 'network-operator #888'],
  causedBy: ['package-source-unreachable'],
  check: (facts) =>
    driverFindings(facts, `${RULE}/missing`, (found) => {
      const entitlement = besides(facts, found.line.origin.source);
      return {
        because: `${whichDriver(found)} cannot install ${found.line.groups['package'] ?? 'the kernel packages'}: no repository that it reaches offers it${entitlement.length > 0 ? ', and the container has no subscription identity' : ''}; the driver is never built`,
        sameAs: found.line.groups['package'] ?? '',
        evidence: entitlement,
        lacks: [
          {
            what: 'which repositories the container sees',
            why: 'whether the package is missing in them or the right one is missing',
            settle: `${facts.cli} exec -n ${found.pod?.object.metadata.namespace ?? facts.operators.namespaces[0] ?? 'NAMESPACE'} ${found.pod?.object.metadata.name ?? 'DRIVER-POD'} -c mofed-container -- sh -c 'dnf repolist || apt-cache policy || zypper lr'   # between two restarts`,
          },
        ],
      };
    }),
  remedy: (findings) => [
    {
      text: `Give the container a repository that has ${findings[0]?.sameAs ?? 'the packages'}: on RHEL the entitlement, elsewhere spec.ofedDriver.repoConfig (for RHEL from release 24.4 on).`,
      risk: 'a change of repoConfig changes the template, and with autoUpgrade every node is upgraded in turn',
    },
    { text: 'Or use a precompiled driver image for this kernel.' },
    {
      text: 'Booting another kernel only helps if the packages of that one are in a repository the container reaches.',
      risk: 'a restart of the node',
    },
  ],
  cases: [
    { name: 'RHEL without entitlement', kind: 'broken', objects: [failing], texts: { [LOG]: RHEL }, says: 'no subscription identity' },
    { name: 'Ubuntu, a kernel that left the mirror', kind: 'broken', objects: [], texts: { 'mofed.log': '[02-Jun-25_09:01:10] NVIDIA driver container exec start\nE: Unable to locate package linux-headers-5.15.0-20-generic\n' }, says: 'linux-headers-5.15.0-20-generic' },
    { name: 'the pod is ready since', kind: 'healthy', objects: [aDriverPod('mofed-rhel8.8-ds-4rxvb', { ready: true })], texts: { [LOG]: RHEL } },
    { name: 'there is no prebuilt driver, so it builds one', kind: 'look-alike', objects: [failing], texts: { [LOG]: 'No OFED driver found for kernel 5.14.0-284.40.1.el9_2.x86_64\n' } },
    { name: 'another container misses a package', kind: 'look-alike', objects: [], texts: { 'web-7b8c96f5dd-w9ztk.log': 'E: Unable to locate package linux-headers-5.15.0-20-generic\n' } },
  ],
}); // prettier-ignore
