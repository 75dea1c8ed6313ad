/** Roles and their bindings (k8s.io/kubernetes pkg/apis/rbac: defaults and validation). */
import { dig, digList, digText } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { changeEach, type KindRules, orDefaults, PLAIN } from '../kind-rules.ts';
import { type Cause, invalidValue, notSupported, requiredValue } from '../status.ts';
import { sameJson } from '../stored-value.ts';

const GROUP = 'rbac.authorization.k8s.io';

const ruleCauses = (rule: unknown, path: string): readonly Cause[] => {
  const verbs =
    digList(rule, 'verbs').length > 0 ? [] : [requiredValue(`${path}.verbs`, 'verbs must contain at least one value')];
  if (digList(rule, 'nonResourceURLs').length > 0) return verbs;
  return [
    ...verbs,
    ...(digList(rule, 'apiGroups').length > 0
      ? []
      : [requiredValue(`${path}.apiGroups`, 'resource rules must supply at least one api group')]),
    ...(digList(rule, 'resources').length > 0
      ? []
      : [requiredValue(`${path}.resources`, 'resource rules must supply at least one resource')]),
  ];
};

export const ROLE_RULES: KindRules = {
  ...PLAIN,
  createsOnUpdate: true,
  names: 'path-segment',
  zero: { rules: null },
  complete: (role) => (role['rules'] === undefined ? { ...role, rules: null } : role),
  validate: (role) => digList(role, 'rules').flatMap((rule, at) => ruleCauses(rule, `rules[${at}]`)),
};

const SUBJECT_GROUPS: Readonly<Record<string, string>> = { ServiceAccount: '', User: GROUP, Group: GROUP };

const subjectCauses = (subject: unknown, path: string): readonly Cause[] => {
  const kind = digText(subject, 'kind') ?? '';
  const group = SUBJECT_GROUPS[kind];
  return [
    ...((digText(subject, 'name') ?? '') === '' ? [requiredValue(`${path}.name`)] : []),
    ...(group === undefined ? [notSupported(`${path}.kind`, kind, Object.keys(SUBJECT_GROUPS))] : []),
    ...(group !== undefined && (digText(subject, 'apiGroup') ?? '') !== group
      ? [notSupported(`${path}.apiGroup`, digText(subject, 'apiGroup') ?? '', [group])]
      : []),
    ...(kind === 'ServiceAccount' && (digText(subject, 'namespace') ?? '') === ''
      ? [requiredValue(`${path}.namespace`)]
      : []),
  ];
};

const ROLE_KINDS = ['Role', 'ClusterRole'];

const bindingCauses: KindRules['validate'] = (binding, before) => {
  const kind = digText(binding, 'roleRef', 'kind') ?? '';
  const allowed = binding.kind === 'ClusterRoleBinding' ? ['ClusterRole'] : ROLE_KINDS;
  const group = digText(binding, 'roleRef', 'apiGroup') ?? '';
  return [
    ...(group === GROUP ? [] : [notSupported('roleRef.apiGroup', group, [GROUP])]),
    ...(allowed.includes(kind) ? [] : [notSupported('roleRef.kind', kind, allowed)]),
    ...((digText(binding, 'roleRef', 'name') ?? '') === '' ? [requiredValue('roleRef.name')] : []),
    ...digList(binding, 'subjects').flatMap((subject, at) => subjectCauses(subject, `subjects[${at}]`)),
    ...(before === undefined || sameJson(binding['roleRef'], before['roleRef'])
      ? []
      : [invalidValue('roleRef', dig(binding, 'roleRef'), 'cannot change roleRef')]),
  ];
};

const completeBinding: KindRules['complete'] = (binding) =>
  changeEach(
    { ...binding, roleRef: orDefaults((dig(binding, 'roleRef') ?? {}) as object as never, { apiGroup: GROUP }) },
    'subjects',
    (subject) => (subject['kind'] === 'ServiceAccount' ? subject : orDefaults(subject, { apiGroup: GROUP })),
  ) as unknown as KubeObject;

export const BINDING_RULES: KindRules = {
  ...PLAIN,
  createsOnUpdate: true,
  names: 'path-segment',
  zero: { roleRef: { apiGroup: '', kind: '', name: '' } },
  complete: completeBinding,
  validate: bindingCauses,
};
