/**
 * Follows one node through successive passes (kind upgrade_trace): the events of the case change the world between
 * passes, upstream's machine does the rest. One answer a row of the case.
 */
import { afterWrites } from '../../../core/driver/after-pass.ts';
import { OFED_KEYS } from '../../../core/driver/driver-keys.ts';
import type { FleetInput } from '../../../core/driver/fleet.ts';
import { cleanUpUpgrade } from '../../../core/driver/upgrade-controller.ts';
import { takePass } from '../../../core/driver/upgrade-pass.ts';
import type { Write } from '../../../core/driver/write.ts';
import { digText } from '../../../core/model/dig.ts';
import { driverPodOf, maintenanceOf } from './driver-world.ts';
import type { CaseWorld } from './driver-world.ts';

/** The world after one row, and what happened in it. */
export interface TraceRow {
  readonly input: FleetInput;
  readonly drainScheduled: boolean;
  readonly driverPodDeleted: boolean;
  readonly nmCreated: boolean;
  readonly nmDeleted: boolean;
  readonly setBy?: string;
}

interface Track {
  world: CaseWorld;
  draining: Set<string>;
}

type Happening = (track: Track, node: string, event: string) => TraceRow;

/** What an event's words change. The first that fits is taken; words that fit none are followed by an ordinary pass. */
const EVENTS: readonly (readonly [words: RegExp, happening: Happening])[] = [
  [/autoUpgrade.*\b(?:false|off|disabled)/i, (track) => switchUpgrade(track, false)],
  [/autoUpgrade.*\b(?:true|on|enabled)/i, (track) => switchUpgrade(track, true)],
  [/drain.*\b(?:fail|time|error)/i, (track, node) => endDrain(track, node, 'upgrade-failed')],
  [/drain.*\b(?:finish|succe|done|complete)/i, (track, node) => endDrain(track, node, 'pod-restart-required')],
  [/normal flow|up to/i, (track, node) => runToEnd(track, node)],
  [/operator.*\brestart/i, (track) => restartOperator(track)],
  [/uncordon/i, (track, node) => after(track, [{ do: 'uncordon', node }])],
  [/\bcordon/i, (track, node) => after(track, [{ do: 'cordon', node }])],
  [/safe.?load/i, (track, node) => waitForSafeLoad(track, node)],
  [/requested|upgrade request/i, (track, node) => after(track, [annotate(node, OFED_KEYS.requested)])],
  [/NodeMaintenance.*\bready/i, (track, node) => maintain(track, node, 'Ready')],
  [/NodeMaintenance.*\b(?:gone|delete|removed)/i, (track, node) => maintain(track, node, undefined)],
  [/\bjobs?\b.*\b(?:end|finish|complete|done|gone)/i, (track) => endJobs(track)],
  [/(\d+) ?s\b/i, (track, _node, event) => wait(track, Number(/(\d+) ?s\b/i.exec(event)?.[1]))],
  [/version|template|revision/i, (track, node) => withPod(track, node, { hash: 'old' })],
  [
    /(?:restart|crash).*|fail.*\bpod|pod.*\bfail/i,
    (track, node) => withPod(track, node, { ready: false, restarts: 11 }),
  ],
  [/pod.*\bready|ready.*\bpod/i, (track, node) => withPod(track, node, {})],
];

export const traceOf = (world: CaseWorld, node: string, events: readonly (string | null)[]): readonly TraceRow[] => {
  const track: Track = { world, draining: new Set() };
  return events.map((event) => {
    const happening = event === null ? undefined : EVENTS.find(([words]) => words.test(event))?.[1];
    return happening === undefined ? onePass(track) : happening(track, node, event ?? '');
  });
};

const write = (track: Track, writes: readonly Write[]): void => {
  track.world = { ...track.world, input: afterWrites(track.world.input, writes) };
};

const row = ({ world }: Track, more: Partial<TraceRow> = {}): TraceRow => ({
  input: world.input,
  drainScheduled: false,
  driverPodDeleted: false,
  nmCreated: false,
  nmDeleted: false,
  ...more,
});

