/** Which kinds are served: the server's own, and those of the CustomResourceDefinitions there are. */
import { digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { KubeResource } from '../../core/model/kube-resource.ts';
import type { ServedResource } from '../../core/ports/kube-api.ts';
import { type ResourceType, ResourceTypes } from '../../core/rbac/resource-types.ts';
import { BUILT_IN_RULES } from './kinds/built-in-kinds.ts';
import { customKinds } from './kinds/custom-kinds.ts';
import { CRD_RULES } from './kinds/custom-resource-definitions.ts';
import { type KindRules, PLAIN } from './kind-rules.ts';
import { collectionKey } from './store.ts';

export interface ServedKind extends ServedResource {
  readonly shortNames: readonly string[];
  readonly rules: KindRules;
  /** Objects are kept in this version, and shown in the one that is asked for. */
  readonly storageVersion: string;
}

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** Groups of Kubernetes itself; all others come with a CRD, or with a server of their own. */
const isBuiltIn = ({ group }: ResourceType): boolean =>
  group === '' || !group.includes('.') || (group.endsWith('.k8s.io') && !OTHERS_GROUPS.has(group));

const OTHERS_GROUPS: ReadonlySet<string> = new Set([
  'gateway.networking.k8s.io',
  'metrics.k8s.io',
  'snapshot.storage.k8s.io',
]);

/** Asked and answered, never stored. */
const NOT_STORED = /^(?:bindings|componentstatuses|.*reviews)$/;

const builtInKinds = (): readonly ServedKind[] =>
  new ResourceTypes()
    .all()
    .filter((type) => isBuiltIn(type) && !NOT_STORED.test(type.plural))
    .map((type) => {
      const key = collectionKey(type);
      const rules = key === collectionKey(CRDS) ? CRD_RULES : (BUILT_IN_RULES[key] ?? PLAIN);
      return {
        group: type.group,
        version: type.version,
        plural: type.plural,
        kind: type.kind,
        namespaced: type.namespaced,
        verbs: VERBS,
        subresources: rules.subresources,
        preferred: true,
        shortNames: type.shortNames,
        rules,
        storageVersion: type.version,
      };
    });

const CRDS = { group: 'apiextensions.k8s.io', plural: 'customresourcedefinitions' };

const versionKey = ({ group, version, plural }: Pick<KubeResource, 'group' | 'version' | 'plural'>): string =>
  `${plural}.${version}.${group}`;

export class KindRegistry {
  readonly #byVersion = new Map<string, ServedKind>();
  readonly #byKind = new Map<string, ServedKind>();

  constructor() {
    for (const kind of builtInKinds()) this.#add(kind);
  }

  /** Undefined when this version of the resource is not served. */
  find(kind: Pick<KubeResource, 'group' | 'version' | 'plural'>): ServedKind | undefined {
    return this.#byVersion.get(versionKey(kind));
  }

  ofKind(apiVersion: string, kind: string): ServedKind | undefined {
    return this.#byKind.get(`${apiVersion}/${kind}`);
  }

  all(): readonly ServedKind[] {
    return [...this.#byVersion.values()];
  }

  /** Serves what this CustomResourceDefinition says, in place of what it said before. */
  serve(crd: KubeObject): void {
    this.withdraw(crd);
    for (const kind of customKinds(crd, VERBS)) this.#add(kind);
  }

  withdraw(crd: KubeObject): void {
    const group = digText(crd, 'spec', 'group') ?? '';
    const plural = digText(crd, 'spec', 'names', 'plural') ?? '';
    for (const kind of this.all())
      if (kind.group === group && kind.plural === plural) {
        this.#byVersion.delete(versionKey(kind));
        this.#byKind.delete(kindKey(kind));
      }
  }

  #add(kind: ServedKind): void {
    this.#byVersion.set(versionKey(kind), kind);
    this.#byKind.set(kindKey(kind), kind);
  }
}

const kindKey = ({ group, version, kind }: KubeResource): string =>
  `${group === '' ? version : `${group}/${version}`}/${kind}`;
