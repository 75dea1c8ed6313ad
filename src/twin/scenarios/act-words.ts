/** What a step of a scenario does, in words: for the log, and for whoever asks what a scenario is about. */
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import type { HostTrouble } from '../hardware/host.ts';
import type { Act } from './scenario.ts';

/** `8 SriovNetworkNodePolicy, 2 Pod`. */
const counted = (objects: readonly KubeDraft[]): string =>
  [...Map.groupBy(objects, ({ kind }) => kind)]
    .map(([kind, { length }]) => (length === 1 ? kind : `${length} ${kind}`))
    .join(', ');

const lasting = (seconds: number): string => `for ${Math.round(seconds / 60)} min`;

const TROUBLE_WORDS: Readonly<Record<HostTrouble, string>> = {
  'never-boots': 'it does not boot',
  'shutdown-hangs': 'its programs do not end',
  'firmware-keeps': 'its adapters keep their settings at next boot',
  'key-changed': 'its host key is another than the known one',
  'loses-gpu': 'it boots with one GPU less',
  'loses-adapter': 'it boots without its first adapter',
  'arm-hangs': 'the Arm sides of its BlueFields do not shut down',
  'link-slow': 'it boots with a slower PCIe link to its first adapter',
  'link-narrow': 'it boots with fewer PCIe lanes to its first adapter',
  'port-down': 'the first port of its first adapter stays down after the boot',
};

/** Reads after a name: `a person` applies ... */
export const actWords = (act: Act): string => {
  switch (act.do) {
    case 'apply':
      return `applies ${counted(act.objects)}`;
    case 'delete':
      return `deletes ${act.kind} ${act.name}`;
    case 'label':
      return `labels ${act.node}: ${Object.entries(act.labels)
        .map(([key, value]) => (value === null ? `${key}-` : `${key}=${value}`))
        .join(', ')}`;
    case 'cordon':
    case 'uncordon':
    case 'drain':
    case 'restart':
      return `${act.do}s ${act.node}`;
    case 'reimage':
      return `re-images ${act.node}`;
    case 'power-off-and-on':
      return `powers ${act.node} off, waits ${act.offSeconds} s, and powers it on`;
    case 'power':
      return `presses ${act.request} at the BMC of ${act.node}`;
    case 'patch':
      return `edits ${act.kind} ${act.name}: ${JSON.stringify(act.body)}`;
    case 'host-trouble':
      return `is away while ${act.node} is in trouble: ${TROUBLE_WORDS[act.trouble]}, ${lasting(act.forSeconds)}`;
    case 'break-tool':
      return act.fault === 'none'
        ? `sees the firmware tool answer again on ${act.node}`
        : `sees the firmware tool fail on ${act.node} for ${act.pcis.length} adapters (${act.fault})`;
    case 'api-faults':
      return `sees the API fail at times, ${lasting(act.forSeconds)}`;
    case 'bmc-faults':
      return `sees the BMC of ${act.node} fail at times, ${lasting(act.forSeconds)}`;
    case 'arm-faults':
      return `sees the BMCs of BlueFields of ${act.node} fail at times, ${lasting(act.forSeconds)}`;
  }
};
