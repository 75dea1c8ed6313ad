/** Whoever carries out the steps of a scenario: people with kubectl, ssh and a BMC, and misfortune. */
import { KUBECTL_DEFAULTS } from '../../core/drain/drain-options.ts';
import { apiVersionOf, NODES, type KubeResource } from '../../core/model/kube-resource.ts';
import type { Bmc } from '../../core/ports/bmc.ts';
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import { inBackground } from '../background.ts';
import type { BmcFaults } from '../hardware/twin-bmc.ts';
import type { Host } from '../hardware/host.ts';
import type { Act } from '../scenarios/scenario.ts';
import type { Stage } from '../stage.ts';
import { evictFrom, setCordon } from './drain-node.ts';

export interface PersonTools {
  readonly bmc: (node: string) => Bmc;
  readonly bmcFaults: (node: string) => BmcFaults;
}

const POLL_MS = 5_000;
/** A person asks again when a BMC gives no answer. */
const PATIENCE_MS = 10_000;

const kubectlDrain = { ...KUBECTL_DEFAULTS, ignoreDaemonSets: true, deleteEmptyDir: true, force: true };

export type Person = (act: Act) => void;

export const createPerson = (stage: Stage, { bmc, bmcFaults }: PersonTools): Person => {
  const { world, clock } = stage;
  const actor = world.actor('person');

  const kindOf = ({ apiVersion, kind }: Pick<KubeDraft, 'apiVersion' | 'kind'>): KubeResource => {
    const found = world.served().find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
    if (found === undefined) throw new Error(`a scenario applies ${apiVersion} ${kind}, which is not served`);
    return found;
  };

  const apply = (draft: KubeDraft): void => {
    const made = actor.create(kindOf(draft), draft);
    if (made.ok) return;
    if (made.fault.code === 'kube-already-exists') {
      const { name = '', namespace } = draft.metadata;
      const { apiVersion: _version, kind: _kind, metadata: _metadata, ...body } = draft;
      actor.patch(kindOf(draft), { name, ...(namespace === undefined ? {} : { namespace }) }, { type: 'merge', body });
    } else if (made.fault.next === 'retry') clock.after(PATIENCE_MS, () => apply(draft));
    else throw new Error(`a scenario's object is refused: ${made.fault.message}`);
  };

  const hostOf = (node: string): Host => {
    const host = stage.hosts.get(node);
    if (host === undefined) throw new Error(`a scenario names ${node}, which is no host of its fleet`);
    return host;
  };

  const untilOff = async (node: string): Promise<void> => {
    for (;;) {
      const power = await bmc(node).power();
      if (power.ok && power.value === 'off') return;
      await clock.sleep(POLL_MS);
    }
  };

  const powerOn = async (node: string): Promise<void> => {
    for (;;) {
      await bmc(node).request('on');
      await clock.sleep(POLL_MS);
      const power = await bmc(node).power();
      if (power.ok && power.value === 'on') return;
      await clock.sleep(PATIENCE_MS);
    }
  };

  const powerOffAndOn = async (node: string, offSeconds: number): Promise<void> => {
    stage.note('person', `Host/${node}`, 'is told to shut down');
    const asked = clock.now();
    await bmc(node).request('graceful-off');
    const soft = untilOff(node);
    const hard = async (): Promise<void> => {
      await clock.sleep(600_000);
      if (hostOf(node).power !== 'off' && clock.now() - asked >= 600_000) await bmc(node).request('off');
    };
    inBackground(clock, hard());
    await soft;
    await clock.sleep(offSeconds * 1000);
    await powerOn(node);
  };

  const drain = async (node: string): Promise<void> => {
    setCordon(actor, node, true);
    await evictFrom({ world, actor, node, options: kubectlDrain, sleep: (ms) => clock.sleep(ms) });
  };

  return (act) => {
    switch (act.do) {
      case 'apply':
        for (const object of act.objects) apply(object);
        return;
      case 'delete': {
        const kind = world.served().find((one) => one.kind === act.kind);
        if (kind === undefined) throw new Error(`a scenario deletes a ${act.kind}, which is not served`);
        actor.delete(kind, { name: act.name, ...(act.namespace === undefined ? {} : { namespace: act.namespace }) });
        return;
      }
      case 'label':
        actor.patch(NODES, { name: act.node }, { type: 'merge', body: { metadata: { labels: act.labels } } });
        return;
      case 'cordon':
      case 'uncordon':
        setCordon(actor, act.node, act.do === 'cordon');
        return;
      case 'drain':
        inBackground(clock, drain(act.node));
        return;
      case 'restart':
        stage.note('person', `Host/${act.node}`, 'is told to restart');
        hostOf(act.node).restart();
        return;
      case 'reimage':
        hostOf(act.node).reimage();
        return;
      case 'power-off-and-on':
        inBackground(clock, powerOffAndOn(act.node, act.offSeconds));
        return;
      case 'break-host':
        hostOf(act.node).isBroken = true;
        return;
      case 'break-tool': {
        const adapter = hostOf(act.node).adapterOf(act.pci);
        if (adapter === undefined) throw new Error(`a scenario names ${act.pci}, which ${act.node} has not`);
        adapter.toolFault = act.fault === 'none' ? undefined : act.fault;
        return;
      }
      case 'api-faults': {
        const ends = act.rules.map((rule) => world.faults.add(rule));
        clock.after(act.forSeconds * 1000, () => ends.forEach((end) => end()));
        return;
      }
      case 'bmc-faults': {
        const ends = act.rules.map((rule) => bmcFaults(act.node).add(rule));
        clock.after(act.forSeconds * 1000, () => ends.forEach((end) => end()));
        return;
      }
    }
  };
};
