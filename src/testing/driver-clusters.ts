/** Clusters in any stage of a driver upgrade, for property tests: in the short words of the cases of core/driver. */
import fc from 'fast-check';
import { UPGRADE_STATES } from '../core/driver/upgrade-state.ts';
import type { Json, JsonObject } from './cases/case-kind.ts';

export interface ClusterOptions {
  /** Unix seconds; stamps lie well before, well after, or are no number. */
  readonly now: number;
  /** Without requestor mode no node carries a trace of it. */
  readonly modes?: readonly ('inplace' | 'requestor')[];
}

const NODES = 6;

const record = (parts: Record<string, fc.Arbitrary<Json>>): fc.Arbitrary<JsonObject> =>
  fc.record<Record<string, Json>>(parts);

const driverPod = record({
  hash: fc.constantFrom('new', 'old'),
  phase: fc.constantFrom('Running', 'Running', 'Pending', 'Failed'),
  ready: fc.boolean(),
  restarts: fc.integer({ min: 0, max: 20 }),
  initReady: fc.boolean(),
  initRestarts: fc.integer({ min: 0, max: 12 }),
  orphan: fc.integer({ min: 0, max: 4 }).map((number) => number === 0),
  terminating: fc.boolean(),
});

const workload = record({
  name: fc.constantFrom('p', 'q'),
  matchesWaitSelector: fc.boolean(),
  validator: fc.boolean(),
  ready: fc.boolean(),
  phase: fc.constantFrom('Running', 'Running', 'Pending', 'Succeeded'),
});

const nodeNamed = (name: string, now: number, requestor: boolean): fc.Arbitrary<JsonObject> => {
  const stamp = fc.constantFrom(String(now - 5000), String(now - 5000), String(now + 5000), 'x');
  return record({
    name: fc.constant(name),
    state: fc.constantFrom<string>(...UPGRADE_STATES, 'typo'),
    unschedulable: fc.boolean(),
    ready: fc.integer({ min: 0, max: 4 }).map((number) => number > 0),
    labels: fc.dictionary(fc.constant('skip'), fc.constantFrom('true', 'false')),
    annotations: fc
      .record(
        {
          safeLoad: fc.constantFrom('true', ''),
          initialUnschedulable: fc.constantFrom('true', ''),
          waitStart: stamp,
          validationStart: stamp,
          requested: fc.constantFrom('true', 'false'),
          ...(requestor && { requestorMode: fc.constant('true') }),
        },
        { requiredKeys: [] },
      )
      .map((annotations) => annotations as JsonObject),
    driverPod,
    pods: fc.array(workload, { maxLength: 2 }),
  });
};

/** `given` of an upgrade_pass case, autoUpgrade on. */
export const driverClusters = ({ now, modes = ['inplace', 'requestor'] }: ClusterOptions): fc.Arbitrary<JsonObject> =>
  record({
    now: fc.constant(now),
    nodes: fc.tuple(
      ...Array.from({ length: NODES }, (_, index) => nodeNamed(`n${index}`, now, modes.includes('requestor'))),
    ),
    mode: fc.constantFrom(...modes),
    policy: record({
      autoUpgrade: fc.constant(true),
      maxParallelUpgrades: fc.integer({ min: 0, max: 4 }),
      maxUnavailable: fc.constantFrom<Json>(null, null, 1, 3, '25%', '100%', 'many'),
      waitForCompletion: fc.constantFrom<Json>(
        null,
        { podSelector: 'a=b', timeoutSeconds: 0 },
        { podSelector: 'a=b', timeoutSeconds: 60 },
      ),
      drain: fc.constantFrom<Json>(null, { enable: true, timeoutSeconds: 300 }, { enable: false }),
    }),
    options: fc.constantFrom<Json>({}, { validationSelector: 'app=v' }),
  });
