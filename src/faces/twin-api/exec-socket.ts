/**
 * `kubectl exec`: a command in a container over WebSocket channels (k8s.io/apimachinery pkg/util/remotecommand). Refusals that
 * are known at once are answered as plain HTTP, before the protocol is switched; later ones by a Status on its channel.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecOptions, ExecOutput } from '../../core/ports/kube-api.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import { type ApiAnswer, faultAnswer, statusAnswer, statusObject } from './answer.ts';
import { type ApiRequest, namespacedKeyOf } from './api-request.ts';
import { isTrue, type ResourceInfo, resourceInfo } from './request-info.ts';
import { saidBy } from '../../twin/world/caller-verbs.ts';
import { badRequest, kindAbsent } from '../../twin/world/status.ts';
import { acceptWebSocket, offeredProtocols, type ServerSocket } from './websocket-server.ts';

const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** A command's output is kept whole until it ends. */
const LARGEST_OUTPUT = 16 * 1024 * 1024;
/** A command that never ends is the client's to leave. */
const NO_LIMIT_MS = Number.MAX_SAFE_INTEGER;

/** Undefined when the socket was taken over; else what to answer in its place. */
export const execSocket = async (
  request: ApiRequest,
  upgrade: IncomingMessage,
  socket: Duplex,
  gone: AbortController,
): Promise<ApiAnswer | undefined> => {
  const info = resourceInfo('GET', request.path, request.query);
  if (info?.subresource !== 'exec' || info.plural !== 'pods' || info.group !== '')
    return statusAnswer(kindAbsent().status);
  const protocol = offeredProtocols(upgrade).find((one) => PROTOCOLS.includes(one));
  if (protocol === undefined)
    return statusAnswer(badRequest(`the exec takes the protocols ${PROTOCOLS.join(', ')}`).status);
  const command = request.query.getAll('command');
  if (command.length === 0)
    return statusAnswer(badRequest('you must specify at least one command for the container').status);
  const running = run(request, info, command);
  const early = await Promise.race([running, soon()]);
  if (early !== undefined && !early.ok) return faultAnswer(early.fault);
  const channels = acceptWebSocket(upgrade, socket, protocol, () => gone.abort(new Error('the client is gone')));
  finish(channels, request.query, running);
  return undefined;
};

const run = async (
  { api, query, signal }: ApiRequest,
  info: ResourceInfo,
  command: readonly string[],
): Promise<KubeResult<ExecOutput>> => {
  const container = query.get('container') ?? '';
  const options: ExecOptions = {
    ...(container !== '' && { container }),
    timeoutMs: NO_LIMIT_MS,
    maxBytes: LARGEST_OUTPUT,
    signal,
  };
  return api.exec(namespacedKeyOf(info), command, options);
};

/** Whoever may not, or names what is not there, hears it within this turn; else something takes time. */
const soon = (): Promise<undefined> => new Promise((done) => setImmediate(() => done(undefined)));

const finish = (channels: ServerSocket, query: URLSearchParams, running: Promise<KubeResult<ExecOutput>>): void => {
  running.then(
    (ended) => {
      if (ended.ok) sendOutput(channels, query, ended.value);
      send(channels, STATUS, JSON.stringify(ended.ok ? statusOf(ended.value.exitCode) : failureOf(ended)));
      channels.close(1000);
    },
    // The client left in the middle of it.
    () => channels.close(1001),
  );
};

const sendOutput = (channels: ServerSocket, query: URLSearchParams, { stdout, stderr }: ExecOutput): void => {
  // A terminal has one stream.
  const errors = isTrue(query.get('tty')) ? STDOUT : STDERR;
  if (isTrue(query.get('stdout')) && stdout !== '') send(channels, STDOUT, stdout);
  if ((isTrue(query.get('stderr')) || errors === STDOUT) && stderr !== '') send(channels, errors, stderr);
};

const send = (channels: ServerSocket, channel: number, text: string): void =>
  channels.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));

const statusOf = (exitCode: number): object =>
  exitCode === 0
    ? { metadata: {}, status: 'Success' }
    : {
        metadata: {},
        status: 'Failure',
        message: `command terminated with non-zero exit code: exit status ${exitCode}`,
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
      };

const failureOf = (ended: KubeResult<ExecOutput> & { readonly ok: false }): object => {
  const said = saidBy(ended.fault);
  return said === undefined
    ? { metadata: {}, status: 'Failure', message: ended.fault.message, reason: 'InternalError', code: 500 }
    : statusObject(said);
};
