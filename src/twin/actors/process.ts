/**
 * A container that runs on a node of the twin, as the program in it sees it: its pod, its host, its log, and time. When the
 * container ends, or the host goes down under it, whatever the program waits for never comes.
 */
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { Host } from '../hardware/host.ts';
import { drawMs, type Latency } from '../latency.ts';
import type { Stage } from '../stage.ts';

export interface Process {
  readonly pod: KubeObject;
  readonly container: string;
  readonly node: string;
  readonly host: Host;
  readonly hasEnded: () => boolean;
  readonly log: (line: string) => void;
  /** Resolves after so many milliseconds if the process still runs then. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Resolves after a time drawn for this node. */
  readonly take: (latency: Latency) => Promise<void>;
  /** Called once, when the process ends. */
  readonly onEnd: (act: () => void) => void;
}

/** What runs in a container of this name; a container without one only exists. */
export type Program = (process: Process) => void;

/** An operator as it sees itself: it asks nothing of its host, so that a stand-in may run without one (stand-ins.ts). */
export type OperatorProcess = Omit<Process, 'node' | 'host'>;
export type Operator = (process: OperatorProcess) => void;

export interface RunningProcess extends Process {
  readonly end: () => void;
}

export const startProcess = (
  stage: Stage,
  what: Pick<Process, 'pod' | 'container' | 'node' | 'host' | 'log'>,
): RunningProcess => {
  let ended = false;
  const ends: (() => void)[] = [];
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      stage.clock.after(ms, () => {
        if (!ended) resolve();
      });
    });
  return {
    ...what,
    hasEnded: () => ended,
    sleep,
    take: (latency) => sleep(drawMs(latency, stage.random(`${what.container}@${what.node}`))),
    onEnd: (act) => void ends.push(act),
    end: () => {
      if (ended) return;
      ended = true;
      for (const act of ends) act();
    },
  };
};
