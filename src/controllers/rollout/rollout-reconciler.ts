/**
 * One pass over a rollout: which visits may begin (core/visit/fleet.ts), whether each may pass its gate, and what the status
 * says. It alone begins visits, one rollout at a time, so that the budget is looked at by one pair of eyes.
 */
import { ROLLOUTS, SUBMITTED_BY_KEY, type RolloutFlight } from '../../core/model/crd/rollout.ts';
import { FIELD_MANAGER } from '../../core/model/field-manager.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { NODES, PODS } from '../../core/model/kube-resource.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import type { Fault } from '../../core/result.ts';
import { isAskedAgain } from '../../core/visit/asked-again.ts';
import { ETCD_PODS, etcdMembers } from '../../core/visit/etcd-members.ts';
import { turnOf, withVisit, type Fleet, type FleetNode, type Turn } from '../../core/visit/fleet.ts';
import { needsOf } from '../../core/visit/next-visit-step.ts';
import { isOver, nodesInScope, rolloutStatusOf, type RolloutView } from '../../core/visit/rollout-status.ts';
import { untold } from '../../core/visit/told.ts';
import type { VisitBase } from '../../core/visit/visit-facts.ts';
import { VISIT_KEY, type VisitJournal } from '../../core/visit/visit-journal.ts';
import { fleetNode, visitNode } from '../../core/visit/visit-node.ts';
import type { Outcome, Reconciler } from '../../runtime/reconcile-loop.ts';
import type { ClusterReads } from './cluster-reads.ts';
import { gatherFacts } from './gather-facts.ts';
import { journalReader } from './journal-reader.ts';
import { FINALIZER, groupOf, isDeleted, readRollout, type ReadRollout } from './read-rollout.ts';
import { recordVisit } from './record-visit.ts';
import type { RolloutPorts } from './rollout-ports.ts';
import type { VisitDeciders } from './visit-deciders.ts';
import { tell } from './visit-events.ts';

export interface RolloutReconcilerOptions {
  readonly ports: RolloutPorts;
  readonly reads: ClusterReads;
  readonly mayAct: () => boolean;
  readonly deciders: VisitDeciders;
  /** Called for every visit in hand, in each pass: after a crash nobody else knows of them. */
  readonly onVisit: (rollout: string, node: string) => void;
}

const PASS_MS = 15_000;
/** While no visit is under way: a hold, a window or a gate keeps all back, and a change of the spec wakes it. */
const IDLE_MS = 30_000;
/** A blocked node costs reads at each pass; behind so many the others wait their turn. */
const MOST_BLOCKED = 20;

interface SeenFleet {
  readonly fleet: Fleet;
  readonly objects: ReadonlyMap<string, KubeObject>;
  /** Named by the rollout, and not there. */
  readonly missing: readonly string[];
}

interface Beginning {
  readonly begun: boolean | 'unknown';
  readonly because: string;
}

const waitingJournal = (rollout: ReadRollout, node: string, nowMs: number): VisitJournal => ({
  rollout: rollout.name,
  uid: rollout.uid,
  stage: 'gate',
  sinceMs: nowMs,
  beganMs: nowMs,
  because: '',
  rung: groupOf(rollout.spec, node)?.rung ?? 'none',
});

/** For those who look at the object alone. */
const withWayOut = (because: string, wayOut: string | undefined): string =>
  wayOut === undefined || wayOut === '' ? because : `${because} -> ${wayOut}`;

const readEtcd = async (reads: ClusterReads, signal: AbortSignal): Promise<NonNullable<Fleet['etcd']>> => {
  const pods: KubeObject[] = [];
  for (const selection of ETCD_PODS) {
    const read = await reads.all(PODS, selection, signal);
    if (!read.ok) return untold(`the pods of etcd in ${selection.namespace} cannot be read: ${read.fault.message}`);
    pods.push(...read.value);
  }
  return etcdMembers(pods);
};

const isUnchanged = (before: KubeObject, object: KubeObject): boolean =>
  before === object ||
  (before.metadata.uid === object.metadata.uid &&
    before.metadata.resourceVersion === object.metadata.resourceVersion &&
    object.metadata.resourceVersion !== undefined);

