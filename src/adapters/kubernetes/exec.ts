/** Runs a command in a container over WebSocket channels (v5.channel.k8s.io): bounded in time and size, no stdin. */
import { digList, digNumber, digText } from '../../core/model/dig.ts';
import { objectWords, PODS } from '../../core/model/kube-resource.ts';
import { type Asked, faultOfStatus, kubeFault } from '../../core/model/kube-status.ts';
import type { ExecOptions, ExecOutput, ObjectKey } from '../../core/ports/kube-api.ts';
import type { KubeFault, KubeResult } from '../../core/ports/kube-fault.ts';
import type { Connection, OpenSocket } from './connection.ts';
import { brokenAnswer, faultOfError } from './fault-of.ts';
import { objectPath, queryOf } from './paths.ts';
import { readMessages } from './websocket-frames.ts';

const STDOUT = 1;
const STDERR = 2;
/** A Status: Success, or Failure with the exit code among its causes. */
const STATUS = 3;

export const execInPod = async (
  connection: Connection,
  pod: Required<ObjectKey>,
  command: readonly string[],
  options: ExecOptions,
): Promise<KubeResult<ExecOutput>> => {
  const asked: Asked = { what: `exec in ${objectWords(PODS, pod)}: ${command.join(' ')}`, where: connection.where };
  const query = queryOf({ container: options.container, command, stdout: true, stderr: true });
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error('time limit')), options.timeoutMs);
  const giveUp = (): void => limit.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', giveUp);
  try {
    const opened = await connection.webSocket(
      { what: asked.what, path: objectPath(PODS, pod, 'exec') + query, signal: limit.signal },
      'v5.channel.k8s.io',
    );
    if (!opened.ok) return opened;
    limit.signal.addEventListener('abort', () => opened.value.socket.destroy(limit.signal.reason as Error), {
      once: true,
    });
    return await readOutput(opened.value, options.maxBytes, asked);
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    if (limit.signal.aborted) return { ok: false, fault: timeoutFault(asked, options.timeoutMs) };
    return { ok: false, fault: faultOfError(asked, error) };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', giveUp);
  }
};

const readOutput = async (
  { socket, head }: OpenSocket,
  maxBytes: number,
  asked: Asked,
): Promise<KubeResult<ExecOutput>> => {
  const kept: Record<number, Buffer[]> = { [STDOUT]: [], [STDERR]: [] };
  const left: Record<number, number> = { [STDOUT]: maxBytes, [STDERR]: maxBytes };
  let truncated = false;
  let status: unknown;
  try {
    for await (const { data } of readMessages(socket, head)) {
      const channel = data[0] ?? -1;
      const payload = data.subarray(1);
      if (channel === STATUS) {
        status = JSON.parse(payload.toString('utf8'));
        break;
      }
      const room = left[channel];
      if (room === undefined) continue;
      truncated ||= payload.length > room;
      kept[channel]?.push(payload.subarray(0, room));
      left[channel] = Math.max(0, room - payload.length);
    }
  } finally {
    socket.destroy();
  }
  if (status === undefined) return { ok: false, fault: brokenAnswer(asked, 'it ended without a status') };
  const exitCode = exitCodeOf(status);
  if (exitCode === undefined) return { ok: false, fault: faultOfStatus(asked, status) };
  const text = (channel: number): string => Buffer.concat(kept[channel] ?? []).toString('utf8');
  return { ok: true, value: { stdout: text(STDOUT), stderr: text(STDERR), exitCode, truncated } };
};

/** Undefined when the command never ran. */
const exitCodeOf = (status: unknown): number | undefined => {
  if (digText(status, 'status') === 'Success') return 0;
  if (digText(status, 'reason') !== 'NonZeroExitCode') return undefined;
  const cause = digList(status, 'details', 'causes').find((one) => digText(one, 'reason') === 'ExitCode');
  const code = Number(digText(cause, 'message') ?? digNumber(cause, 'message'));
  return Number.isInteger(code) ? code : undefined;
};

const timeoutFault = ({ what, where }: Asked, timeoutMs: number): KubeFault =>
  kubeFault('kube-exec-timeout', `"${what}" at ${where} did not end within ${timeoutMs / 1000} s and was given up.`);
