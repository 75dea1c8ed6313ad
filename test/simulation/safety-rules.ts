/**
 * The safety rules of the design, looked at after every event of a run. They see the twin's truth, and what the controller
 * asked for and read; they know nothing of how it decides.
 */
import { budgetBook } from '../../src/core/drain/budgets.ts';
import { dig } from '../../src/core/model/dig.ts';
import type { KubeObject } from '../../src/core/model/kube-object.ts';
import { NODES } from '../../src/core/model/kube-resource.ts';
import { rolloutSpec } from '../../src/core/model/crd/rollout.ts';
import { isDrained, nodeDrain } from '../../src/core/visit/node-drain.ts';
import { readJournal, VISIT_KEY, type VisitJournal } from '../../src/core/visit/visit-journal.ts';
import { fleetNode } from '../../src/core/visit/visit-node.ts';
import { CONTROLLER_USER } from '../../src/app/twin-cluster/twin-ports.ts';
import type { Link } from '../../src/twin/hardware/adapter.ts';
import type { Host } from '../../src/twin/hardware/host.ts';
import type { Twin } from '../../src/twin/twin.ts';
import { WANTED, type SimulatedRollout } from './cluster-of-seed.ts';
import type { Eye, Effect } from './watched-ports.ts';

export interface SafetyWatch {
  readonly eye: Pick<Eye, 'before' | 'powerRead'>;
  readonly violations: readonly string[];
  /** Of the node's visit, where one is on. */
  readonly journalOf: (node: string) => VisitJournal | undefined;
}

const journalIn = (node: KubeObject | undefined): VisitJournal | undefined => {
  const text = node?.metadata.annotations?.[VISIT_KEY];
  const read = text === undefined ? undefined : readJournal(text);
  return read?.ok === true ? read.value : undefined;
};

const isCordoned = (node: KubeObject | undefined): boolean => dig(node, 'spec', 'unschedulable') === true;

interface Running extends Link {
  readonly isUp: boolean;
}

const runningOf = (host: Host, pcis: readonly string[]): ReadonlyMap<string, Running> =>
  new Map(
    pcis.flatMap((pci) => {
      const adapter = host.adapterOf(pci);
      return adapter === undefined ? [] : [[pci, { ...adapter.link, isUp: adapter.isPortUp(pci) }] as const];
    }),
  );

const words = (running: Running | undefined): string =>
  running === undefined ? 'not at all' : `${running.gtPerSecond} GT/s x${running.lanes}`;

/** Changes of a host that end what runs on it, or take a card from under it. */
const ENDS_WORK: readonly string[] = ['restart', 'shut-down', 'clear-vfs', 'reset-firmware'];

