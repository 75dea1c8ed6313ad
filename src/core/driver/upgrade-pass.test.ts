import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../testing/cases/case-kind.ts';
import { worldOf } from '../../testing/cases/kinds/driver-world.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { afterWrites } from './after-pass.ts';
import { OFED_KEYS } from './driver-keys.ts';
import { nodeLabel } from './managed-node.ts';
import { takePass } from './upgrade-pass.ts';
import type { NodeDecision, PassResult } from './upgrade-pass.ts';

const pass = (given: JsonObject): PassResult => {
  const { input, policy, options } = worldOf(given);
  return takePass(input, policy, options);
};

const only = (given: JsonObject): NodeDecision => {
  const [decision] = pass(given).decisions;
  if (decision === undefined) throw new Error('no decision');
  return decision;
};

const ON = { autoUpgrade: true };
const one = (node: JsonObject, rest: JsonObject = {}): JsonObject => ({
  policy: ON,
  nodes: [{ name: 'n', ...node }],
  ...rest,
});
const cordoned = (state: string, more: JsonObject = {}): JsonObject => ({
  state,
  unschedulable: true,
  driverPod: { hash: 'old' },
  ...more,
});

// prettier-ignore
test.for<[string, JsonObject, string | undefined, RegExp, readonly string[]]>([
  ['002-51 outdated pod', one({ state: 'upgrade-done', driverPod: { hash: 'old' } }), 'upgrade-required', /runs driver:old|template old/, []],
  ['a request on a current pod', one({ state: 'upgrade-done', annotations: { requested: 'true' }, driverPod: { hash: 'new' } }), 'upgrade-required', /-requested=true asks/, []],
  ['a request must be exactly true', one({ state: 'upgrade-done', annotations: { requested: 'yes' }, driverPod: { hash: 'new' } }), undefined, /newest template/, []],
  ['an empty safe-load annotation is none', one({ state: 'upgrade-done', annotations: { safeLoad: '' }, driverPod: { hash: 'new' } }), undefined, /newest template/, []],
  ['skip must be exactly true', one({ state: 'upgrade-required', labels: { skip: 'True' }, driverPod: { hash: 'old' } }), 'cordon-required', /slot is free/, []],
  ['skip with safe load', one({ state: 'upgrade-required', labels: { skip: 'true' }, annotations: { safeLoad: 'x' }, driverPod: { hash: 'new' } }), undefined, /skip=true holds/, ['D6']],
  ['002-52 cordon', one({ state: 'cordon-required', driverPod: { hash: 'old' } }), 'wait-for-jobs-required', /cordoned now/, []],
  ['no jobs to wait for, pod deletion on', one(cordoned('wait-for-jobs-required'), { options: { podDeletionEnabled: true } }), 'pod-deletion-required', /names no jobs/, []],
  ['002-38 no drain block', one(cordoned('drain-required')), 'pod-restart-required', /no drain block/, ['D12']],
  ['drain off', one(cordoned('drain-required'), { policy: { ...ON, drain: { enable: false } } }), 'pod-restart-required', /enable is false/, ['D21']],
  ['drain without limit', one(cordoned('drain-required'), { policy: { ...ON, drain: { enable: true } } }), undefined, /without a time limit/, ['D4', 'D21']],
  ['terminating pod is not deleted again', one(cordoned('pod-restart-required', { driverPod: { hash: 'old', terminating: true } })), undefined, /is terminating/, []],
  ['10 restarts are not failing', one(cordoned('pod-restart-required', { driverPod: { hash: 'new', ready: false, restarts: 10 } })), undefined, /not ready yet/, ['D5']],
  ['11 restarts are', one(cordoned('pod-restart-required', { driverPod: { hash: 'new', ready: false, restarts: 11 } })), 'upgrade-failed', /11 times/, ['D3']],
  ['restarts of a ready container do not count', one(cordoned('pod-restart-required', { driverPod: { hash: 'new', ready: true, initReady: true, restarts: 99 } })), 'uncordon-required', /current and ready/, []],
  ['a Running pod without containers is not ready', one(cordoned('pod-restart-required', { driverPod: { hash: 'new', phase: 'Pending' } })), undefined, /not ready yet/, ['D5']],
  ['failed and current again', one(cordoned('upgrade-failed', { driverPod: { hash: 'new' } })), 'uncordon-required', /after all/, ['D18']],
  ['failed, safe load waits', one(cordoned('upgrade-failed', { annotations: { safeLoad: 'x' } })), undefined, /nothing more/, ['D3', 'D6']],
  ['uncordon of a schedulable node', one({ state: 'uncordon-required', driverPod: { hash: 'new' } }), 'upgrade-done', /schedulable already/, ['D27']],
  ['requestor mode off strands', one(cordoned('uncordon-required', { annotations: { requestorMode: 'true' } })), undefined, /mode, which is off/, ['D17']],
  ['002-58 a typo', one({ state: 'drain-requird', driverPod: { hash: 'old' } }), undefined, /not a known state/, ['D26']],
  ['002-58 post-maintenance-required', one({ state: 'post-maintenance-required', driverPod: { hash: 'old' } }), undefined, /no step/, []],
])('%s', ([, given, to, because, defects]) => {
  const decision = only(given);
  expect(decision.to).toBe(to);
  expect(decision.because).toMatch(because);
  expect(decision.defects ?? []).toEqual(defects);
});

