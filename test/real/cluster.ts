/**
 * A real, throw-away Kubernetes cluster for one suite: etcd and kube-apiserver, and the rest as asked, on 127.0.0.1,
 * ready in 3 to 4 s and gone at `stop`. It has no kubelets; nodes are made by kwok or by the test.
 *
 *     const parts = realPart('realparts');
 *     describe.skipIf(parts.absent)(parts.title('my suite'), () => {
 *       let cluster: Cluster;
 *       beforeAll(async () => { cluster = await startCluster({ controllers: true }); });
 *       afterAll(() => cluster?.stop());
 *     });
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { cacheFolder, cachedProgram } from '../../scripts/real-parts/cache-folder.ts';
import { type Child, startChild } from './child.ts';
import { freePorts } from './free-ports.ts';
import { makePki, type Pki } from './pki.ts';

export interface ClusterOptions {
  /** kube-controller-manager. Without it no ServiceAccounts appear, so pods are admitted without one. */
  readonly controllers?: boolean;
  readonly scheduler?: boolean;
  /** kwok, for nodes annotated `kwok.x-k8s.io/node: fake`. A list: these stage files in place of kwok's own. */
  readonly kwok?: boolean | readonly string[];
  readonly apiServerFlags?: readonly string[];
  readonly etcdFlags?: readonly string[];
  readonly controllerFlags?: readonly string[];
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Cluster {
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  readonly etcd: string;
  /** Folder of everything; also HOME of what `env` runs. */
  readonly folder: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly pki: Pki;
  /** HOME, KUBECONFIG and a PATH on which kubectl and helm are found. */
  readonly env: Readonly<Record<string, string>>;
  /** Path of a new kubeconfig for one of TOKENS, or for any other token. */
  readonly kubeconfigFor: (token: string) => string;
  readonly kubectl: (args: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** The servers by name: `etcd`, `kube-apiserver`, ... */
  readonly part: (name: string) => Child;
  /** Kills kube-apiserver and starts it again on the same port, with empty caches. About 2 s. */
  readonly restartApiServer: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly limitMs?: number;
  /** Of the cache's bin folder; default kubectl. */
  readonly program?: string;
}

/** Who may log in by token. `alice` has no rights until a test gives her some. */
export const TOKENS = { admin: 'admin-token', viewer: 'viewer-token', alice: 'alice-token' } as const;

const TOKEN_FILE = [
  `${TOKENS.admin},admin,1,"system:masters"`,
  `${TOKENS.viewer},viewer,2,"viewers"`,
  `${TOKENS.alice},alice,3,"team-a,team-b"`,
].join('\n');

// Without these the controllers limit themselves so far that 1,000 pods take 50 s in place of 8.
const FAST = ['--kube-api-qps=500', '--kube-api-burst=1000'];

/** Tries again with other ports when a start fails: between the look and the use somebody may have taken one. */
export const startCluster = async (options: ClusterOptions = {}): Promise<Cluster> => {
  for (let attempt = 1; ; attempt += 1) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-cluster-'));
    const children: Child[] = [];
    try {
      return await startIn(folder, options, children);
    } catch (error) {
      await discard(folder, children);
      if (attempt === 3 || !(error instanceof Error) || !error.message.includes('address already in use')) throw error;
    }
  }
};

const startIn = async (folder: string, options: ClusterOptions, children: Child[]): Promise<Cluster> => {
  const program = cachedProgram('realparts');
  const ports = await freePorts(6);
  const [client, peer, api, controllers, scheduler, kwok] = ports as [number, number, number, number, number, number];
  const pki = makePki(path.join(folder, 'pki'));
  const server = `https://127.0.0.1:${api}`;
  const etcd = `http://127.0.0.1:${client}`;
  mkdirSync(path.join(folder, 'log'));
  writeFileSync(path.join(folder, 'tokens.csv'), TOKEN_FILE);
  const kubeconfigFor = (token: string): string => {
    const file = path.join(folder, `kubeconfig-${token}`);
    writeFileSync(file, kubeconfig(server, pki.caCert, token), { mode: 0o600 });
    return file;
  };
  const admin = kubeconfigFor(TOKENS.admin);
  const ca = readFileSync(pki.caCert, 'utf8');
  const start = (name: string, args: readonly string[]): Child => {
    const child = startChild(name, program, [name, ...args], {
      logFile: path.join(folder, 'log', `${name}.log`),
      env: { HOME: folder },
    });
    children.push(child);
    return child;
  };

  await start('etcd', etcdFlags(folder, client, peer, options)).ready(() => answers(`${etcd}/health`));
  const startApiServer = (): Promise<void> =>
    start('kube-apiserver', apiServerFlags(folder, pki, etcd, api, options)).ready(() =>
      answers(`${server}/readyz`, { ca }),
    );
  await startApiServer();
  const cluster: Cluster = {
    server,
    etcd,
    folder,
    kubeconfig: admin,
    pki,
    env: { HOME: folder, KUBECONFIG: admin, PATH: `${path.join(cacheFolder(), 'bin')}:${process.env['PATH'] ?? ''}` },
    kubeconfigFor,
    kubectl: (args, run) => runProgram(cachedProgram(run?.program ?? 'kubectl'), args, cluster.env, run),
    part: (name) => {
      const child = children.findLast((one) => one.name === name);
      if (child === undefined) throw new Error(`this cluster was started without ${name}`);
      return child;
    },
    restartApiServer: async () => {
      await cluster.part('kube-apiserver').kill();
      await startApiServer();
    },
    stop: () => discard(folder, children),
  };

  const login = ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map((f) => `--${f}=${admin}`);
  const common = (port: number, name: string): readonly string[] => [
    ...login,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${path.join(folder, 'pki', name)}`,
    '--leader-elect=false',
    ...FAST,
  ];
  const waits: Promise<void>[] = [];
  if (options.controllers === true) {
    const signing = [`--service-account-private-key-file=${pki.signingKey}`, `--root-ca-file=${pki.caCert}`];
    const flags = [...common(controllers, 'controllers'), ...signing, ...(options.controllerFlags ?? [])];
    const child = start('kube-controller-manager', flags);
    waits.push(child.ready(() => answers(`https://127.0.0.1:${controllers}/healthz`, UNCHECKED)));
    // Until the namespace has its ServiceAccount, its pods are refused.
    const account = `${server}/api/v1/namespaces/default/serviceaccounts/default`;
    waits.push(child.ready(() => answers(account, { ca }, TOKENS.admin)));
  }
  if (options.scheduler === true) {
    const child = start('kube-scheduler', common(scheduler, 'scheduler'));
    waits.push(child.ready(() => answers(`https://127.0.0.1:${scheduler}/healthz`, UNCHECKED)));
  }
  if (options.kwok !== undefined && options.kwok !== false) {
    const stages = options.kwok === true ? kwokStages() : options.kwok;
    const child = start('kwok', kwokFlags(admin, kwok, stages));
    waits.push(child.ready(() => answers(`http://127.0.0.1:${kwok}/healthz`)));
  }
  await Promise.all(waits);
  return cluster;
};

