/** The rshim driver of the host holds the card, so DMS may not take it; rshim-preflight ends on purpose. */
import { aCrashingDmsPod, aDmsPod, aDpfConfig, aDpu } from '../world-dpf.ts';
import { defineStartCause } from './start-cause.ts';

export const rshimHeldByHost = defineStartCause({
  id: 'rshim-held-by-host',
  title: 'rshim of the host holds the card',
  line: /rshim is installed on host|remove the rshim package|find \S+ in rshim\d+/,
  explain:
    'Before it starts, DMS looks whether an rshim device of the host belongs to its card. The package rshim on the host, or an installation by hand, holds it; the init container then leaves a message and exits 1. Release 24.10 writes ExistingRshimInstallDetected into the DPU for any failure of its first init container.',
  sources: ['reference dpf.md 2.1, 7.1 (7)', 'doca-platform v24.10 internal/provisioning/controllers/util/dms/util.go'],
  because: (where, text) => `${where}: the host's rshim holds the card (${text.trim().slice(0, 120)})`,
  remedy: (findings) => [
    {
      text: 'Stop rshim on the host and take the package away.',
      command: findings
        .slice(0, 3)
        .map(({ scope }) => `systemctl disable --now rshim; apt-get remove rshim || dnf remove rshim   # on ${scope.node ?? 'the host'}`)
        .join('\n'),
      risk: 'the console of the card over rshim is gone; see that nobody is installing the card by hand',
    },
  ],
  cases: [
    { name: 'the preflight leaves a message', kind: 'broken', objects: [aDpfConfig(), aCrashingDmsPod('a-dms', 'rshim-preflight', 'rshim is installed on host which is not supported. Please remove the rshim package from the host')], says: 'holds the card' },
    { name: 'the DPU quotes it (24.10)', kind: 'broken', objects: [aDpfConfig(), aDpu('h1-0000-08-00', { node: 'h1', phase: 'DMS Deployment', conditions: [{ type: 'DMSRunning', status: 'False', reason: 'ExistingRshimInstallDetected', message: 'the DMS server h1-0000-08-00-dms is not ready yet, wait for "rshim is installed on host which is not supported. Please remove the rshim package from the host"' }] })], says: 'h1' },
    { name: 'the reason alone, which 24.10 writes for any failure', kind: 'look-alike', objects: [aDpfConfig(), aDpu('h1-0000-08-00', { node: 'h1', phase: 'DMS Deployment', conditions: [{ type: 'DMSRunning', status: 'False', reason: 'ExistingRshimInstallDetected', message: 'the DMS server h1-0000-08-00-dms is not ready yet, wait for ""' }] })] },
    { name: 'pods that start', kind: 'healthy', objects: [aDmsPod('a-dms'), aDpfConfig()] },
    { name: 'no log', kind: 'lacking', objects: [aCrashingDmsPod('a-dms', 'rshim-preflight'), aDpfConfig()], says: 'the log of rshim-preflight' },
    { name: 'it was held, and the pod is ready', kind: 'look-alike', objects: [aDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.rshim-preflight.log': '[dmsinit] find 0000:08:00 in rshim0\n' } },
    { name: 'the log of DMS names its rshim device', kind: 'look-alike', objects: [aDpfConfig(), aCrashingDmsPod('a-dms')], texts: { 'a-dms.dms.log': 'I1205 run command: ls /dev/rshim0\n' } },
  ],
}); // prettier-ignore
