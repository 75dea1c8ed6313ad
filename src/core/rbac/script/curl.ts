/** curl and wget calls of the API server by hand, told by the host they name. Other hosts are no matter of RBAC. */
import { readPath } from './api-path.ts';
import { OWN } from './kubectl/identity.ts';
import { note } from './kubectl/run-kubectl.ts';
import { certain } from './scope.ts';
import { statusOf, write } from './shell-run.ts';
import type { Run } from './shell-run.ts';
import { concat, isUnknown, literal, showText, unknown } from './shell-value.ts';
import type { Value } from './shell-value.ts';
import { commandAtom } from './wording.ts';

const HOST = /^https?:\/\/(?:kubernetes(?:\.default(?:\.svc(?:\.cluster\.local)?)?)?|10\.96\.0\.1)(?::\d+)?(?=\/|$|\?)/;
const PROXY = /^http:\/\/(?:localhost|127\.0\.0\.1):8001(?=\/|$|\?)/;

/** Variables that hold the server's address in pods and in the scripts of the documentation. */
const HOST_VARIABLE =
  /^(?:KUBERNETES_SERVICE_HOST|KUBERNETES_PORT_443_TCP_ADDR|APISERVER|API_SERVER|KUBE_API|KUBERNETES_API|KUBE_APISERVER|K8S_API)$/i;

const VALUE_FLAGS = new Set([
  '-H',
  '--header',
  '-d',
  '--data',
  '--data-binary',
  '--data-raw',
  '-o',
  '--output',
  '--cacert',
  '--cert',
  '--key',
  '-m',
  '--max-time',
  '--connect-timeout',
  '--retry',
  '--retry-delay',
  '-w',
  '--write-out',
  '-u',
  '--user',
  '-A',
  '-b',
  '-e',
  '-T',
  '--upload-file',
  '--resolve',
  '-O',
  '--header=',
]);

/** The path of a URL of the API server; undefined for any other URL. */
const apiPath = (url: Value): Value | undefined => {
  const [head, ...rest] = url;
  if (typeof head === 'string') {
    const match = HOST.exec(head) ?? PROXY.exec(head);
    if (match !== null) return concat([head.slice(match[0].length)], rest);
    if (!/^https?:\/\/\[?$/.test(head)) return undefined;
  }
  const host = typeof head === 'string' ? rest : url;
  const [piece, ...after] = host;
  if (piece === undefined || !isUnknown(piece) || !HOST_VARIABLE.test(piece.text)) return undefined;
  // The port may be a variable too, and may be missing: the path begins at the first slash.
  const at = after.findIndex((one) => typeof one === 'string' && one.includes('/'));
  const found = after[at];
  return typeof found === 'string' ? concat([found.slice(found.indexOf('/'))], after.slice(at + 1)) : undefined;
};

export const runCurl = (run: Run, program: string, args: readonly Value[], words: readonly Value[]): boolean => {
  if (program !== 'curl' && program !== 'wget') return false;
  let method: string | undefined;
  let sends = false;
  const urls: Value[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? [];
    const known = literal(arg) ?? '';
    if (/^(?:-X|--request)$/.test(known)) {
      at += 1;
      method = literal(args[at] ?? []) ?? method;
    } else if (/^-X./.test(known)) method = known.slice(2);
    else if (/^--(?:request|method)=/.test(known)) method = known.slice(known.indexOf('=') + 1);
    else if (/^(?:-d|--data|--data-binary|--data-raw|--post-data|--post-file)/.test(known)) {
      sends = true;
      if (VALUE_FLAGS.has(known)) at += 1;
    } else if (VALUE_FLAGS.has(known)) at += 1;
    else if (!known.startsWith('-')) urls.push(arg);
  }
  const call = words.map(showText).join(' ');
  for (const url of urls) {
    const path = apiPath(url);
    if (path === undefined) continue;
    const request = readPath((method ?? (sends ? 'POST' : 'GET')).toUpperCase(), path);
    if (request !== undefined) note(run, [{ request }], { call, identity: OWN });
    else if (run.reached)
      run.recorder.unresolved({
        line: run.line,
        text: call,
        because: 'the path of the API is known only at run time',
      });
  }
  write(run, certain([unknown(`${run.source.name}:${run.line}:${program}`, `$(${program})`)]));
  run.status = statusOf(commandAtom(`${run.line} ${call}`, call));
  return true;
};