const etcdFlags = (folder: string, client: number, peer: number, options: ClusterOptions): readonly string[] => [
  '--name=e1',
  `--data-dir=${path.join(folder, 'etcd')}`,
  '--unsafe-no-fsync',
  `--listen-client-urls=http://127.0.0.1:${client}`,
  `--advertise-client-urls=http://127.0.0.1:${client}`,
  `--listen-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
  `--initial-cluster=e1=http://127.0.0.1:${peer}`,
  '--log-level=warn',
  ...(options.etcdFlags ?? []),
];

const apiServerFlags = (
  folder: string,
  pki: Pki,
  etcd: string,
  port: number,
  options: ClusterOptions,
): readonly string[] => [
  `--etcd-servers=${etcd}`,
  '--bind-address=127.0.0.1',
  '--advertise-address=127.0.0.1',
  `--secure-port=${port}`,
  `--tls-cert-file=${pki.serverCert}`,
  `--tls-private-key-file=${pki.serverKey}`,
  `--client-ca-file=${pki.caCert}`,
  '--service-cluster-ip-range=10.0.0.0/24',
  '--authorization-mode=Node,RBAC',
  `--token-auth-file=${path.join(folder, 'tokens.csv')}`,
  `--service-account-key-file=${pki.signingPublicKey}`,
  `--service-account-signing-key-file=${pki.signingKey}`,
  '--service-account-issuer=https://kubernetes.default.svc',
  '--endpoint-reconciler-type=none',
  '--allow-privileged=true',
  ...(options.controllers === true ? [] : ['--disable-admission-plugins=ServiceAccount']),
  ...(options.apiServerFlags ?? []),
];

const kwokFlags = (kubeconfigFile: string, port: number, stages: readonly string[]): readonly string[] => [
  `--kubeconfig=${kubeconfigFile}`,
  '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
  `--server-address=127.0.0.1:${port}`,
  '--node-ip=127.0.0.1',
  `--node-port=${port}`,
  '--node-lease-duration-seconds=40',
  ...stages.flatMap((stage) => ['-c', stage]),
];

/** The stage files that setup took from kwok's own module: nodes become ready, pods run, complete and go at once. */
export const kwokStages = (): readonly string[] => {
  const folder = path.join(cacheFolder(), 'kwok-stages');
  return readdirSync(folder).map((file) => path.join(folder, file));
};

const kubeconfig = (server: string, caCert: string, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': caCert } }],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'user' } }],
    'current-context': 'test',
  });

// The controllers' own health pages have certificates that they made for themselves.
const UNCHECKED = { rejectUnauthorized: false };

/** True when a GET is answered with 200 within 2 s. */
const answers = (url: string, tls: https.AgentOptions = {}, token?: string): Promise<boolean> =>
  new Promise((resolve) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const options = { ...tls, headers, agent: false as const, timeout: 2_000 };
    const request = (url.startsWith('https:') ? https : http).get(url, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });

const runProgram = (
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { stdin, limitMs = 60_000 }: RunOptions = {},
): Promise<Ran> =>
  new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, timeout: limitMs, maxBuffer: 256 * 1024 * 1024 };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
    child.stdin?.end(stdin ?? '');
  });

/** The last started goes first. */
const discard = async (folder: string, children: readonly Child[]): Promise<void> => {
  await Promise.all(children.toReversed().map((child) => child.kill()));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
};
