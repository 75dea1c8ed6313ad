/**
 * A kubelet as far as the API server asks one: logs and exec of pods that "run" there. It runs nothing; a test says
 * what each pod answers. kube-apiserver 1.36 hands a WebSocket straight to a node that declares
 * ExtendWebSocketsToKubelet, so that no SPDY is needed here.
 */
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { NODES, PODS } from '../../src/core/model/kube-resource.ts';
import type { KubeObject } from '../../src/core/model/kube-object.ts';
import type { KubeApi } from '../../src/core/ports/kube-api.ts';
import { type ContainerAnswers, good } from '../../src/testing/contracts/kube-api/world.ts';
import type { Pki } from './pki.ts';

export interface KubeletStub {
  readonly port: number;
  /** Makes a node of this name that the stub answers for. Labels, annotations and allocatable as given. */
  readonly addNode: (api: KubeApi, name: string, node?: Partial<KubeObject>) => Promise<void>;
  /** Makes the pod on a node of the stub, running and ready. */
  readonly startPod: (api: KubeApi, node: string, pod: KubeObject, answers: ContainerAnswers) => Promise<void>;
  /** Every exec that was asked for, in order: `namespace/pod/container: command ...`. */
  readonly execs: readonly string[];
  readonly stop: () => Promise<void>;
}

const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

/** `anyPod`: what pods answer that the test did not start itself, such as those of a DaemonSet. */
export const startKubeletStub = async (pki: Pki, anyPod?: ContainerAnswers): Promise<KubeletStub> => {
  const pods = new Map<string, ContainerAnswers>();
  const execs: string[] = [];
  const server = https.createServer({ key: readFileSync(pki.serverKey), cert: readFileSync(pki.serverCert) });
  server.on('request', (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://stub');
    const [, what, namespace, pod, container = ''] = pathname.split('/');
    const answers = pods.get(`${namespace}/${pod}`);
    const logs = searchParams.get('previous') === 'true' ? answers?.previousLogs : answers?.logs;
    const text = what === 'containerLogs' ? logs?.[container] : undefined;
    response.writeHead(text === undefined ? 400 : 200, { 'content-type': 'text/plain' });
    response.end(
      text === undefined ? `container "${container}" in pod "${pod}" has no such log` : cut(text, searchParams),
    );
  });
  const sockets = new WebSocketServer({
    server,
    handleProtocols: (offered) => (offered.has('v5.channel.k8s.io') ? 'v5.channel.k8s.io' : false),
  });
  sockets.on('connection', (socket: WebSocket, request) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://stub');
    const [, , namespace, pod, container] = pathname.split('/');
    const command = searchParams.getAll('command');
    execs.push(`${namespace}/${pod}/${container}: ${command.join(' ')}`);
    const answers = pods.get(`${namespace}/${pod}`) ?? anyPod;
    answerExec(socket, answers?.exec(command) ?? { stderr: 'no such pod', exitCode: 127 });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    port,
    execs,
    addNode: async (api, name, node = {}) => {
      const draft = { ...node, apiVersion: 'v1', kind: 'Node', metadata: { ...node.metadata, name } };
      const made = good(await api.create(NODES, draft));
      const status = {
        ...(node['status'] as object | undefined),
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: port } },
        declaredFeatures: ['ExtendWebSocketsToKubelet'],
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
      };
      good(await api.update(NODES, { ...made, status }, { subresource: 'status' }));
    },
    startPod: async (api, node, pod, answers) => {
      const { namespace = 'default', name } = pod.metadata;
      pods.set(`${namespace}/${name}`, answers);
      const spec = {
        ...(pod['spec'] as { readonly containers: readonly { readonly name: string }[] }),
        nodeName: node,
      };
      good(await api.create(PODS, { ...pod, spec }));
      const containerStatuses = spec.containers.map((container) => ({
        name: container.name,
        image: 'example.com/x:1',
        imageID: 'x',
        ready: true,
        restartCount: 0,
        state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
      }));
      const body = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses } };
      good(await api.patch(PODS, { namespace, name }, { type: 'merge', body }, { subresource: 'status' }));
    },
    stop: async () => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

/** As the kubelet cuts: the last lines first, then the bytes. */
const cut = (text: string, query: URLSearchParams): string => {
  const tail = query.get('tailLines');
  const limit = query.get('limitBytes');
  const lines =
    tail === null
      ? text
      : text
          .split(/(?<=\n)/)
          .slice(-Number(tail))
          .join('');
  return limit === null ? lines : lines.slice(0, Number(limit));
};

const answerExec = (socket: WebSocket, answer: ReturnType<ContainerAnswers['exec']>): void => {
  const send = (channel: number, text: string): void =>
    socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
  if ('hangsAfter' in answer) {
    send(STDOUT, answer.hangsAfter);
    return;
  }
  if (answer.stdout !== undefined) send(STDOUT, answer.stdout);
  if (answer.stderr !== undefined) send(STDERR, answer.stderr);
  const failure = {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: exit status ${answer.exitCode}`,
    details: { causes: [{ reason: 'ExitCode', message: String(answer.exitCode) }] },
  };
  send(STATUS, JSON.stringify({ metadata: {}, ...(answer.exitCode === 0 ? { status: 'Success' } : failure) }));
  socket.close(1000);
};
