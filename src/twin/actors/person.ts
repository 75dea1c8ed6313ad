/** Whoever carries out the steps of a scenario: people with kubectl, ssh and a BMC, and misfortune. */
import { KUBECTL_DEFAULTS } from '../../core/drain/drain-options.ts';
import { apiVersionOf, NODES, type KubeResource } from '../../core/model/kube-resource.ts';
import type { Bmc } from '../../core/ports/bmc.ts';
import type { KubeDraft, ObjectKey } from '../../core/ports/kube-api.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import { inBackground } from '../background.ts';
import type { Adapter } from '../hardware/adapter.ts';
import type { BmcFaults } from '../hardware/twin-bmc.ts';
import type { Host } from '../hardware/host.ts';
import { actWords } from '../scenarios/act-words.ts';
import type { Act } from '../scenarios/scenario.ts';
import type { Stage } from '../stage.ts';
import { evictFrom, setCordon } from './drain-node.ts';

export interface PersonTools {
  readonly bmc: (node: string) => Bmc;
  readonly bmcFaults: (node: string) => BmcFaults;
  readonly armFaults: (node: string) => BmcFaults;
}

const POLL_MS = 5_000;
/** A person asks again when nobody answers. */
const PATIENCE_MS = 10_000;
/** How long a person waits for an operating system to shut down. */
const SOFT_MS = 600_000;

const kubectlDrain = { ...KUBECTL_DEFAULTS, ignoreDaemonSets: true, deleteEmptyDir: true, force: true };

const keyOf = ({ name, namespace }: { readonly name: string; readonly namespace?: string }): ObjectKey => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

export type Person = (act: Act) => void;

export const createPerson = (stage: Stage, { bmc, bmcFaults, armFaults }: PersonTools): Person => {
  const { world, clock } = stage;
  const actor = world.actor('person');

  const kindOf = ({ apiVersion, kind }: Pick<KubeDraft, 'apiVersion' | 'kind'>): KubeResource => {
    const found = world.served().find((one) => one.kind === kind && apiVersionOf(one) === apiVersion);
    if (found === undefined) throw new Error(`a scenario applies ${apiVersion} ${kind}, which is not served`);
    return found;
  };

  const kindNamed = (name: string): KubeResource => {
    const found = world.served().find(({ kind }) => kind === name);
    if (found === undefined) throw new Error(`a scenario names a ${name}, which is not served`);
    return found;
  };

  const apply = (draft: KubeDraft): void => {
    const made = actor.create(kindOf(draft), draft);
    if (made.ok) return;
    if (made.fault.code === 'kube-already-exists') {
      const { apiVersion: _version, kind: _kind, metadata, ...body } = draft;
      actor.patch(kindOf(draft), keyOf({ name: '', ...metadata }), { type: 'merge', body });
    } else if (made.fault.next === 'retry') clock.after(PATIENCE_MS, () => apply(draft));
    else throw new Error(`a scenario's object is refused: ${made.fault.message}`);
  };

  const hostOf = (node: string): Host => {
    const host = stage.hosts.get(node);
    if (host === undefined) throw new Error(`a scenario names ${node}, which is no host of its fleet`);
    return host;
  };

  const adapterOf = (node: string, pci: string): Adapter => {
    const adapter = hostOf(node).adapterOf(pci);
    if (adapter === undefined) throw new Error(`a scenario names ${pci}, which ${node} has not`);
    return adapter;
  };

  /** Presses the button, and where that has done nothing for long, cuts the power. */
  const powerDown = async (node: string): Promise<void> => {
    const cutAt = clock.now() + SOFT_MS;
    await bmc(node).request('graceful-off');
    for (;;) {
      const power = await bmc(node).power();
      if (power.ok && power.value === 'off') return;
      if (power.ok && power.value === 'on' && clock.now() >= cutAt) await bmc(node).request('off');
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
    await powerDown(node);
    await clock.sleep(offSeconds * 1000);
    await powerOn(node);
  };

  /** Types it again when the API had no time for it. */
  const insist = (write: () => KubeResult<unknown>): void => {
    const written = write();
    if (!written.ok && written.fault.next === 'retry') clock.after(PATIENCE_MS, () => insist(write));
  };

  const cordon = (node: string, isCordoned: boolean): void => insist(() => setCordon(actor, node, isCordoned));

  const drain = async (node: string): Promise<void> => {
    cordon(node, true);
    await evictFrom({ world, actor, node, options: kubectlDrain, sleep: (ms) => clock.sleep(ms) });
  };

  return (act) => {
    stage.note('person', 'Scenario', actWords(act));
    switch (act.do) {
      case 'apply':
        for (const object of act.objects) apply(object);
        return;
      case 'delete':
        insist(() => actor.delete(kindNamed(act.kind), keyOf(act)));
        return;
      case 'label':
        insist(() =>
          actor.patch(NODES, { name: act.node }, { type: 'merge', body: { metadata: { labels: act.labels } } }),
        );
        return;
      case 'cordon':
      case 'uncordon':
        cordon(act.node, act.do === 'cordon');
        return;
      case 'drain':
        inBackground(clock, drain(act.node));
        return;
      case 'restart':
        if (!hostOf(act.node).restart()) stage.note('person', `Host/${act.node}`, 'does not answer: it is not up');
        return;
      case 'reimage':
        hostOf(act.node).reimage();
        return;
      case 'power-off-and-on':
        inBackground(clock, powerOffAndOn(act.node, act.offSeconds));
        return;
      case 'power':
        inBackground(clock, bmc(act.node).request(act.request));
        return;
      case 'patch':
        insist(() => actor.patch(kindNamed(act.kind), keyOf(act), { type: 'merge', body: act.body }));
        return;
      case 'host-trouble': {
        const { troubles } = hostOf(act.node);
        troubles.add(act.trouble);
        clock.after(act.forSeconds * 1000, () => troubles.delete(act.trouble));
        return;
      }
      case 'break-tool':
        for (const pci of act.pcis) adapterOf(act.node, pci).toolFault = act.fault === 'none' ? undefined : act.fault;
        return;
      case 'api-faults': {
        const ends = act.rules.map((rule) => world.faults.add(rule));
        clock.after(act.forSeconds * 1000, () => ends.forEach((end) => end()));
        return;
      }
      case 'bmc-faults':
      case 'arm-faults': {
        const faults = act.do === 'bmc-faults' ? bmcFaults(act.node) : armFaults(act.node);
        const ends = act.rules.map((rule) => faults.add(rule));
        clock.after(act.forSeconds * 1000, () => ends.forEach((end) => end()));
        return;
      }
    }
  };
};
