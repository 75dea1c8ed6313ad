/** Finds what is needed to speak to the BMC of a node: the user's file, the node's annotations, the Secret, metal3's host. */
import { digTexts } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { BARE_METAL_HOSTS, SECRETS } from '../../core/model/kube-resource.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import type { ReadYaml } from '../../core/ports/read-yaml.ts';
import {
  annotatedBmc,
  BMC_ANNOTATION,
  BMC_SECRET,
  completeEntry,
  entryOf,
  metalHostOf,
  type BmcEntry,
  type BmcEntryFields,
} from '../../core/power/bmc-entry.ts';
import { fail, ok, type Result } from '../../core/result.ts';

/** Where Nicwright keeps its own objects. */
export const HOME_NAMESPACE = 'nicwright-system';

export interface BmcSources {
  /** A file of the user: node -> entry. */
  readonly file?: { readonly path: string; readonly map: Readonly<Record<string, unknown>> };
  readonly cluster?: { readonly api: KubeApi; readonly readYaml: ReadYaml };
}

export interface FoundBmc {
  readonly entry: BmcEntry;
  /** metal3's host of the node, whose controller may switch power too. */
  readonly metalHost?: KubeObject;
}

type Fields = Readonly<Record<string, string>>;

/** Decoded data of a Secret; undefined when there is none. Its values are never part of a message. */
const readSecret = async (api: KubeApi, namespace: string, name: string): Promise<Result<Fields | undefined>> => {
  const secret = await api.get(SECRETS, { namespace, name });
  if (!secret.ok) return secret.fault.code === 'kube-not-found' ? ok(undefined) : secret;
  const data = Object.entries(digTexts(secret.value, 'data')).map(([key, value]) => [
    key,
    Buffer.from(value, 'base64').toString('utf8'),
  ]);
  return ok(Object.fromEntries(data) as Fields);
};

/** Each key of the Secret is a node, or `default`; each value is a map in YAML or JSON. */
const secretMap = (fields: Fields, readYaml: ReadYaml, source: string): Result<Readonly<Record<string, unknown>>> => {
  const map: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(fields))
    try {
      [map[key]] = readYaml(text);
    } catch {
      return fail('bmc-entry', `${source}: the value of ${key} is neither YAML nor JSON.`);
    }
  return ok(map);
};

const account = (fields: Fields): Pick<BmcEntryFields, 'username' | 'password'> => ({
  ...(fields['username'] === undefined ? {} : { username: fields['username'] }),
  ...(fields['password'] === undefined ? {} : { password: fields['password'] }),
});

const noAccount = (namespace: string, name: string): Result<never> =>
  fail(
    'bmc-entry',
    `There is no Secret ${namespace}/${name} with the account of the BMC; make it, with username and password.`,
  );

const fromCluster = async (
  node: KubeObject,
  { api, readYaml }: NonNullable<BmcSources['cluster']>,
): Promise<Result<FoundBmc | undefined>> => {
  const { name } = node.metadata;
  const source = `Secret/${HOME_NAMESPACE}/${BMC_SECRET}`;
  const secret = await readSecret(api, HOME_NAMESPACE, BMC_SECRET);
  if (!secret.ok) return secret;
  const map = secretMap(secret.value ?? {}, readYaml, source);
  if (!map.ok) return map;
  const hosts = await api.list(BARE_METAL_HOSTS);
  // Not allowed to look is not the same as no metal3: it could own the power.
  if (!hosts.ok && hosts.fault.code !== 'kube-kind-absent') return hosts;
  const metal = metalHostOf(node, hosts.ok ? hosts.value.items : []);
  if (!metal.ok) return metal;
  const beside = metal.value === undefined ? {} : { metalHost: metal.value.host };
  const complete = (fields: BmcEntryFields, from: string): Result<FoundBmc> => {
    const entry = completeEntry(name, fields, from);
    return entry.ok ? ok({ entry: entry.value, ...beside }) : entry;
  };

  const own = entryOf(name, map.value, source);
  if (!own.ok) return own;
  if (own.value !== undefined) return complete(own.value, source);

  const annotated = annotatedBmc(node);
  if (annotated !== undefined) {
    const from = `annotation ${BMC_ANNOTATION} of Node/${name}`;
    if (annotated.account === undefined) {
      const preset = entryOf(name, { [name]: {}, default: map.value['default'] }, source);
      return preset.ok ? complete({ ...preset.value, address: annotated.address }, from) : preset;
    }
    const login = await readSecret(api, HOME_NAMESPACE, annotated.account);
    if (!login.ok) return login;
    if (login.value === undefined) return noAccount(HOME_NAMESPACE, annotated.account);
    return complete({ ...account(login.value), address: annotated.address }, from);
  }

  if (metal.value === undefined) return ok(undefined);
  const { host, address, credentials, serial } = metal.value;
  const namespace = host.metadata.namespace ?? 'default';
  const login = await readSecret(api, namespace, credentials);
  if (!login.ok) return login;
  if (login.value === undefined) return noAccount(namespace, credentials);
  return complete(
    { ...account(login.value), address, ...(serial === undefined ? {} : { serial }) },
    `BareMetalHost/${namespace}/${host.metadata.name}`,
  );
};

/** Faults: an entry that is not complete, a Secret that may not be read, and no entry anywhere. */
export const findBmcEntry = async (
  name: string,
  node: KubeObject | undefined,
  { file, cluster }: BmcSources,
): Promise<Result<FoundBmc>> => {
  if (file !== undefined) {
    const own = entryOf(name, file.map, file.path);
    if (!own.ok) return own;
    if (own.value !== undefined) {
      const entry = completeEntry(name, own.value, file.path);
      return entry.ok ? ok({ entry: entry.value }) : entry;
    }
  }
  if (cluster !== undefined && node !== undefined) {
    const found = await fromCluster(node, cluster);
    if (!found.ok) return found;
    if (found.value !== undefined) return ok(found.value);
  }
  return fail(
    'bmc-unknown',
    `No BMC is known for ${name}; name it in the Secret ${HOME_NAMESPACE}/${BMC_SECRET}, by the annotation ${BMC_ANNOTATION}, or in a file (--bmc FILE).`,
  );
};
