/** Logs and commands of pods: what the API server checks and cuts; what the containers say is the kubelet's matter. */
import { digList, digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { kubeFault } from '../../core/model/kube-status.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ExecOptions, ExecOutput, LogOptions } from '../../core/ports/kube-api.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import { type Answer, badRequest, done, internalError } from './status.ts';
import type { ContainerHost } from './world.ts';

/** The container that is meant, which may be left out where there is one. */
export const containerOf = (pod: KubeObject, asked: string | undefined): Answer<string> => {
  const containers = digList(pod, 'spec', 'containers').flatMap((one) => digText(one, 'name') ?? []);
  const inits = digList(pod, 'spec', 'initContainers').flatMap((one) => digText(one, 'name') ?? []);
  const { name } = pod.metadata;
  if (asked === undefined) {
    const [only, ...more] = containers;
    return only !== undefined && more.length === 0
      ? done(only)
      : badRequest(`a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]`);
  }
  return containers.includes(asked) || inits.includes(asked)
    ? done(asked)
    : badRequest(`container ${asked} is not valid for pod ${name}`);
};

export const readLog = (host: ContainerHost | undefined, pod: KubeObject, options: LogOptions): Answer<string> => {
  const container = containerOf(pod, options.container);
  if (!container.ok) return container;
  if (host === undefined) return internalError(`no kubelet answers for pod ${pod.metadata.name}`);
  const text = host.log(pod, container.value, options.previous === true);
  if (text === undefined)
    return badRequest(
      options.previous === true
        ? `previous terminated container "${container.value}" in pod "${pod.metadata.name}" not found`
        : `container "${container.value}" in pod "${pod.metadata.name}" is waiting to start`,
    );
  return done(cutLog(text, options));
};

const cutLog = (text: string, { tailLines, limitBytes }: LogOptions): string => {
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : text.split('\n');
  const tail =
    tailLines === undefined
      ? text
      : lines
          .slice(Math.max(0, lines.length - tailLines))
          .map((line) => `${line}\n`)
          .join('');
  return limitBytes === undefined ? tail : tail.slice(0, limitBytes);
};

export interface CommandCall {
  readonly pod: KubeObject;
  readonly container: string;
  readonly command: readonly string[];
  readonly options: ExecOptions;
}

export const runCommand = async (
  host: ContainerHost,
  clock: Clock,
  { pod, container, command, options }: CommandCall,
): Promise<KubeResult<ExecOutput>> => {
  const answer = host.exec(pod, container, command);
  if ('hangsAfter' in answer) {
    await clock.sleep(options.timeoutMs, options.signal);
    const what = `${command.join(' ')} in container ${container} of Pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
    return {
      ok: false,
      fault: kubeFault(
        'kube-exec-timeout',
        `"${what}" did not end within ${options.timeoutMs} ms; look into the container, or allow more time.`,
      ),
    };
  }
  const { stdout = '', stderr = '', exitCode } = answer;
  const truncated = stdout.length > options.maxBytes || stderr.length > options.maxBytes;
  return {
    ok: true,
    value: {
      stdout: stdout.slice(0, options.maxBytes),
      stderr: stderr.slice(0, options.maxBytes),
      exitCode,
      truncated,
    },
  };
};
