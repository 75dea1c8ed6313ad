/** What a live reading is asked for and held to. */
import type { Clock, Signal } from '../../core/ports/clock.ts';

export interface LiveOptions {
  /** -n: namespaced kinds of these namespaces only. Absent: of all. */
  readonly namespaces?: readonly string[];
  /** --nodes and -l: these nodes only. */
  readonly nodes?: NodeChoice;
  /** The context's namespace: what is read of namespaced kinds when not all may be listed. */
  readonly homeNamespace: string;
  /** Whether to read logs, and to ask hosts through the config daemon's pods. Default true. */
  readonly logs?: boolean;
  readonly exec?: boolean;
  readonly limits?: Partial<LiveLimits>;
  readonly clock: Clock;
  readonly signal?: Signal;
  /** Progress, one line. */
  readonly progress?: (line: string) => void;
  /** What the user must see: missing rights, and that commands are run in pods. */
  readonly warn?: (line: string) => void;
}

export interface NodeChoice {
  readonly names?: readonly string[];
  readonly labelSelector?: string;
}

export interface LiveLimits {
  /** Requests at a time. */
  readonly atOnce: number;
  readonly execTimeoutMs: number;
  readonly execBytes: number;
  /** All questions to one host together. */
  readonly hostMs: number;
  /** Hosts asked; more become a gap. */
  readonly hosts: number;
  readonly logs: number;
  readonly logLines: number;
  readonly logBytes: number;
}

export const DEFAULT_LIMITS: LiveLimits = {
  atOnce: 8,
  execTimeoutMs: 20_000,
  execBytes: 1024 * 1024,
  hostMs: 120_000,
  hosts: 64,
  logs: 200,
  logLines: 5_000,
  logBytes: 4 * 1024 * 1024,
};
