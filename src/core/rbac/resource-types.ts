/**
 * What a resource is called: plural, singular, kind, short name, with or without its group, to one type. Built-in tables
 * first fill it; CRDs of the manifests under review come on top. What a type may be asked for is left to the callers.
 */
import { dig, digList, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { KubeResource } from '../model/kube-resource.ts';
import { FIELD_TYPES } from './data/field-types.ts';
import { KUBERNETES_TYPES } from './data/kubernetes-types.ts';

export interface ResourceType extends KubeResource {
  readonly shortNames: readonly string[];
  /** In kubectl's category `all`. */
  readonly inAll: boolean;
}

const parseTable = (table: string): readonly ResourceType[] =>
  table
    .trim()
    .split('\n')
    .map((line) => {
      const [group = '', version = '', plural = '', kind = '', short = '-', scope = 'n', all] = line.split(' ');
      return {
        group: group === '-' ? '' : group,
        version,
        plural,
        kind,
        shortNames: short === '-' ? [] : short.split(','),
        namespaced: scope === 'n',
        inAll: all === 'all',
      };
    });

export class ResourceTypes {
  readonly #types: readonly ResourceType[];
  readonly #byName = new Map<string, ResourceType>();
  readonly #byKind = new Map<string, ResourceType>();

  /** `more` come first: what a cluster or a chart defines wins over the tables here. */
  constructor(more: readonly ResourceType[] = []) {
    const all = [...more, ...parseTable(KUBERNETES_TYPES), ...parseTable(FIELD_TYPES)];
    this.#types = all.filter(
      (type, at) => all.findIndex((other) => other.group === type.group && other.plural === type.plural) === at,
    );
    // kubectl looks for plurals, singulars and kinds first, and only then for short names; both in any case of letters.
    for (const type of this.#types)
      for (const name of [type.plural, type.kind.toLowerCase()]) this.#addName(name, type);
    for (const type of this.#types) for (const name of type.shortNames) this.#addName(name, type);
    for (const type of this.#types) {
      const key = `${type.group}/${type.kind}`;
      if (!this.#byKind.has(key)) this.#byKind.set(key, type);
    }
  }

  #addName(name: string, type: ResourceType): void {
    if (!this.#byName.has(name)) this.#byName.set(name, type);
    const full = `${name}.${type.group}`;
    if (type.group !== '' && !this.#byName.has(full)) this.#byName.set(full, type);
  }

  /** `pods`, `Pod`, `po`, `deployments.apps`, `deployments.v1.apps`; undefined when no table knows it. */
  named(text: string): ResourceType | undefined {
    const name = text.toLowerCase();
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    const [plural = '', version = '', ...group] = name.split('.');
    return /^v\d+((?:alpha|beta)\d+)?$/.test(version)
      ? this.#byName.get(group.length === 0 ? plural : `${plural}.${group.join('.')}`)
      : undefined;
  }

  /** The type of a manifest's apiVersion and kind. */
  ofKind(apiVersion: string, kind: string): ResourceType | undefined {
    const slash = apiVersion.indexOf('/');
    return this.#byKind.get(`${slash < 0 ? '' : apiVersion.slice(0, slash)}/${kind}`);
  }

  /** The type of a group and plural, as a path of the API names it. */
  at(group: string, plural: string): ResourceType | undefined {
    return this.#types.find((type) => type.group === group && type.plural === plural);
  }

  /** What `kubectl get all` asks for. */
  inAll(): readonly ResourceType[] {
    return this.#types.filter(({ inAll }) => inAll);
  }

  all(): readonly ResourceType[] {
    return this.#types;
  }
}

/** The types that CustomResourceDefinitions among these objects define. */
export const typesOfCrds = (objects: readonly KubeObject[]): readonly ResourceType[] =>
  objects
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .flatMap((crd) => {
      const plural = digText(crd, 'spec', 'names', 'plural');
      const kind = digText(crd, 'spec', 'names', 'kind');
      if (plural === undefined || kind === undefined) return [];
      return [
        {
          group: digText(crd, 'spec', 'group') ?? '',
          version: digText(crd, 'spec', 'versions', 0, 'name') ?? 'v1',
          plural,
          kind,
          shortNames: digList(crd, 'spec', 'names', 'shortNames').filter((name) => typeof name === 'string'),
          namespaced: dig(crd, 'spec', 'scope') !== 'Cluster',
          inAll: digList(crd, 'spec', 'names', 'categories').includes('all'),
        },
      ];
    });