describe('waiting for jobs (002-36, 002-37)', () => {
  const wait = (timeoutSeconds: number, annotations: JsonObject = {}, phase = 'Running'): PassResult =>
    pass(
      one(
        { ...cordoned('wait-for-jobs-required'), annotations, pods: [{ name: 'j', matchesWaitSelector: true, phase }] },
        { now: 1000, policy: { ...ON, waitForCompletion: { podSelector: 'app=x', timeoutSeconds } } },
      ),
    );

  test('the first pass stamps, the limit itself still waits, one second more moves on', () => {
    expect(wait(60).writes).toEqual([{ do: 'annotate', node: 'n', key: OFED_KEYS.waitStart, value: '1000' }]);
    expect(wait(60, { waitStart: '940' }).writes).toEqual([]);
    expect(wait(60, { waitStart: '939' }).writes).toEqual([
      { do: 'set-state', node: 'n', state: 'pod-deletion-required' },
      { do: 'drop-annotation', node: 'n', key: OFED_KEYS.waitStart },
    ]);
  });

  test('a stamp that is no number waits for ever, and finished pods do not hold', () => {
    expect(wait(60, { waitStart: 'soon' }).decisions[0]).toMatchObject({ defects: ['D4'], because: /never comes/ });
    expect(wait(60, { waitStart: '1e3' }).writes).toEqual([]);
    expect(wait(0, {}, 'Pending').decisions[0]?.because).toMatch(/for ever/);
    expect(wait(0, {}, 'Failed').decisions[0]?.to).toBe('pod-deletion-required');
  });

  test('a selector that cannot be read ends the pass, but only when a node waits', () => {
    const world = worldOf(one(cordoned('wait-for-jobs-required')));
    const policy = { ...world.policy, waitForCompletion: { podSelector: 'a in', timeoutSeconds: 0 } };
    expect(takePass(world.input, policy, world.options).fault?.message).toMatch(/selector "a in"/);
    const idle = worldOf(one({ state: 'upgrade-done', driverPod: { hash: 'new' } }));
    expect(takePass(idle.input, policy, idle.options).fault).toBeUndefined();
  });
});

describe('validation', () => {
  const validators = (pods: readonly JsonObject[], annotations: JsonObject = {}, now = 1000): PassResult =>
    pass(
      one(
        { ...cordoned('validation-required'), driverPod: { hash: 'new' }, annotations, pods },
        { now, options: { validationSelector: 'app=v' } },
      ),
    );
  const ready = { name: 'a', validator: true };
  const waiting = { name: 'b', validator: true, ready: false };

  test('a ready validator before one that is not starts the clock anew in each pass', () => {
    const result = validators([ready, waiting], { validationStart: '1' }, 100_000);
    expect(result.writes).toEqual([
      { do: 'drop-annotation', node: 'n', key: OFED_KEYS.validationStart },
      { do: 'annotate', node: 'n', key: OFED_KEYS.validationStart, value: '100000' },
    ]);
    expect(validators([waiting, ready], { validationStart: '1' }, 100_000).decisions[0]?.to).toBe('upgrade-failed');
  });

  test('600 s still wait, 601 s fail; a stamp that is no number ends every pass', () => {
    expect(validators([waiting], { validationStart: '400' }).decisions[0]?.to).toBeUndefined();
    expect(validators([waiting], { validationStart: '399' }).decisions[0]?.to).toBe('upgrade-failed');
    expect(validators([waiting], { validationStart: 'x' }).fault?.message).toMatch(/ends every pass/);
  });
});

