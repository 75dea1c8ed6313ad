/** What a step of a scenario does, in words: for the log, and for whoever asks what a scenario is about. */
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import type { Act } from './scenario.ts';

/** `8 SriovNetworkNodePolicy, 2 Pod`. */
const counted = (objects: readonly KubeDraft[]): string =>
  [...Map.groupBy(objects, ({ kind }) => kind)]
    .map(([kind, { length }]) => (length === 1 ? kind : `${length} ${kind}`))
    .join(', ');

const lasting = (seconds: number): string => `for ${Math.round(seconds / 60)} min`;

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
    case 'break-host':
      return `is away when ${act.node} breaks: it will not boot again`;
    case 'break-tool':
      return act.fault === 'none'
        ? `sees the firmware tool answer again on ${act.node}`
        : `sees the firmware tool fail on ${act.node} for ${act.pcis.length} adapters (${act.fault})`;
    case 'api-faults':
      return `sees the API fail at times, ${lasting(act.forSeconds)}`;
    case 'bmc-faults':
      return `sees the BMC of ${act.node} fail at times, ${lasting(act.forSeconds)}`;
  }
};
