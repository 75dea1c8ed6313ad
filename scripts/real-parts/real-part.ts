/**
 * What a step of setup:real is. A step is one file in steps/ whose default export is a RealPart; the frame finds it
 * there, so that a new one needs no other edit than its entry in pins.json.
 */
import type { RunOptions } from './run-logged.ts';

export interface RealPart {
  /** The file's name, the key in pins.json, and the name of its mark (NAME.done) and log (log/NAME.log) in the cache. */
  readonly name: string;
  /** For people, one line: what tests need it for. */
  readonly why: string;
  /** The versions, as pins.json has them for this step. When one of them changes, the step runs again. */
  readonly pins: Readonly<Record<string, string>>;
  /** Further files, beside this folder's root, whose content the result depends on: `kubernetes/go.sum`. */
  readonly inputs?: readonly string[];
  /** Steps that must stand before this one, by name. */
  readonly needs?: readonly string[];
  /** Installs or builds. Throws when it fails; answers `lacks` when the machine lacks what it takes. */
  readonly run: (bench: Workbench) => Promise<StepOutcome>;
}

/** `lacks` is one sentence: what is missing, and how to get it. */
export type StepOutcome = { readonly done: true } | { readonly lacks: string };

export interface Workbench {
  /** The cache folder, absolute. */
  readonly cache: string;
  /** scripts/real-parts, absolute. */
  readonly sources: string;
  /** Shows one line of progress. */
  readonly say: (line: string) => void;
  /** Runs a program, its output into the step's log. Rejects with the log's last lines when it ends with other than 0. */
  readonly run: (program: string, args: readonly string[], options?: RunOptions) => Promise<string>;
}

export const DONE: StepOutcome = { done: true };
