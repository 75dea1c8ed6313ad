/** DMS does not have the shared volume with the images: NFS is away, or was when the pod came up. */
import { aCrashingDmsPod, aDmsPod, aDpfConfig, aDpu, anEvent } from '../world-dpf.ts';
import { isDmsPod, isFieldName } from './dpf-estate.ts';
import { defineStartCause } from './start-cause.ts';

const waits = aDmsPod('a-dms', { init: [{ name: 'rshim-preflight', waiting: 'PodInitializing' }] });

export const bfbVolumeGone = defineStartCause({
  id: 'bfb-volume-gone',
  title: 'The volume with the images is not there',
  line: /mount\.nfs: .*(?:timed out|refused|No route|access denied|No such file)|MountVolume\.(?:SetUp|MountDevice) failed for volume .*(?:nfs|bfb)|persistentvolumeclaim "[^"]*bfb[^"]*" not found|(?:open|stat|file not found:?) \/bfb\/\S+: (?:no such file|stale|input\/output)|Stale file handle.*\/bfb|\/bfb.*Stale file handle/i,
  from: (pod) => isDmsPod(pod) || isFieldName(pod.object.metadata.name),
  explain:
    'Controller and DMS share the images over one ReadWriteMany volume, most often NFS (provisioningController.bfbPVCName). When the server is away the pod cannot mount it, or its startup probe finds no /bfb; a card that was in OS Installing then goes to Error and is not tried again in 24.10 and 25.1.',
  sources: ['NVIDIA/doca-platform #40 (refs 4123204, 4202272)', 'reference dpf.md 7.1 (10, 14)'],
  because: (where, text) => `${where}: the volume with the images cannot be used (${text.trim().slice(0, 160)})`,
  against: () => ['the image itself was downloaded: its URL is not the matter'],
  remedy: (_findings, facts) => [
    { text: 'Bring the server of the volume back, and see that the hosts may mount it.', command: `${facts.cli} get pv,pvc -A | grep -i bfb; showmount -e NFS_SERVER   # on a host` },
    { text: 'Cards that went to Error meanwhile: delete their DPU objects, they are made again.', risk: 'the card is installed anew and its host restarts; a DPU in OS Installing can take half an hour to go' },
  ],
  cases: [
    { name: 'NFS does not answer', kind: 'broken', objects: [waits, aDpfConfig(), anEvent(waits, 'FailedMount', 'MountVolume.SetUp failed for volume "bfb-pv" : mount failed: exit status 32 mount.nfs: Connection timed out')], says: 'timed out' },
    { name: 'DMS finds no file', kind: 'broken', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms.log': 'E0101 open /bfb/bf-bundle.bfb: stale NFS file handle\n' }, says: 'stale' },
    { name: 'the controller finds no file, and a card is in Error', kind: 'broken', objects: [aDpu('c', { node: 'h1', phase: 'Error' }), { ...aDmsPod('dpf-provisioning-controller-manager-5c7d8f-x2x4z'), metadata: { name: 'dpf-provisioning-controller-manager-5c7d8f-x2x4z', namespace: 'dpf-ns', labels: {} }, spec: { containers: [{ name: 'manager', image: 'ghcr.io/nvidia/dpf-system:v24.10.0' }] } }], texts: { 'dpf-provisioning-controller-manager-5c7d8f-x2x4z.log': 'ERROR failed to open file {"name": "bf.bfb", "error": "open /bfb/bf.bfb: no such file or directory"}\n' }, says: 'no such file' },
    { name: 'pods that start', kind: 'healthy', objects: [aDmsPod('a-dms'), aDpfConfig()] },
    { name: 'no log', kind: 'lacking', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], says: 'the log of dms-init' },
    { name: 'mounted since', kind: 'look-alike', objects: [aDmsPod('a-dms'), aDpfConfig(), anEvent(aDmsPod('a-dms'), 'FailedMount', 'MountVolume.SetUp failed for volume "bfb-pv" : mount.nfs: Connection timed out')] },
  ],
}); // prettier-ignore
