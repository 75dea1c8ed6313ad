/** dms-init has no kubectl in its image and cannot download it. */
import { aCrashingDmsPod, aDmsPod, aDpfConfig } from '../world-dpf.ts';
import { defineStartCause } from './start-cause.ts';

export const kubectlNotAvailable = defineStartCause({
  id: 'kubectl-not-available',
  title: 'dms-init cannot download kubectl',
  line: /Failed to download kubectl|Could not resolve host: dl\.k8s\.io|dl\.k8s\.io\S*.*(?:timed out|refused|unreachable|no such host)/i,
  explain:
    'The script of dms-init needs kubectl; an image without it makes the script download v1.32.0 from dl.k8s.io, which an installation without a way to the internet does not reach.',
  sources: ['reference dpf.md 4, 7.1 (3)', 'internal/dmsinit/dmsinit.sh check_and_install_kubectl'],
  affects: 'DPF 25.4 to 25.7',
  because: (where) => `${where}: the image holds no kubectl and it cannot be downloaded, so the host is not registered`,
  against: () => ['the API server was not asked anything yet'],
  remedy: () => [
    { text: 'Use the image of the release as it is (it holds kubectl), from a registry that the hosts reach.' },
    { text: 'Or let the hosts reach dl.k8s.io, by a proxy where there is one.', risk: 'a program from the internet then runs privileged on every host' },
  ],
  cases: [
    { name: 'no way to the internet', kind: 'broken', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.log': 'curl: (6) Could not resolve host: dl.k8s.io\n[dmsinit] Error (check_and_install_kubectl:112): Failed to download kubectl\n' }, says: 'cannot be downloaded' },
    { name: 'pods that start', kind: 'healthy', objects: [aDmsPod('a-dms'), aDpfConfig()] },
    { name: 'no log', kind: 'lacking', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], says: 'the log of dms-init' },
    { name: 'downloaded at the second try', kind: 'look-alike', objects: [aDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.previous.log': '[dmsinit] Error: Failed to download kubectl\n' } },
    { name: 'kubectl is there', kind: 'look-alike', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.log': '[dmsinit] kubectl already installed\n' } },
  ],
}); // prettier-ignore
