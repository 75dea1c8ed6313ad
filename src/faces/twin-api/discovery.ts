/**
 * Which kinds there are, as clients ask for it: group by group, or all at once (aggregated discovery, which kubectl of 1.26
 * and newer asks for first). The kinds are the world's; what is only asked and never stored stands in unstored-kinds.ts.
 */
import { digList, digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { apiVersionOf, CUSTOM_RESOURCE_DEFINITIONS } from '../../core/model/kube-resource.ts';
import { ResourceTypes } from '../../core/rbac/resource-types.ts';
import type { World } from '../../twin/world/world.ts';
import { SUBRESOURCES, UNSTORED_KINDS } from './unstored-kinds.ts';

/** A resource as discovery tells it. */
interface Told {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly ToldSubresource[];
  readonly preferred: boolean;
  readonly isCustom: boolean;
}

interface ToldSubresource {
  readonly name: string;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

const IN_ALL: ReadonlySet<string> = new Set(
  new ResourceTypes().inAll().map(({ group, plural }) => `${plural}.${group}`),
);

/** The server's own groups come first, in the order in which it ranks them; then those of definitions. */
const toldKinds = (world: World): readonly Told[] => {
  const stored = world.served().map((kind): Told => {
    const names = kind.rules.isCustom ? definitionOf(world, kind.group, kind.plural) : undefined;
    return {
      ...kind,
      singular: digText(names, 'spec', 'names', 'singular') ?? kind.kind.toLowerCase(),
      // The server deletes namespaces one by one.
      verbs: kind.plural === 'namespaces' ? kind.verbs.filter((verb) => verb !== 'deletecollection') : kind.verbs,
      categories: names === undefined ? builtInCategories(kind) : texts(digList(names, 'spec', 'names', 'categories')),
      subresources: kind.subresources.map((name) => ({ name, ...subresourceOf(name, kind.kind) })),
      isCustom: kind.rules.isCustom,
    };
  });
  const unstored = UNSTORED_KINDS.map((kind): Told => ({
    ...kind,
    singular: kind.kind.toLowerCase(),
    categories: [],
    subresources: [],
    preferred: true,
    isCustom: false,
  }));
  return [...stored, ...unstored].toSorted((one, other) => (one.plural < other.plural ? -1 : 1));
};

const builtInCategories = ({ group, plural }: Pick<Told, 'group' | 'plural'>): readonly string[] => {
  if (IN_ALL.has(`${plural}.${group}`)) return ['all'];
  return API_EXTENSIONS.has(group) ? ['api-extensions'] : [];
};

const API_EXTENSIONS: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
]);

const texts = (list: readonly unknown[]): readonly string[] => list.filter((one) => typeof one === 'string');

const subresourceOf = (name: string, kind: string): Omit<ToldSubresource, 'name'> => {
  const facts = SUBRESOURCES[name];
  return {
    kind,
    verbs: ['get', 'patch', 'update'],
    ...facts,
    ...(name === 'proxy' && { kind: `${kind}ProxyOptions` }),
  };
};

const definitionOf = (world: World, group: string, plural: string): KubeObject | undefined =>
  world.actor('kube-apiserver').get(CUSTOM_RESOURCE_DEFINITIONS, { name: `${plural}.${group}` });

interface Group {
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly string[];
}

const groupsOf = (kinds: readonly Told[]): readonly Group[] => {
  const names = [...new Set(kinds.map(({ group }) => group))];
  const ranked = names.toSorted((one, other) => rankOf(kinds, one) - rankOf(kinds, other) || (one < other ? -1 : 1));
  return ranked.map((name) => {
    const own = kinds.filter(({ group }) => group === name);
    const versions = [...new Set([...own.filter(({ preferred }) => preferred), ...own].map(({ version }) => version))];
    return { name, versions };
  });
};

const rankOf = (kinds: readonly Told[], name: string): number =>
  kinds.some(({ group, isCustom }) => group === name && isCustom) ? 1 : 0;

/** `/api` and `/apis` in one answer each. `path` is one of the two. */
export const aggregatedDiscovery = (world: World, path: string, version: string): object => {
  const kinds = toldKinds(world);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groupsOf(kinds)
      .filter(({ name }) => (name === '') === (path === '/api'))
      .map(({ name, versions }) => ({
        metadata: name === '' ? {} : { name },
        versions: versions.map((one) => ({
          version: one,
          resources: kinds.filter((kind) => kind.group === name && kind.version === one).map(aggregatedResource),
          freshness: 'Current',
        })),
      })),
  };
};

const aggregatedResource = (told: Told): object => {
  const { plural, singular, kind, namespaced, verbs, shortNames, categories, subresources } = told;
  const home = told.isCustom ? { group: told.group, version: told.version } : { group: '', version: '' };
  return {
    resource: plural,
    responseKind: { ...home, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && {
      subresources: subresources.map((sub) => ({
        subresource: sub.name,
        responseKind: { group: sub.group ?? home.group, version: sub.version ?? home.version, kind: sub.kind },
        verbs: sub.verbs,
      })),
    }),
  };
};

export const apiVersions = (address: string): object => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
});

export const apiGroupList = (world: World): object => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groupsOf(toldKinds(world))
    .filter(({ name }) => name !== '')
    .map(groupEntry),
});

const groupEntry = ({ name, versions }: Group): object => {
  const entries = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: entries, preferredVersion: entries[0] };
};

/** Undefined for a group that nobody serves. */
export const apiGroup = (world: World, name: string): object | undefined => {
  const found = groupsOf(toldKinds(world)).find((group) => group.name === name);
  return found === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(found) };
};

/** Undefined for a version that nobody serves. */
export const apiResourceList = (world: World, group: string, version: string): object | undefined => {
  const kinds = toldKinds(world).filter((kind) => kind.group === group && kind.version === version);
  if (kinds.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    ...(group !== '' && { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group, version }),
    resources: kinds.flatMap(plainResource),
  };
};

const plainResource = (told: Told): readonly object[] => {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories, subresources } = told;
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs,
      ...(shortNames.length > 0 && { shortNames }),
      ...(categories.length > 0 && { categories }),
    },
    ...subresources.map((sub) => ({
      name: `${plural}/${sub.name}`,
      singularName: '',
      namespaced,
      ...(sub.group !== undefined && { group: sub.group, version: sub.version }),
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ];
};

/** Every path that leads to something, for whoever asks for `/`. */
export const allPaths = (world: World): readonly string[] => [
  '/api',
  '/api/v1',
  '/apis',
  ...groupsOf(toldKinds(world))
    .filter(({ name }) => name !== '')
    .flatMap(({ name, versions }) => [`/apis/${name}`, ...versions.map((version) => `/apis/${name}/${version}`)]),
  '/healthz',
  '/livez',
  '/openapi/v2',
  '/openapi/v3',
  '/readyz',
  '/version',
];