/** `isQuiet`: nobody but the controller acts on hosts, so that a host that goes down does so in its visit. */
export const watchSafety = (twin: Twin, rollout: SimulatedRollout, isQuiet: boolean): SafetyWatch => {
  const violations: string[] = [];
  const spec = rolloutSpec.parse(rollout.spec);
  const reader = twin.world.actor('safety');
  const nodeOf = (name: string): KubeObject | undefined => reader.get(NODES, { name });
  const offReads = new Map<string, { readonly count: number; readonly since: number }>();
  const wrong = (rule: string, what: string): void => {
    violations.push(`${rule}: ${what} (after ${Math.round((twin.clock.now() - twin.start) / 1000)} s)`);
  };

  const isNodeDrained = (name: string): boolean => {
    const drain = nodeDrain(
      {
        pods: [...twin.world.podsOn(name)],
        budgets: budgetBook([]),
        daemonSetExists: () => true,
        nowMs: twin.clock.now(),
      },
      spec,
    );
    return drain.ok && isDrained(drain.value);
  };

  /** No power action or restart on a node whose drain is not proved; and each was recorded before. */
  const endsWork = (node: string, what: string): void => {
    const journal = journalIn(nodeOf(node));
    if (journal?.stage !== 'restart')
      wrong('recorded first', `${what} on ${node} in stage ${journal?.stage ?? 'none'}`);
    if (!isCordoned(nodeOf(node))) wrong('drained', `${what} on ${node}, which is not cordoned`);
    if (!isNodeDrained(node)) wrong('drained', `${what} on ${node}, which still has pods`);
  };

  /** Hosts of which a BMC of a BlueField once told the opposite of what is: then what was read counts, and not what was true. */
  const toldFalsely = new Set<string>();
  twin.onFault(({ fault, on }) => {
    if (fault === 'arm-misread') toldFalsely.add(on);
  });

  /** No power is cut under an Arm side that runs, unless the plan says so. */
  const cutsPower = (node: string, what: string): void => {
    if (spec.allow.dpuPowerCut || toldFalsely.has(node)) return;
    for (const { card, state } of twin.hosts.get(node)?.arms ?? [])
      if (state === 'up') wrong('Arm sides', `${what} on ${node} while the Arm side of ${card} is up`);
  };

  const shutsArmDown = (node: string, card: string): void => {
    const asked = journalIn(nodeOf(node))?.arms?.find((arm) => arm.card === card)?.asked;
    if (asked === undefined) wrong('recorded first', `the shutdown of ${card} on ${node} is not in its journal`);
  };

  /** Powered on since power was last asked to go: one that goes off by itself after that is only powered on once more. */
  const isOnAgain = new Set<string>();

  const powersOn = (node: string): void => {
    if (journalIn(nodeOf(node))?.power?.asked?.request !== 'on')
      wrong('recorded first', `power on of ${node} is not in its journal`);
    if (isOnAgain.has(node)) return;
    isOnAgain.add(node);
    proveOff(node, 'is powered on');
  };

  const proveOff = (node: string, what: string): void => {
    const reads = offReads.get(node);
    const held = reads === undefined ? 0 : twin.clock.now() - reads.since;
    if (reads === undefined || reads.count < 3 || held < spec.power.holdSeconds * 1000)
      wrong(
        'off is proved',
        `${node} ${what} after ${reads?.count ?? 0} reads of off and ${Math.round(held / 1000)} s`,
      );
  };

  /** AC power goes only on a host whose off was proved and held, and which comes back by itself or is powered on. */
  const takesAc = (node: string): void => {
    endsWork(node, 'ac-cycle');
    if (spec.allow.rung !== 'ac') wrong('rung', `AC power of ${node} is taken away, and the plan does not allow it`);
    if (journalIn(nodeOf(node))?.power?.asked?.request !== 'ac-cycle')
      wrong('recorded first', `the AC cycle of ${node} is not in its journal`);
    if (!isOnAgain.has(node)) proveOff(node, 'loses AC power');
    isOnAgain.add(node);
  };

  /** A reset is an attempt of its own: it stands in the journal, and is made on a card without VFs. */
  const resets = (node: string): void => {
    const journal = journalIn(nodeOf(node));
    if (journal?.asked === undefined || journal.tried?.includes('firmware-reset') !== true)
      wrong('recorded first', `the firmware reset of ${node} is not in its journal`);
  };

  const before = (effect: Effect): void => {
    if (effect.kind === 'power') {
      if (effect.request === 'on') powersOn(effect.node);
      else if (effect.request === 'ac-cycle') takesAc(effect.node);
      else {
        isOnAgain.delete(effect.node);
        offReads.delete(effect.node);
        endsWork(effect.node, effect.request);
        cutsPower(effect.node, effect.request);
      }
    }
    if (effect.kind === 'arm') {
      endsWork(effect.node, 'shutdown of an Arm side');
      shutsArmDown(effect.node, effect.card);
    }
    if (effect.kind === 'host' && ENDS_WORK.includes(effect.change.do)) endsWork(effect.node, effect.change.do);
    if (effect.kind === 'host' && effect.change.do === 'reset-firmware') resets(effect.node);
  };

  const powerRead: Eye['powerRead'] = (node, state) => {
    if (state === 'unknown') return;
    const seen = offReads.get(node);
    if (state === 'off')
      offReads.set(node, {
        count: (seen?.count ?? 0) + 1,
        since: seen !== undefined && seen.count >= 3 ? seen.since : twin.clock.now(),
      });
    else offReads.delete(node);
  };

  if (isQuiet)
    for (const [name, host] of twin.hosts)
      host.onDown(() => {
        if (journalIn(nodeOf(name))?.stage !== 'restart')
          wrong('the right host', `${name} goes down outside of its visit`);
      });

  /** Who wrote a version of a node: changes may be told later than they are written. */
  const writers = new Map<string, string>();
  twin.world.onWrite(({ actor, object, resourceVersion }) => {
    if (object.startsWith('Node/')) writers.set(resourceVersion, actor);
  });

  /** Who cordoned a node last. */
  const cordoners = new Map<string, string>();

  /** The budget counts every node in scope that is out, by whomever; a node that is out already costs nothing. */
  const begins = (name: string, wasOut: boolean): void => {
    const nodes = rollout.nodes.flatMap((one) => nodeOf(one) ?? []);
    const visiting = nodes.filter((node) => journalIn(node) !== undefined).length;
    if (visiting > rollout.budget)
      wrong('budget', `${visiting} visits with ${name}, and the budget is ${rollout.budget}`);
    const out = nodes.filter(
      (node) => node.metadata.name !== name && (fleetNode(node, '').isOut || journalIn(node) !== undefined),
    );
    if (!wasOut && out.length >= rollout.budget)
      wrong(
        'budget',
        `${name} leaves while ${out.map(({ metadata }) => metadata.name).join(', ')} are out, and the budget is ${rollout.budget}`,
      );
  };

  /** How links and ports ran when the visit left its gate: what it has to bring back. */
  const linksLeft = new Map<string, ReadonlyMap<string, Running>>();

  const leaves = (name: string): void => {
    const host = twin.hosts.get(name);
    if (host !== undefined) linksLeft.set(name, runningOf(host, rollout.pcis));
  };

  const returns = (node: KubeObject, last: VisitJournal): void => {
    const { name } = node.metadata;
    if (last.abandoned === true) return;
    const host = twin.hosts.get(name);
    for (const pci of rollout.pcis) {
      const current = host?.adapterOf(pci)?.current('NUM_OF_VFS');
      if (current !== WANTED) wrong('proved', `${name} is given back and ${pci} runs with ${current ?? 'nothing'}`);
    }
    if (host !== undefined && host.gpus < host.spec.gpus)
      wrong('nothing lost', `${name} is given back with ${host.gpus} GPUs`);
    const now = host === undefined ? new Map<string, Running>() : runningOf(host, rollout.pcis);
    for (const [pci, left] of linksLeft.get(name) ?? []) {
      const found = now.get(pci);
      if (found === undefined || found.gtPerSecond < left.gtPerSecond || found.lanes < left.lanes)
        wrong(
          'nothing lost',
          `${name} is given back and the link of ${pci} runs ${words(found)}, ${words(left)} before`,
        );
      if (left.isUp && found?.isUp === false)
        wrong('nothing lost', `${name} is given back with the port of ${pci} down`);
    }
  };

  twin.world.subscribe(NODES, ({ object, before: was }) => {
    const { name } = object.metadata;
    const [now, then] = [journalIn(object), journalIn(was)];
    const text = object.metadata.annotations?.[VISIT_KEY];
    if (text !== undefined && text.length > 4096) wrong('journal', `${text.length} bytes on ${name}`);
    if (now !== undefined && then === undefined) begins(name, was !== undefined && fleetNode(was, '').isOut);
    if (now !== undefined && then !== undefined && now.uid !== then.uid) wrong('one owner', `${name} changes hands`);
    if (now === undefined && then !== undefined) returns(object, then);
    if (now?.stage === 'quiet' && (then?.stage ?? 'gate') === 'gate') leaves(name);
    const writer = writers.get(object.metadata.resourceVersion ?? '') ?? '';
    if (isCordoned(object) && !isCordoned(was)) cordoners.set(name, writer);
    if (writer === CONTROLLER_USER && isCordoned(was) && !isCordoned(object) && cordoners.get(name) !== CONTROLLER_USER)
      wrong('our cordon only', `${name} is uncordoned, and ${cordoners.get(name) ?? 'nobody'} had cordoned it`);
  });

  twin.world.onWrite(({ actor, verb, object }) => {
    if (actor === CONTROLLER_USER && verb === 'delete' && object.startsWith('Pod/'))
      wrong('no way around budgets', `${object} is deleted`);
  });

  return { eye: { before, powerRead }, violations, journalOf: (node) => journalIn(nodeOf(node)) };
};

/** What has to hold when a run is over: nobody is left out without a reason that stands on the node. */
export const endRules = (twin: Twin, rollout: SimulatedRollout): readonly string[] => {
  const reader = twin.world.actor('safety');
  return rollout.nodes.flatMap((name) => {
    const node = reader.get(NODES, { name });
    const journal = journalIn(node);
    const last = node?.metadata.annotations?.['nicwright.dev/last-visit'];
    if (journal?.stage === 'held' && (journal.held?.because ?? '') === '') return [`held without a reason: ${name}`];
    if (isCordoned(node) && journal === undefined && last !== undefined && !last.includes('"uid"'))
      return [`cordoned and forgotten: ${name}`];
    return [];
  });
};