describe('requestor mode', () => {
  const requestor = (node: JsonObject, options: JsonObject = {}): PassResult =>
    pass(
      one(node, {
        mode: 'requestor',
        options: { requestorID: 'me', prefix: 'nvidia-operator', ...options },
        policy: { ...ON, drain: { enable: false, force: true, podSelector: 'a=b', timeoutSeconds: 5 } },
      }),
    );
  const required = { state: 'upgrade-required', driverPod: { hash: 'old' } };

  test('the drainSpec is there although drain.enable is false (D13), and the object says whose it is', () => {
    const result = requestor(required);
    expect(result.decisions[0]?.defects).toEqual(['D13']);
    expect(result.writes[0]).toMatchObject({
      do: 'create-maintenance',
      object: {
        metadata: { name: 'nvidia-operator-n', namespace: 'default' },
        spec: {
          requestorID: 'me',
          nodeName: 'n',
          drainSpec: { force: true, podSelector: 'a=b', timeoutSeconds: 5, deleteEmptyDir: false },
        },
      },
    });
    expect(result.slots).toBeUndefined();
  });

  test('a foreign object is joined under the shared prefix only', () => {
    const shared = { ...required, nodeMaintenance: { requestorID: 'other' } };
    expect(requestor(shared).writes[0]).toMatchObject({ do: 'join-maintenance', requestor: 'me' });
    expect(requestor(shared, { prefix: 'mine' }).writes[0]).toMatchObject({ do: 'annotate' });
    const joined = { ...required, nodeMaintenance: { requestorID: 'other', additionalRequestors: ['me'] } };
    expect(requestor(joined).writes[0]).toMatchObject({ do: 'annotate' });
  });

  test('the state is done before the object is given back (D15); a failed maintenance waits for ever (D14)', () => {
    const end = requestor({
      ...cordoned('uncordon-required'),
      annotations: { requestorMode: 'true' },
      driverPod: { hash: 'new' },
      nodeMaintenance: { requestorID: 'me' },
    });
    expect(end.writes.map((write) => write.do)).toEqual(['set-state', 'drop-annotation', 'delete-maintenance']);
    const failed = requestor({
      ...cordoned('node-maintenance-required'),
      nodeMaintenance: { requestorID: 'me', readyReason: 'RequestorFailed' },
    });
    expect(failed.decisions[0]).toMatchObject({ defects: ['D14'], because: /RequestorFailed/ });
    expect(failed.writes).toEqual([]);
  });

  test('recovery of a failed node with the mark leaves object and mode annotation (D16)', () => {
    const result = requestor({
      ...cordoned('upgrade-failed'),
      annotations: { requestorMode: 'true', initialUnschedulable: 'true' },
      driverPod: { hash: 'new' },
      nodeMaintenance: { requestorID: 'me' },
    });
    expect(result.decisions[0]).toMatchObject({ to: 'upgrade-done', defects: ['D7', 'D16', 'D18'] });
    expect(result.writes.map((write) => write.do)).toEqual(['set-state', 'drop-annotation']);
  });

  test('a node that began in place ends in place', () => {
    const result = requestor({ ...cordoned('uncordon-required'), driverPod: { hash: 'new' } });
    expect(result.writes.map((write) => write.do)).toEqual(['uncordon', 'set-state']);
  });
});

