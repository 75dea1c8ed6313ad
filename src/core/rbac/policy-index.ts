/**
 * Roles and bindings, kept so that a question costs only the asker's own rules: subject -> grants, by namespace.
 * kube-apiserver itself walks every subject of every binding for every question. Changed in place, one object a time;
 * what a verdict says about it is left to evaluate.ts.
 */
import { serviceAccountUser } from './caller.ts';
import { aggregatedRules } from './aggregate-roles.ts';
import { pathOf, roleKey } from './policy.ts';
import type { Binding, Policy, Role, Subject } from './policy.ts';
import { compileRule } from './rule-match.ts';
import type { CompiledRule } from './rule-match.ts';

/** What a binding points at. The role may come later, change, or never exist: then `role` is undefined. */
export interface RoleSlot {
  readonly key: string;
  role: Role | undefined;
  rules: readonly CompiledRule[];
}

export interface Grant {
  readonly binding: Binding;
  readonly subject: Subject;
  readonly slot: RoleSlot;
}

/** Grants of one scope by who has them. */
interface Scope {
  readonly users: Map<string, Grant[]>;
  readonly groups: Map<string, Grant[]>;
}

const newScope = (): Scope => ({ users: new Map(), groups: new Map() });

export class PolicyIndex {
  readonly #slots = new Map<string, RoleSlot>();
  readonly #bindings = new Map<string, Binding>();
  readonly #clusterWide = newScope();
  readonly #byNamespace = new Map<string, Scope>();

  constructor({ roles, bindings }: Policy) {
    for (const role of roles) this.#fill(role);
    this.#aggregate();
    for (const binding of bindings) this.setBinding(binding);
  }

  setRole(role: Role): void {
    this.#fill(role);
    if (role.kind === 'ClusterRole') this.#aggregate();
  }

  removeRole(role: Pick<Role, 'kind' | 'name' | 'namespace'>): void {
    const slot = this.#slots.get(roleKey(role.kind, role.name, role.namespace));
    if (slot === undefined) return;
    slot.role = undefined;
    slot.rules = [];
    if (role.kind === 'ClusterRole') this.#aggregate();
  }

  setBinding(binding: Binding): void {
    this.removeBinding(binding);
    this.#bindings.set(pathOf(binding), binding);
    const scope = this.#scopeOf(binding);
    const slot = this.#slot(roleKey(binding.roleRef.kind, binding.roleRef.name, binding.namespace));
    for (const subject of binding.subjects) {
      const grants = grantsOf(scope, subject, binding.namespace);
      // A subject that is named twice, or as an account and as its user name, has one grant.
      if (grants !== undefined && !grants.some((grant) => grant.binding === binding))
        grants.push({ binding, subject, slot });
    }
  }

  removeBinding(binding: Pick<Binding, 'kind' | 'name' | 'namespace'>): void {
    const old = this.#bindings.get(pathOf(binding));
    if (old === undefined) return;
    this.#bindings.delete(pathOf(old));
    const scope = this.#scopeOf(old);
    for (const subject of old.subjects) {
      const grants = grantsOf(scope, subject, old.namespace) ?? [];
      const at = grants.findIndex((grant) => grant.binding === old);
      if (at >= 0) grants.splice(at, 1);
    }
  }

  /** Grants that hold in every namespace and for what has none. */
  clusterGrants(username: string): readonly Grant[] | undefined {
    return this.#clusterWide.users.get(username);
  }

  clusterGroupGrants(group: string): readonly Grant[] | undefined {
    return this.#clusterWide.groups.get(group);
  }

  grantsIn(
    namespace: string,
  ):
    | { readonly users: ReadonlyMap<string, readonly Grant[]>; readonly groups: ReadonlyMap<string, readonly Grant[]> }
    | undefined {
    return this.#byNamespace.get(namespace);
  }

  namespaces(): Iterable<string> {
    return this.#byNamespace.keys();
  }

  bindings(): Iterable<Binding> {
    return this.#bindings.values();
  }

  /** Every role that exists, with its rules as they are in force. */
  *roles(): Iterable<{ readonly role: Role; readonly rules: readonly CompiledRule[] }> {
    for (const { role, rules } of this.#slots.values()) if (role !== undefined) yield { role, rules };
  }

  slotOf(binding: Binding): RoleSlot {
    return this.#slot(roleKey(binding.roleRef.kind, binding.roleRef.name, binding.namespace));
  }

  #slot(key: string): RoleSlot {
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = { key, role: undefined, rules: [] };
      this.#slots.set(key, slot);
    }
    return slot;
  }

  #fill(role: Role): void {
    const slot = this.#slot(roleKey(role.kind, role.name, role.namespace));
    slot.role = role;
    slot.rules = role.rules.map(compileRule);
  }

  #aggregate(): void {
    const clusterRoles: Role[] = [];
    let open = false;
    for (const { role } of this.#slots.values())
      if (role?.kind === 'ClusterRole') {
        clusterRoles.push(role);
        open ||= role.aggregationSelectors !== undefined && !role.served;
      }
    if (!open) return;
    for (const [role, rules] of aggregatedRules(clusterRoles))
      this.#slot(roleKey(role.kind, role.name, undefined)).rules = rules.map(compileRule);
  }

  #scopeOf({ namespace }: Binding): Scope {
    if (namespace === undefined) return this.#clusterWide;
    let scope = this.#byNamespace.get(namespace);
    if (scope === undefined) {
      scope = newScope();
      this.#byNamespace.set(namespace, scope);
    }
    return scope;
  }
}

/** The list that a subject's grants stand in. An account without a namespace is one of the binding's own. */
const grantsOf = (scope: Scope, subject: Subject, bindingNamespace: string | undefined): Grant[] | undefined => {
  if (subject.kind === 'Group') return listOf(scope.groups, subject.name);
  if (subject.kind === 'User') return listOf(scope.users, subject.name);
  const namespace = subject.namespace ?? bindingNamespace;
  return namespace === undefined ? undefined : listOf(scope.users, serviceAccountUser(namespace, subject.name));
};

const listOf = (map: Map<string, Grant[]>, key: string): Grant[] => {
  let list = map.get(key);
  if (list === undefined) {
    list = [];
    map.set(key, list);
  }
  return list;
};
