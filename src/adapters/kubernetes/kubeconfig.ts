/**
 * Finds out which API server is meant and how to log in there, from kubeconfig files or from the pod we run in.
 * It merges files as kubectl does (of two entries with one name the first file's wins) and makes paths absolute.
 * How the log-in is carried out is left to connection.ts.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { digFlag, digList, digMap, digText, isMap } from '../../core/model/dig.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { readYaml } from '../dump/read-yaml.ts';

export interface LoginOptions {
  /** --kubeconfig: this one file in place of KUBECONFIG and ~/.kube/config. */
  readonly kubeconfig?: string;
  /** --context: in place of the file's current-context. */
  readonly context?: string;
  /** The process's environment: KUBECONFIG, HOME, proxies, in-cluster addresses. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Entry = Readonly<Record<string, unknown>>;

/** One cluster and one user, with absolute paths, as kubeconfig spells them. */
export interface Login {
  /** `context dgx`, `the pod's ServiceAccount`. */
  readonly source: string;
  readonly server: string;
  /** The context's namespace, or the pod's own. */
  readonly namespace: string;
  readonly cluster: Entry;
  readonly user: Entry;
  /** Where the user's entry stands, for what must be written back to it; absent in a pod. */
  readonly userEntry?: { readonly file: string; readonly name: string };
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export const findLogin = (options: LoginOptions): Result<Login> => {
  const files = kubeconfigFiles(options);
  if (files.length === 0 && options.context === undefined) {
    const inside = podLogin(options.env, SERVICE_ACCOUNT);
    if (inside !== undefined) return ok(inside);
  }
  if (files.length === 0)
    return fail(
      'input-no-kubeconfig',
      'No kubeconfig was found (KUBECONFIG, ~/.kube/config), and this is no pod of a cluster; name one with --kubeconfig.',
    );
  const read: KubeconfigFile[] = [];
  for (const file of files) {
    const one = readKubeconfig(file);
    if (!one.ok) return one;
    read.push(one.value);
  }
  return loginOf(read, options.context);
};

const kubeconfigFiles = ({ kubeconfig, env }: LoginOptions): readonly string[] => {
  if (kubeconfig !== undefined) return [path.resolve(kubeconfig)];
  const listed = (env['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');
  const home = env['HOME'] ?? env['USERPROFILE'];
  const candidates = listed.length > 0 ? listed : home === undefined ? [] : [path.join(home, '.kube/config')];
  return candidates.map((file) => path.resolve(file)).filter((file) => existsSync(file));
};

interface KubeconfigFile {
  readonly file: string;
  readonly content: Entry;
}

const readKubeconfig = (file: string): Result<KubeconfigFile> => {
  try {
    const content = readYaml(readFileSync(file, 'utf8'))[0] ?? {};
    if (isMap(content)) return ok({ file, content });
    return fail('input-kubeconfig-unreadable', `${file} is no kubeconfig: its content is not a map.`);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return fail('input-kubeconfig-unreadable', `The kubeconfig ${file} cannot be read: ${why}.`);
  }
};

const loginOf = (files: readonly KubeconfigFile[], wanted: string | undefined): Result<Login> => {
  const where = files.map(({ file }) => file).join(', ');
  const current = files.map(({ content }) => digText(content, 'current-context') ?? '').find((name) => name !== '');
  const name = wanted ?? current;
  if (name === undefined)
    return fail(
      'input-no-context',
      `${where} has no current-context; name one with --context (${contextNames(files)}).`,
    );
  const context = entryOf(files, 'contexts', 'context', name)?.entry;
  if (context === undefined)
    return fail('input-no-context', `${where} has no context "${name}"; it has ${contextNames(files)}.`);
  const clusterName = digText(context, 'cluster') ?? '';
  const cluster = entryOf(files, 'clusters', 'cluster', clusterName)?.entry;
  const server = digText(cluster, 'server');
  if (cluster === undefined || server === undefined || !URL.canParse(server))
    return fail(
      'input-bad-context',
      `Context "${name}" of ${where} names the cluster "${clusterName}", which has no usable server there.`,
    );
  const userName = digText(context, 'user') ?? '';
  const user = entryOf(files, 'users', 'user', userName);
  if (user === undefined && userName !== '')
    return fail('input-bad-context', `Context "${name}" of ${where} names the user "${userName}", and there is none.`);
  return ok({
    source: `context ${name}`,
    server: server.replace(/\/+$/, ''),
    namespace: digText(context, 'namespace') ?? 'default',
    cluster,
    user: user?.entry ?? {},
    ...(user !== undefined && { userEntry: { file: user.file, name: userName } }),
  });
};

const contextNames = (files: readonly KubeconfigFile[]): string => {
  const names = files.flatMap(({ content }) =>
    digList(content, 'contexts').map((entry) => digText(entry, 'name') ?? ''),
  );
  return names.length === 0 ? 'no contexts at all' : [...new Set(names)].join(', ');
};

/** The named entry of the first file that has it. */
const entryOf = (
  files: readonly KubeconfigFile[],
  list: string,
  key: string,
  name: string,
): { readonly file: string; readonly entry: Entry } | undefined => {
  for (const { file, content } of files) {
    const found = digList(content, list).find((one) => digText(one, 'name') === name);
    if (found !== undefined) return { file, entry: withAbsolutePaths(digMap(found, key), path.dirname(file)) };
  }
  return undefined;
};

const PATH_KEYS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

const withAbsolutePaths = (entry: Entry, folder: string): Entry => {
  const absolute: Record<string, unknown> = { ...entry };
  for (const key of PATH_KEYS) {
    const value = digText(entry, key);
    if (value !== undefined && value !== '') absolute[key] = path.resolve(folder, value);
  }
  const command = digText(entry, 'exec', 'command');
  // As kubectl has it: a bare name is looked up on the PATH, one with a slash is meant relative to the file.
  if (command?.includes('/') === true)
    absolute['exec'] = { ...digMap(entry, 'exec'), command: path.resolve(folder, command) };
  return absolute;
};

/** The identity that a pod finds mounted. `root` is a parameter for tests. */
export const podLogin = (env: LoginOptions['env'], root: string): Login | undefined => {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  const tokenFile = path.join(root, 'token');
  if (host === undefined || port === undefined || !existsSync(tokenFile)) return undefined;
  const namespaceFile = path.join(root, 'namespace');
  return {
    source: "the pod's ServiceAccount",
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    namespace: existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : 'default',
    cluster: { 'certificate-authority': path.join(root, 'ca.crt') },
    user: { tokenFile },
  };
};

/** Whether the API server's certificate is left unchecked: worth a warning. */
export const isInsecure = ({ cluster }: Login): boolean => digFlag(cluster, 'insecure-skip-tls-verify') ?? false;