const onePass = (track: Track): TraceRow => {
  const { input, policy, options } = track.world;
  if (!policy.autoUpgrade) {
    write(track, cleanUpUpgrade(input).writes);
    return row(track);
  }
  const { writes, starts } = takePass(input, policy, { ...options, draining: track.draining });
  write(track, writes);
  const drains = starts.filter(({ start }) => start === 'drain');
  for (const { node } of drains) track.draining.add(node);
  const did = (act: Write['do']): boolean => writes.some((each) => each.do === act);
  return row(track, {
    drainScheduled: drains.length > 0,
    driverPodDeleted: did('delete-driver-pod'),
    nmCreated: did('create-maintenance'),
    nmDeleted: did('delete-maintenance'),
  });
};

/** Something outside writes to the node, and a pass follows. */
const after = (track: Track, writes: readonly Write[]): TraceRow => {
  write(track, writes);
  return onePass(track);
};

const annotate = (node: string, key: string): Write => ({ do: 'annotate', node, key, value: 'true' });

const restartOperator = (track: Track): TraceRow => {
  track.draining.clear();
  return onePass(track);
};

/** A new driver pod is there, and its init container waits. */
const waitForSafeLoad = (track: Track, node: string): TraceRow => {
  putPod(track, node, { ready: false });
  return after(track, [annotate(node, OFED_KEYS.safeLoad)]);
};

const changeInput = (track: Track, change: Partial<FleetInput>): TraceRow => {
  track.world = { ...track.world, input: { ...track.world.input, ...change } };
  return onePass(track);
};

const maintain = (track: Track, node: string, readyReason: string | undefined): TraceRow => {
  const { input, options } = track.world;
  const nodeMaintenance = { requestorID: options.requestor?.id ?? '', readyReason: readyReason ?? '' };
  return changeInput(track, {
    maintenances:
      readyReason === undefined || options.requestor === undefined
        ? input.maintenances.filter((object) => digText(object, 'spec', 'nodeName') !== node)
        : maintenanceOf({ name: node, nodeMaintenance }, options.requestor),
  });
};

const endJobs = (track: Track): TraceRow => changeInput(track, { pods: [] });

const wait = (track: Track, seconds: number): TraceRow => {
  const { options } = track.world;
  track.world = { ...track.world, options: { ...options, now: options.now + seconds } };
  return onePass(track);
};

const switchUpgrade = (track: Track, autoUpgrade: boolean): TraceRow => {
  track.world = { ...track.world, policy: { ...track.world.policy, autoUpgrade } };
  return onePass(track);
};

const endDrain = (track: Track, node: string, state: 'upgrade-failed' | 'pod-restart-required'): TraceRow => {
  track.draining.delete(node);
  write(track, [{ do: 'set-state', node, state }]);
  return row(track, { setBy: 'drain goroutine' });
};

const putPod = (track: Track, node: string, pod: Readonly<Record<string, unknown>>): void => {
  const { world } = track;
  const driverPods = [driverPodOf({ name: node, driverPod: { hash: world.latestHash, ...pod } })];
  track.world = { ...world, input: { ...world.input, driverPods } };
};

const withPod = (track: Track, node: string, pod: Readonly<Record<string, unknown>>): TraceRow => {
  putPod(track, node, pod);
  return onePass(track);
};

/** More passes than any upgrade needs (nine). */
const ENOUGH = 30;

const runToEnd = (track: Track, node: string): TraceRow => {
  let last = row(track);
  for (let pass = 0; pass < ENOUGH; pass += 1) {
    last = onePass(track);
    if (last.drainScheduled) last = endDrain(track, node, 'pod-restart-required');
    if (last.driverPodDeleted) putPod(track, node, {});
    const nodeObject = track.world.input.nodes[0];
    const state = nodeObject && digText(nodeObject, 'metadata', 'labels', track.world.input.keys.state);
    if (state === 'upgrade-done' || state === 'upgrade-failed') break;
  }
  return last;
};