describe('an error ends the pass (D23)', () => {
  const broken = { name: 'b', state: 'pod-restart-required', driverPod: {} };

  test('steps before it are written, deletions of its own step are lost, later steps are not reached', () => {
    const result = pass({
      policy: ON,
      nodes: [
        { name: 'a', state: 'cordon-required', driverPod: { hash: 'old' } },
        { name: 'c', state: 'pod-restart-required', driverPod: { hash: 'old' } },
        broken,
        { name: 'd', state: 'uncordon-required', driverPod: { hash: 'new' } },
      ],
    });
    expect(result.fault?.message).toMatch(/no label controller-revision-hash/);
    expect(result.writes.map((write) => `${write.do} ${write.node}`)).toEqual(['cordon a', 'set-state a']);
    expect(result.decisions.map(({ node }) => node)).toEqual(['a', 'c', 'b']);
  });

  test('a maxUnavailable that cannot be read stops the step of upgrade-required, even with nobody in it', () => {
    const result = pass({
      policy: { ...ON, maxUnavailable: 'many' },
      nodes: [
        { name: 'a', state: '', driverPod: { hash: 'new' } },
        { name: 'b', state: 'cordon-required', driverPod: { hash: 'old' } },
      ],
    });
    expect(result.fault?.message).toMatch(/"many" is neither/);
    expect(result.writes).toEqual([{ do: 'set-state', node: 'a', state: 'upgrade-done' }]);
  });

  test('pod deletion without its block ends the pass', () => {
    const given = one(cordoned('pod-deletion-required'), { options: { podDeletionEnabled: true } });
    expect(pass(given).fault?.message).toMatch(/no podDeletion block/);
    expect(pass({ ...given, policy: { ...ON, podDeletion: {} } }).starts).toEqual([
      { start: 'pod-deletion', node: 'n' },
    ]);
  });
});

test('002-34 why a node gets no slot names the limit and who holds it, failed nodes first (D2)', () => {
  const nodes = [
    { name: 'busy', state: 'drain-required', unschedulable: true, driverPod: { hash: 'old' } },
    { name: 'dead', state: 'upgrade-failed', unschedulable: true, driverPod: { hash: 'old' } },
    { name: 'next', state: 'upgrade-required', driverPod: { hash: 'old' } },
  ];
  const [parallel] = pass({ policy: { ...ON, maxParallelUpgrades: 1 }, nodes }).decisions;
  expect(parallel).toMatchObject({ node: 'next', defects: ['D2', 'D10'] });
  expect(parallel?.because).toBe(
    'it waits for a slot: maxParallelUpgrades is 1 and 2 are under way: dead (upgrade-failed), busy (drain-required)',
  );
  const [unavailable] = pass({ policy: { ...ON, maxUnavailable: 1 }, nodes }).decisions;
  expect(unavailable?.because).toMatch(/2 nodes count as unavailable and maxUnavailable is 1: busy \(cordoned\), dead/);
});

test('a drain that runs already is not started again', () => {
  const { input, policy, options } = worldOf(
    one(cordoned('drain-required'), { policy: { ...ON, drain: { enable: true, timeoutSeconds: 9 } } }),
  );
  expect(takePass(input, policy, options).starts).toHaveLength(1);
  expect(takePass(input, policy, { ...options, draining: new Set(['n']) }).starts).toEqual([]);
});

test('002-33 autoUpgrade false decides nothing', () => {
  expect(
    pass(one({ state: 'upgrade-done', driverPod: { hash: 'old' } }, { policy: { autoUpgrade: false } })).decisions,
  ).toEqual([]);
});

test('002-60 safe load is the same journey, with a release instead of a pod deletion', () => {
  const { input, policy, options } = worldOf(
    one({ state: 'upgrade-done', annotations: { safeLoad: 'true' }, driverPod: { hash: 'new', ready: false } }),
  );
  const states: string[] = [];
  let world = input;
  const acts: string[] = [];
  for (let step = 0; step < 6; step += 1) {
    const { writes } = takePass(world, policy, options);
    acts.push(...writes.map((write) => write.do).filter((act) => act !== 'set-state'));
    world = afterWrites(world, writes);
    states.push(nodeLabel(world.nodes[0] as KubeObject, OFED_KEYS.state) ?? '');
  }
  expect(states).toEqual([
    'upgrade-required',
    'cordon-required',
    'wait-for-jobs-required',
    'drain-required',
    'pod-restart-required',
    'pod-restart-required',
  ]);
  expect(acts).toEqual(['cordon', 'drop-annotation']);
});
