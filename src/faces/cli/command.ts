/**
 * A command as data: help, completion and docs come from the same object. Data goes to stdout in the format asked for,
 * everything else (progress, warnings, faults) to stderr. Only main/ touches the process.
 */
import type { TwinCluster } from '../../app/twin-serve/twin-cluster.ts';
import type { Speed } from '../../core/model/speed.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { HostAccess, SshLogin } from '../../core/ports/host-access.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import type { OpenBmc } from '../../core/ports/open-bmc.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Metrics } from '../../core/ports/metrics.ts';
import type { Random } from '../../core/ports/random.ts';
import type { ReadYaml } from '../../core/ports/read-yaml.ts';
import type { PowerGuardFacts } from '../../core/power/power-guards.ts';
import type { Result } from '../../core/result.ts';
import type { PositionedDocument } from '../../core/snapshot/positioned-document.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import type { ExitCode } from './exit-code.ts';
import type { Paint } from './paint.ts';

export interface OptionSpec {
  /** commander's notation: `--for <purpose>`, `-f, --file <path...>`, `--devel`. */
  readonly flags: string;
  readonly about: string;
  readonly choices?: readonly string[];
  readonly default?: string;
}

export interface ArgumentSpec {
  /** `NODE`, `[NODE]` (optional), `FILE...` or `[FILE...]` (any number). */
  readonly name: string;
  readonly about: string;
}

export interface Example {
  /** What is typed after `nicwright `. */
  readonly line: string;
  readonly does: string;
}

export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface CommandOutcome {
  readonly exit: ExitCode;
  /** What `-o json` and `-o yaml` print. */
  readonly data: unknown;
  /** What `-o text` prints. */
  readonly text: (paint: Paint) => string;
  /** Further formats, by the name given to -o (markdown, sarif, ...). */
  readonly formats?: Readonly<Record<string, () => string>>;
  /** Present where the command goes on after it has printed, such as a server; its end ends the command. */
  readonly goesOn?: Promise<void>;
}

/** A simulated cluster that is to be reached as a real one is. */
export interface ServeTwinRequest {
  readonly cluster: TwinCluster;
  readonly speed: Speed;
  /** 0: any that is free. */
  readonly port: number;
  /** For the kubeconfig. Absent: a new folder, which goes with the process. */
  readonly folder?: string;
}

export interface ServedCluster {
  /** `https://127.0.0.1:6443`. */
  readonly url: string;
  readonly kubeconfigFile: string;
  readonly ended: Promise<void>;
}

/** A live cluster, for commands that read or write object by object. */
export interface LiveCluster {
  readonly api: KubeApi;
  /** The context's namespace. */
  readonly namespace: string;
}

export interface CarrierVoice {
  readonly log: Log;
  readonly metrics: Metrics;
  /** Answers /healthz, /readyz (by `state`) and /metrics; 0: any port that is free. */
  readonly serve: (
    port: number,
    state: () => { readonly ready: boolean; readonly because: string },
  ) => Promise<Result<{ readonly port: number }>>;
}

export interface HostAccessRequest {
  /** Allows pods of our own where no daemon's runs. */
  readonly ownPods: boolean;
  /** Instead of any pods. */
  readonly ssh?: SshLogin;
}

/** What `collect` is to read, and where to. */
export interface CollectRequest {
  readonly folder: string;
  readonly namespaces?: readonly string[];
  /** A label selector, or names joined by commas. */
  readonly nodes?: string;
  /** Whether reading commands may run in pods that are there. */
  readonly exec: boolean;
  /** Gets what a person would type, before each request. */
  readonly announce: (command: string) => void;
}

export interface CollectedDump {
  readonly files: number;
  readonly snapshot: Snapshot;
}

export interface CommandContext {
  /** The input that --from and the live options name, read once. Fails only when nothing at all could be read. */
  readonly snapshot: () => Promise<Result<Snapshot>>;
  /** The same input read anew, for what waits on a live cluster. */
  readonly readAgain: () => Promise<Result<Snapshot>>;
  /** The cluster that --kubeconfig and --context name; nothing is sent before the first call. */
  readonly cluster: () => Promise<Result<LiveCluster>>;
  readonly openBmc: OpenBmc;
  /** Ways to the hosts of a cluster's nodes. */
  readonly nodeAccess: (api: KubeApi, request: HostAccessRequest) => Promise<HostAccess>;
  /** What a process that goes on says of itself. */
  readonly carrierVoice: () => Promise<CarrierVoice>;
  /** Aborts when the process is asked to end. */
  readonly untilStopped: () => AbortSignal;
  /** Of this process, unlike any other's: for leases. */
  readonly identity: string;
  readonly random: Random;
  /** Which node this process runs on, for the guard that keeps it from switching itself off. */
  readonly weRunOn: PowerGuardFacts['weRunOn'];
  /** Asks on the terminal; undefined where nobody is there to answer. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
  /** Puts a simulated cluster on the network of this machine, until the process ends. */
  readonly serveTwin: (request: ServeTwinRequest) => Promise<Result<ServedCluster>>;
  /** An example that comes with the package, by the name of its folder. */
  readonly exampleSnapshot: (name: string) => Promise<Result<Snapshot>>;
  /** A person's YAML or JSON file, all documents, with lines. `-` is stdin. */
  readonly readDocuments: (path: string) => Promise<Result<readonly PositionedDocument[]>>;
  /** Files and folders as --from reads them, beside what --from names: rendered manifests, for example. */
  readonly readPaths: (paths: readonly string[]) => Promise<Result<Snapshot>>;
  /** Reads the live cluster and writes what it read to a folder; says each command before it runs. */
  readonly collect: (request: CollectRequest) => Promise<Result<CollectedDump>>;
  readonly readText: (path: string) => Promise<Result<string>>;
  /** A module of the user's own, by path or package name, looked for from `folder`. */
  readonly importModule: (specifier: string, folder: string) => Promise<Result<unknown>>;
  /** The configuration in the user's home, where there is one. */
  readonly configFile: () => string | undefined;
  /** YAML met inside other texts. */
  readonly readYaml: ReadYaml;
  readonly clock: Clock;
  /** One line to stderr for what takes longer than a second; shown as the terminal allows. */
  readonly progress: (line: string) => void;
  /** One line to stderr that the user must see. */
  readonly warn: (line: string) => void;
}

export interface Command {
  /** One or two words: `diagnose`, `ipam preview`. */
  readonly path: string;
  readonly about: string;
  /** At least one; the first is shown first in help. */
  readonly examples: readonly Example[];
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /**
   * Present where the command reads --from PATH... and the live cluster options. `objects`: of a live cluster only objects
   * are read; `everything`: logs too, and what hosts answer through pods that are there.
   */
  readonly readsSnapshot?: 'objects' | 'everything';
  /** Present where the command talks to a live cluster through `cluster`, and takes the options that name one. */
  readonly usesCluster?: true;
  /** Further names for -o beside text, json and yaml. */
  readonly formats?: readonly string[];
  readonly run: (
    context: CommandContext,
    args: readonly string[],
    options: OptionValues,
  ) => Promise<Result<CommandOutcome>>;
}

export const defineCommand = (command: Command): Command => command;
