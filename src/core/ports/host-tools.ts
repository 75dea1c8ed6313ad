/** The host below a node, asked through whatever reaches it: the config daemon's pod, a pod of our own, ssh. */
import type { HostQuestion } from '../model/host-question.ts';
import type { Result } from '../result.ts';
import type { Signal } from './clock.ts';

export interface HostAnswer {
  readonly question: HostQuestion;
  /** What ran, as it ran there. */
  readonly command: readonly string[];
  /** stdout, then stderr: tools that fail say why on either. A failing tool is an answer too. */
  readonly output: string;
  readonly exitCode: number;
  /** The output was longer than the limit, and its end is missing. */
  readonly truncated: boolean;
}

export interface HostTools {
  /** How the host is reached, for reports: `exec in Pod/network-operator/sriov-network-config-daemon-7q4kd`. */
  readonly via: string;
  /** Faults: no way there, no right to, no end in time. A tool that is missing there is one too. */
  readonly ask: (question: HostQuestion, options?: { readonly signal?: Signal }) => Promise<Result<HostAnswer>>;
}
