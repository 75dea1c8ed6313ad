/** Keeps what happens to the nodes of a twin during a rollout: stages with times, evictions, and how many nodes are out. */
import { NODES } from '../../core/model/kube-resource.ts';
import { readJournal, VISIT_KEY } from '../../core/visit/visit-journal.ts';
import { fleetNode } from '../../core/visit/visit-node.ts';
import type { Stage } from '../../core/visit/stages.ts';
import type { Twin } from '../../twin/twin.ts';
import { CONTROLLER_USER } from '../twin-cluster/twin-ports.ts';

export interface StageSpan {
  readonly stage: Stage;
  /** Minutes after the rollout was submitted. */
  readonly from: number;
  readonly to: number;
  readonly because: string;
}

export interface NodeTimeline {
  readonly node: string;
  readonly spans: readonly StageSpan[];
  /** Its visit is over: it is not held, and was not under way when the rehearsal ended. */
  readonly isBack: boolean;
}

export interface EvictionSeen {
  readonly pod: string;
  readonly at: number;
}

export interface OutSeen {
  readonly at: number;
  readonly nodes: number;
}

export interface VisitRecord {
  readonly nodes: readonly NodeTimeline[];
  readonly evictions: readonly EvictionSeen[];
  /** At each change. */
  readonly out: readonly OutSeen[];
}

interface OpenSpan {
  readonly stage: Stage;
  readonly from: number;
  because: string;
}

const MINUTE_MS = 60_000;

export interface Watch {
  /** When a visit last entered a stage or ended; at first, when the watch began. */
  readonly lastChange: () => number;
  /** Ends the watch, and gives what was seen. */
  readonly end: () => VisitRecord;
}

export const watchVisits = (twin: Twin, scope: readonly string[]): Watch => {
  const start = twin.clock.now();
  const minute = (): number => Math.round(((twin.clock.now() - start) / MINUTE_MS) * 10) / 10;
  const open = new Map<string, OpenSpan>();
  const spans = new Map<string, StageSpan[]>(scope.map((name) => [name, []]));
  const evictions: EvictionSeen[] = [];
  const outNow = new Set<string>();
  const out: OutSeen[] = [];
  let changedAt = start;

  const close = (node: string): void => {
    const span = open.get(node);
    if (span === undefined) return;
    spans.get(node)?.push({ ...span, to: minute() });
    changedAt = twin.clock.now();
    open.delete(node);
  };

  const count = (name: string, isOut: boolean): void => {
    const before = outNow.size;
    if (isOut) outNow.add(name);
    else outNow.delete(name);
    if (outNow.size !== before || out.length === 0) out.push({ at: minute(), nodes: outNow.size });
  };

  const reader = twin.world.actor('rehearsal');
  for (const name of scope) {
    const node = reader.get(NODES, { name });
    if (node !== undefined) count(name, fleetNode(node, '').isOut);
  }
  const ends = [
    twin.world.subscribe(NODES, ({ object }) => {
      const { name, annotations } = object.metadata;
      if (!spans.has(name)) return;
      count(name, fleetNode(object, '').isOut);
      const text = annotations?.[VISIT_KEY];
      const journal = text === undefined ? undefined : readJournal(text);
      if (journal?.ok !== true) {
        close(name);
        return;
      }
      const { stage, because } = journal.value;
      const span = open.get(name);
      if (span?.stage === stage) span.because = because;
      else {
        close(name);
        open.set(name, { stage, from: minute(), because });
        changedAt = twin.clock.now();
      }
    }),
    twin.world.onWrite(({ actor, verb, object }) => {
      if (actor === CONTROLLER_USER && verb === 'evict')
        evictions.push({ pod: object.replace(/^Pod\//, ''), at: minute() });
    }),
  ];
  return {
    lastChange: () => changedAt,
    end: () => {
      for (const end of ends) end();
      const away = new Set(open.keys());
      for (const name of away) close(name);
      const nodes = [...spans].map(([node, list]) => ({
        node,
        spans: list,
        isBack: list.length > 0 && !away.has(node),
      }));
      return { nodes, evictions, out };
    },
  };
};
