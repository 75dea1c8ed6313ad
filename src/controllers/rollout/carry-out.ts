/** Carries out the acts of a visit. Each was recorded before; a fault leaves it to the next pass to find out what came of it. */
import { readEvictionFault } from '../../core/drain/eviction-answer.ts';
import { FIELD_MANAGER } from '../../core/model/field-manager.ts';
import { NODES, PODS } from '../../core/model/kube-resource.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import type { HostChange } from '../../core/ports/host-changes.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { VisitBase } from '../../core/visit/visit-facts.ts';
import type { Mark, PodRef, VisitAct } from '../../core/visit/visit-act.ts';
import { canaryKey, canaryPod } from './canary-pod.ts';
import type { ClusterReads } from './cluster-reads.ts';
import type { RolloutPorts } from './rollout-ports.ts';

export interface Acting {
  readonly ports: RolloutPorts;
  readonly reads: Pick<ClusterReads, 'served'>;
  readonly base: Pick<VisitBase, 'node' | 'spec'>;
  readonly signal: AbortSignal;
}

const done = (result: KubeResult<unknown>): Result<void> => (result.ok ? ok(undefined) : result);

const patchNode = async (
  { ports, base, signal }: Acting,
  body: Readonly<Record<string, unknown>>,
): Promise<Result<void>> =>
  done(
    await ports.api.patch(
      NODES,
      { name: base.node.name },
      { type: 'merge', body },
      { fieldManager: FIELD_MANAGER, signal },
    ),
  );

const setMark = async (acting: Acting, { kind, key, on }: Mark, value: string | null): Promise<Result<void>> => {
  const body = { metadata: { [kind === 'label' ? 'labels' : 'annotations']: { [key]: value } } };
  if (on === undefined) return patchNode(acting, body);
  const { ports, reads, signal } = acting;
  const served = await reads.served(on, signal);
  if (!served.ok) return served;
  const { namespace, name } = on;
  if (served.value === undefined)
    return fail('held-mark', `${on.kind} ${namespace}/${name} cannot be marked: its kind is not served.`, 'wait');
  return done(
    await ports.api.patch(
      served.value,
      { namespace, name },
      { type: 'merge', body },
      { fieldManager: FIELD_MANAGER, signal },
    ),
  );
};

/** A budget that says no is an answer, and the next pass asks again. */
const evict = async ({ ports, signal }: Acting, { namespace, name, uid }: PodRef): Promise<Result<void>> => {
  const answer = await ports.api.evict({ namespace, name }, { preconditions: { uid }, signal });
  if (answer.ok) return ok(undefined);
  const move = readEvictionFault(answer.fault, false);
  if (move.action !== 'fail-pod') return ok(undefined);
  return fail('held-eviction', `${namespace}/${name} cannot be evicted: ${move.because}`, 'wait');
};

const changeHost = async ({ ports, base, signal }: Acting, change: HostChange): Promise<Result<void>> => {
  const changes = await ports.hostChanges(base.node.name);
  if (!changes.ok) return changes;
  const answer = await changes.value.change(change, { signal });
  if (!answer.ok) return answer;
  const { command, exitCode, output } = answer.value;
  return exitCode === 0
    ? ok(undefined)
    : fail(
        'host-refused',
        `"${command.join(' ')}" on ${base.node.name} ended with ${exitCode}: ${output.trim().slice(0, 300)}`,
        'wait',
      );
};

const askBmc = async (
  { ports, base, signal }: Acting,
  act: Extract<VisitAct, { do: 'power' }>,
): Promise<Result<void>> => {
  const bmc = await ports.bmc(base.node.name, base.spec.power.adapter);
  if (!bmc.ok) return bmc;
  const answer = await bmc.value.request(act.request, { signal });
  if (!answer.ok) return answer;
  return answer.value.answer === 'refused'
    ? fail('bmc-refused', `the BMC of ${base.node.name} refuses ${act.request}: ${answer.value.because}`, 'wait')
    : ok(undefined);
};

const shutDownArm = async ({ ports, base, signal }: Acting, card: string): Promise<Result<void>> => {
  const arm = await ports.armSide(base.node.name, card);
  if (!arm.ok) return arm;
  const answer = await arm.value.shutDown({ signal });
  if (!answer.ok) return answer;
  return answer.value.answer === 'refused'
    ? fail(
        'arm-refused',
        `the Arm side of ${card} on ${base.node.name} refuses to shut down: ${answer.value.because}`,
        'wait',
      )
    : ok(undefined);
};

export const carryOut = async (acting: Acting, act: VisitAct): Promise<Result<void>> => {
  const { ports, base, signal } = acting;
  const { node, spec } = base;
  switch (act.do) {
    case 'mark':
      return setMark(acting, act.mark, act.value);
    case 'cordon':
    case 'uncordon':
      return patchNode(acting, { spec: { unschedulable: act.do === 'cordon' ? true : null } });
    case 'evict':
      return evict(acting, act.pod);
    case 'set-firmware':
      return changeHost(acting, { do: 'set-firmware', pci: act.pci, values: act.values });
    case 'clear-vfs':
      return changeHost(acting, { do: 'clear-vfs', pci: act.pci });
    case 'reset-firmware':
      return changeHost(acting, { do: act.do, pci: act.pci, level: act.level, skipDriver: act.skipDriver });
    case 'restart-host':
      return changeHost(acting, { do: 'restart' });
    case 'power':
      return act.request === 'graceful-off' && spec.power.gracefulBy === 'host'
        ? changeHost(acting, { do: 'shut-down' })
        : askBmc(acting, act);
    case 'shut-down-arm':
      return shutDownArm(acting, act.card);
    case 'create-canary': {
      if (spec.canaryPod === undefined) return ok(undefined);
      const made = await ports.api.create(PODS, canaryPod(node.name, spec.canaryPod), {
        fieldManager: FIELD_MANAGER,
        signal,
      });
      return made.ok || made.fault.code === 'kube-already-exists' ? ok(undefined) : made;
    }
    case 'delete-canary': {
      if (spec.canaryPod === undefined) return ok(undefined);
      const gone = await ports.api.delete(PODS, canaryKey(node.name, spec.canaryPod), { signal });
      return gone.ok || gone.fault.code === 'kube-not-found' ? ok(undefined) : gone;
    }
  }
};