export const rolloutReconciler = (options: RolloutReconcilerOptions): Reconciler => {
  const { ports, reads, mayAct, deciders, onVisit } = options;
  const { api, clock, log, metrics } = ports;

  const readJournal = journalReader();
  /** Of each node the last that was read: most have not changed since. */
  const known = new Map<string, { readonly object: KubeObject; readonly uid: string; readonly node: FleetNode }>();

  const nodeOf = (object: KubeObject, uid: string): FleetNode => {
    const { name } = object.metadata;
    const last = known.get(name);
    if (last?.uid === uid && isUnchanged(last.object, object)) return last.node;
    const node = fleetNode(object, uid);
    known.set(name, { object, uid, node });
    return node;
  };

  /** The fleet as it is now, with the objects of its nodes. */
  const readFleet = async ({ spec, uid }: ReadRollout, signal: AbortSignal): Promise<KubeResult<SeenFleet>> => {
    const nodes = await reads.all(NODES, {}, signal);
    if (!nodes.ok) return nodes;
    const objects = new Map(nodes.value.map((object) => [object.metadata.name, object]));
    const all = new Map(nodes.value.map((object) => [object.metadata.name, nodeOf(object, uid)]));
    const scope = nodesInScope(spec);
    const inScope = scope.flatMap((name) => all.get(name) ?? []);
    const fleet = {
      spec,
      nodes: inScope,
      ...(inScope.some(({ isControlPlane }) => isControlPlane) && { etcd: await readEtcd(reads, signal) }),
      controlPlane: [...all.values()].filter(({ isControlPlane }) => isControlPlane),
    };
    return { ok: true, value: { fleet, objects, missing: scope.filter((name) => !objects.has(name)) } };
  };

  /** Begins the visit of this node, or says what keeps it back. */
  const begin = async (rollout: ReadRollout, object: KubeObject, signal: AbortSignal): Promise<Beginning> => {
    const { name } = object.metadata;
    const group = groupOf(rollout.spec, name);
    if (group === undefined) return { begun: false, because: 'no group of the rollout names it' };
    const nowMs = clock.now();
    const journal = waitingJournal(rollout, name, nowMs);
    const base: VisitBase = { nowMs, node: visitNode(object), spec: rollout.spec, group, journal };
    const told = await gatherFacts({ ports, reads, object, base, signal }, needsOf(journal));
    const step = deciders.nextVisitStep({ ...base, told });
    const { stage, wayOut } = step.journal;
    if (stage === 'gate') return { begun: false, because: withWayOut(step.because, wayOut) };
    // The gate took its time to read, and others may have gone out meanwhile.
    const now = await readFleet(rollout, signal);
    if (!now.ok) return { begun: 'unknown', because: now.fault.message };
    const node = now.value.fleet.nodes.find((one) => one.name === name);
    const over = node === undefined ? 'it is gone' : deciders.overBudget(now.value.fleet, node);
    if (over !== undefined) return { begun: false, because: over };
    if (!mayAct()) return { begun: false, because: 'another process leads' };
    const written = await recordVisit(ports, object, step.journal, signal);
    if (!written.ok) return { begun: 'unknown', because: written.fault.message };
    log.info(`${name}: visit begins: ${rollout.spec.reason}`, { node: name, rollout: rollout.name });
    await tell(
      ports,
      object,
      { type: 'Normal', reason: 'VisitBegins', message: `${rollout.name}: ${rollout.spec.reason}; ${step.because}` },
      signal,
    );
    return { begun: true, because: step.because };
  };

  /** Begins as many as may; the answer is the fleet after it, and who was kept back. */
  const beginAll = async (
    rollout: ReadRollout,
    start: Fleet,
    objects: ReadonlyMap<string, KubeObject>,
    turn: Turn,
    signal: AbortSignal,
  ): Promise<{ readonly fleet: Fleet; readonly blocked: readonly RolloutFlight[] }> => {
    let fleet = start;
    const blocked: RolloutFlight[] = [];
    const since = timestamp(clock.now());
    for (const node of turn.next) {
      if (blocked.length >= MOST_BLOCKED || signal.aborted) break;
      const object = objects.get(node.name);
      const over = deciders.overBudget(fleet, node);
      if (object === undefined) continue;
      if (over !== undefined) {
        blocked.push({ node: node.name, stage: 'budget', since, message: over });
        // An available node does not fit, but one that is out already may.
        if (node.isOut || !turn.next.some(({ isOut }) => isOut)) break;
        continue;
      }
      const { begun, because } = await begin(rollout, object, signal);
      if (begun === true) fleet = withVisit(fleet, node);
      else blocked.push({ node: node.name, stage: 'gate', since, message: because });
      // Its answer may be lost and the visit begun: what is out has to be read anew before another begins.
      if (begun === 'unknown' || (begun === true && turn.alone === true)) break;
      // A canary that cannot begin holds up the others: that is what it is for.
    }
    return { fleet, blocked };
  };

  /** One that a person has asked to try again is held no more, though its own step has not come yet. */
  const flightsOf = (fleet: Fleet, objects: ReadonlyMap<string, KubeObject>): RolloutView['flights'] =>
    fleet.nodes.flatMap(({ name, visit }): RolloutView['flights'] => {
      if (visit !== 'visiting' && visit !== 'held') return [];
      const text = objects.get(name)?.metadata.annotations?.[VISIT_KEY];
      const journal = text === undefined ? undefined : readJournal(name, text);
      if (journal?.ok !== true)
        return [{ node: name, stage: 'quiet', since: timestamp(clock.now()), message: 'begins', isHeld: false }];
      const { stage, sinceMs, because, wayOut } = journal.value;
      const message = withWayOut(because, wayOut);
      const isHeld = visit === 'held' && !isAskedAgain(journal.value, fleet.spec);
      return [{ node: name, stage, since: timestamp(sinceMs), message, isHeld }];
    });

  /** Nodes that wait for another rollout, each with its name. */
  const elsewhereOf = (fleet: Fleet, objects: ReadonlyMap<string, KubeObject>): readonly RolloutFlight[] =>
    fleet.nodes.flatMap(({ name, visit }): RolloutFlight[] => {
      if (visit !== 'elsewhere') return [];
      const journal = readJournal(name, objects.get(name)?.metadata.annotations?.[VISIT_KEY] ?? '');
      const since = timestamp(journal.ok ? journal.value.beganMs : clock.now());
      const because = journal.ok
        ? `Rollout/${journal.value.rollout} has it in hand, in stage ${journal.value.stage}`
        : journal.fault.message;
      const wayOut = journal.ok
        ? `nicwright status ${journal.value.rollout}; where there is no such Rollout any more, look at ${VISIT_KEY} on the node, and take it off`
        : undefined;
      return [{ node: name, stage: 'gate', since, message: withWayOut(because, wayOut) }];
    });

  const writeStatus = async (
    rollout: ReadRollout,
    view: RolloutView,
    signal: AbortSignal,
  ): Promise<Fault | undefined> => {
    const status = rolloutStatusOf(view, rollout.status);
    if (JSON.stringify(status) === JSON.stringify(rollout.object['status'])) return undefined;
    const written = await api.patch(
      ROLLOUTS,
      { name: rollout.name },
      { type: 'json', operations: [{ op: 'add', path: '/status', value: status }] },
      { subresource: 'status', fieldManager: FIELD_MANAGER, signal },
    );
    return written.ok || written.fault.code === 'kube-not-found' ? undefined : written.fault;
  };

  const setFinalizer = async (
    rollout: ReadRollout,
    wanted: boolean,
    signal: AbortSignal,
  ): Promise<Fault | undefined> => {
    const { finalizers, resourceVersion } = rollout.object.metadata;
    const list = Array.isArray(finalizers) ? (finalizers as readonly string[]) : [];
    if (list.includes(FINALIZER) === wanted) return undefined;
    const next = wanted ? [...list, FINALIZER] : list.filter((one) => one !== FINALIZER);
    const written = await api.patch(
      ROLLOUTS,
      { name: rollout.name },
      { type: 'merge', body: { metadata: { resourceVersion, finalizers: next } } },
      { fieldManager: FIELD_MANAGER, signal },
    );
    return written.ok || written.fault.code === 'kube-not-found' ? undefined : written.fault;
  };

  const invalid = async (name: string, fault: Fault, signal: AbortSignal): Promise<Outcome> => {
    const at = timestamp(clock.now());
    const condition = {
      type: 'Stalled',
      status: 'True',
      reason: 'InvalidSpec',
      message: fault.message,
      lastTransitionTime: at,
    };
    await api.patch(
      ROLLOUTS,
      { name },
      { type: 'merge', body: { status: { conditions: [condition] } } },
      { subresource: 'status', fieldManager: FIELD_MANAGER, signal },
    );
    return { fault };
  };

  return async (name, signal) => {
    const found = await api.get(ROLLOUTS, { name }, { signal });
    if (!found.ok) return found.fault.code === 'kube-not-found' ? { done: true } : { fault: found.fault };
    const read = readRollout(found.value);
    if (!read.ok) return invalid(name, read.fault, signal);
    const rollout = read.value;
    const seen = await readFleet(rollout, signal);
    if (!seen.ok) return { fault: seen.fault };
    const { fleet: before, objects, missing } = seen.value;
    const over = isOver(before);
    if (!isDeleted(rollout.object)) {
      const refused = await setFinalizer(rollout, true, signal);
      if (refused !== undefined) return { fault: refused };
    }
    const turn = turnOf(before, clock.now());
    const { fleet, blocked } = await beginAll(rollout, before, objects, turn, signal);
    for (const { name: node, visit } of fleet.nodes)
      if (visit === 'visiting' || visit === 'held') onVisit(rollout.name, node);
    const view: RolloutView = {
      fleet,
      turn,
      generation: rollout.object.metadata.generation ?? 0,
      submittedBy: rollout.object.metadata.annotations?.[SUBMITTED_BY_KEY],
      nowMs: clock.now(),
      flights: flightsOf(fleet, objects),
      blocked: [...blocked, ...elsewhereOf(fleet, objects)],
      missing,
    };
    metrics.gauge('nicwright_rollout_nodes_out', fleet.nodes.filter((node) => node.isOut).length, { rollout: name });
    const refused = await writeStatus(rollout, view, signal);
    if (refused !== undefined) return { fault: refused };
    const inHand = fleet.nodes.some(({ visit }) => visit === 'visiting');
    const isHeld = fleet.nodes.some(({ visit }) => visit === 'held');
    if (isDeleted(rollout.object) && !inHand && !isHeld) {
      const stuck = await setFinalizer(rollout, false, signal);
      return stuck === undefined ? { done: true } : { fault: stuck };
    }
    return over ? { done: true } : { after: inHand ? PASS_MS : IDLE_MS };
  };
};
