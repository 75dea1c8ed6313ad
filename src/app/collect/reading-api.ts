/**
 * A cluster that is only read, and says before each request what a person would type for it: a collector that runs on
 * somebody's cluster must be watched as it goes.
 */
import { resourceName, type KubeResource } from '../../core/model/kube-resource.ts';
import type {
  AccessAttributes,
  ExecOptions,
  KubeApi,
  ListOptions,
  LogOptions,
  ObjectKey,
} from '../../core/ports/kube-api.ts';

const SAFE = /^[\w./:=@%+,-]+$/;

const quote = (word: string): string => (SAFE.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`);

const line = (...words: readonly (string | false | undefined)[]): string =>
  words.filter((word) => word !== false && word !== undefined && word !== '').join(' ');

const inNamespace = (namespace: string | undefined): string =>
  namespace === undefined ? '' : `-n ${quote(namespace)}`;

export const listLine = (kind: KubeResource, { namespace, labelSelector, fieldSelector }: ListOptions = {}): string =>
  line(
    'kubectl get',
    resourceName(kind),
    kind.namespaced && (namespace === undefined ? '-A' : inNamespace(namespace)),
    labelSelector !== undefined && `-l ${quote(labelSelector)}`,
    fieldSelector !== undefined && `--field-selector ${quote(fieldSelector)}`,
    '-o json',
  );

const getLine = (kind: KubeResource, { name, namespace }: ObjectKey): string =>
  line('kubectl get', resourceName(kind), inNamespace(namespace), quote(name), '-o json');

const logLine = ({ name, namespace }: Required<ObjectKey>, options: LogOptions = {}): string =>
  line(
    'kubectl logs',
    inNamespace(namespace),
    quote(name),
    options.container !== undefined && `-c ${quote(options.container)}`,
    options.previous === true && '--previous',
    options.tailLines !== undefined && `--tail=${options.tailLines}`,
  );

const execLine = (
  { name, namespace }: Required<ObjectKey>,
  command: readonly string[],
  { container }: ExecOptions,
): string =>
  line(
    'kubectl exec',
    inNamespace(namespace),
    quote(name),
    container !== undefined && `-c ${quote(container)}`,
    '--',
    command.map(quote).join(' '),
  );

const accessLine = (attributes: AccessAttributes): string =>
  'path' in attributes
    ? line('kubectl auth can-i', attributes.verb, quote(attributes.path))
    : line(
        'kubectl auth can-i',
        attributes.verb,
        `${resourceName({ group: attributes.group, plural: attributes.resource })}`,
        attributes.subresource !== undefined && `--subresource=${attributes.subresource}`,
        inNamespace(attributes.namespace),
      );

const refuses = (verb: string) => (): never => {
  throw new Error(`a collector that only reads was asked to ${verb}`);
};

/** `say` gets one line before each request, and nothing for further pages of a list. */
export const readingApi = (api: KubeApi, say: (command: string) => void): KubeApi => {
  const first = <T>(command: string, call: () => T): T => {
    say(command);
    return call();
  };
  return {
    where: api.where,
    version: (options) => first('kubectl version', () => api.version(options)),
    discover: (options) => first('kubectl api-resources', () => api.discover(options)),
    get: (kind, key, options) => first(getLine(kind, key), () => api.get(kind, key, options)),
    list: (kind, options) =>
      options?.continue === undefined
        ? first(listLine(kind, options), () => api.list(kind, options))
        : api.list(kind, options),
    canI: (attributes, options) => first(accessLine(attributes), () => api.canI(attributes, options)),
    whoAmI: (options) => first('kubectl auth whoami', () => api.whoAmI(options)),
    logs: (pod, options) => first(logLine(pod, options), () => api.logs(pod, options)),
    exec: (pod, command, options) => first(execLine(pod, command, options), () => api.exec(pod, command, options)),
    watch: refuses('watch'),
    create: refuses('create'),
    update: refuses('update'),
    apply: refuses('apply'),
    patch: refuses('patch'),
    delete: refuses('delete'),
    evict: refuses('evict'),
    can: refuses('ask about others'),
  };
};
