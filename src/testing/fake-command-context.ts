/** A CommandContext for tests: what is not given is a fault that says so. */
import type { Clock } from '../core/ports/clock.ts';
import type { HostAccess } from '../core/ports/host-access.ts';
import type { KubeApi } from '../core/ports/kube-api.ts';
import { silentLog, type Log } from '../core/ports/log.ts';
import { noMetrics, type Metrics } from '../core/ports/metrics.ts';
import type { OpenBmc } from '../core/ports/open-bmc.ts';
import type { Random } from '../core/ports/random.ts';
import type { ReadYaml } from '../core/ports/read-yaml.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { PositionedDocument } from '../core/snapshot/positioned-document.ts';
import type { Snapshot } from '../core/snapshot/snapshot.ts';

export interface FakeInput {
  readonly snapshot?: Snapshot;
  /** What each further reading gives, in turn; the last one again and again. */
  readonly later?: readonly Snapshot[];
  /** Documents by path, as `readDocuments` would give them. */
  readonly documents?: Readonly<Record<string, readonly PositionedDocument[]>>;
  readonly texts?: Readonly<Record<string, string>>;
  /** What modules export, by specifier. */
  readonly modules?: Readonly<Record<string, unknown>>;
  readonly readYaml?: ReadYaml;
  readonly now?: number;
  /** Instead of one whose time passes only by sleeping. */
  readonly clock?: Clock;
  readonly api?: KubeApi;
  readonly openBmc?: OpenBmc;
  readonly hosts?: HostAccess;
  /** Aborts where the process is asked to end. */
  readonly stop?: AbortSignal;
  /** What a person answers on the terminal; absent: nobody is there. */
  readonly answer?: boolean;
}

interface FakeCollected {
  readonly files: number;
  readonly snapshot: Snapshot;
}

export interface FakeCommandContext {
  readonly snapshot: () => Promise<Result<Snapshot>>;
  readonly readAgain: () => Promise<Result<Snapshot>>;
  readonly cluster: () => Promise<Result<{ readonly api: KubeApi; readonly namespace: string }>>;
  readonly openBmc: OpenBmc;
  readonly nodeAccess: () => Promise<HostAccess>;
  readonly carrierVoice: () => Promise<{
    readonly log: Log;
    readonly metrics: Metrics;
    readonly serve: () => Promise<Result<never>>;
  }>;
  readonly untilStopped: () => AbortSignal;
  readonly identity: string;
  readonly random: Random;
  readonly weRunOn: 'outside';
  readonly confirm: () => Promise<boolean | undefined>;
  readonly serveTwin: () => Promise<Result<never>>;
  readonly exampleSnapshot: (name: string) => Promise<Result<Snapshot>>;
  readonly readDocuments: (path: string) => Promise<Result<readonly PositionedDocument[]>>;
  readonly readPaths: (paths: readonly string[]) => Promise<Result<Snapshot>>;
  readonly collect: (request: { readonly announce: (command: string) => void }) => Promise<Result<FakeCollected>>;
  readonly readText: (path: string) => Promise<Result<string>>;
  readonly importModule: (specifier: string) => Promise<Result<unknown>>;
  readonly configFile: () => undefined;
  readonly readYaml: ReadYaml;
  readonly clock: Clock;
  readonly progress: (line: string) => void;
  readonly warn: (line: string) => void;
  /** What `warn` was told. */
  readonly warnings: string[];
}

const absent = (what: string) => fail('input-unreadable', `${what} is not part of this test.`);

const NO_HOSTS: HostAccess = {
  hostTools: () => Promise.resolve(absent('a host')),
  hostChanges: () => Promise.resolve(absent('a host')),
  secondTools: () => Promise.resolve(absent('a host')),
  way: () => Promise.resolve(absent('a host')),
  close: () => Promise.resolve(),
};

export const fakeCommandContext = (input: FakeInput): FakeCommandContext => {
  const warnings: string[] = [];
  const later = [...(input.later ?? [])];
  let now = input.now ?? 0;
  const next = (): Snapshot | undefined => (later.length > 1 ? later.shift() : (later[0] ?? input.snapshot));
  return {
    snapshot: () => Promise.resolve(input.snapshot === undefined ? absent('a snapshot') : ok(input.snapshot)),
    readAgain: () => {
      const read = next();
      return Promise.resolve(read === undefined ? absent('a snapshot') : ok(read));
    },
    cluster: () =>
      Promise.resolve(input.api === undefined ? absent('a cluster') : ok({ api: input.api, namespace: 'default' })),
    nodeAccess: () => Promise.resolve(input.hosts ?? NO_HOSTS),
    carrierVoice: () =>
      Promise.resolve({ log: silentLog, metrics: noMetrics, serve: () => Promise.resolve(absent('a port')) }),
    untilStopped: () => input.stop ?? new AbortController().signal,
    identity: 'test',
    random: { next: () => 0.5 },
    weRunOn: 'outside',
    confirm: () => Promise.resolve(input.answer),
    openBmc: input.openBmc ?? (() => Promise.resolve(absent('a BMC'))),
    serveTwin: () => Promise.resolve(absent('a served twin')),
    exampleSnapshot: () => Promise.resolve(input.snapshot === undefined ? absent('an example') : ok(input.snapshot)),
    readDocuments: (path) =>
      Promise.resolve(input.documents?.[path] === undefined ? absent(path) : ok(input.documents[path])),
    // Tests put everything into one snapshot.
    readPaths: () => Promise.resolve(input.snapshot === undefined ? absent('a snapshot') : ok(input.snapshot)),
    collect: ({ announce }) => {
      announce('kubectl get nodes -o json');
      return Promise.resolve(
        input.snapshot === undefined ? absent('a cluster') : ok({ files: 3, snapshot: input.snapshot }),
      );
    },
    readText: (path) => Promise.resolve(input.texts?.[path] === undefined ? absent(path) : ok(input.texts[path])),
    importModule: (specifier) =>
      Promise.resolve(input.modules?.[specifier] === undefined ? absent(specifier) : ok(input.modules[specifier])),
    configFile: () => undefined,
    readYaml: input.readYaml ?? (() => []),
    clock: input.clock ?? {
      now: () => now,
      sleep: (ms) => {
        now += ms;
        return Promise.resolve();
      },
    },
    progress: () => {},
    warn: (line) => void warnings.push(line),
    warnings,
  };
};
