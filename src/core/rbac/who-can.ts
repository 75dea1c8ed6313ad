/** The reverse question: who may do that, and by which binding. Members of groups and other authorizers are not known. */
import type { AccessAttributes } from '../ports/kube-api.ts';
import type { Binding, PolicyRule, Role, Subject } from './policy.ts';
import type { PolicyIndex } from './policy-index.ts';
import { compileRequest, ruleCovers } from './rule-match.ts';

export interface Holder {
  readonly subject: Subject;
  readonly binding: Binding;
  readonly role: Role;
  readonly rule: PolicyRule;
}

/** One entry a subject and binding. Group system:masters may always, and is not listed. */
export const whoCan = (index: PolicyIndex, request: AccessAttributes): readonly Holder[] => {
  const asked = compileRequest(request);
  const holders: Holder[] = [];
  for (const binding of index.bindings()) {
    if (binding.namespace !== undefined && binding.namespace !== asked.namespace) continue;
    const { role, rules } = index.slotOf(binding);
    const rule = rules.find((candidate) => ruleCovers(candidate, asked))?.rule;
    if (role === undefined || rule === undefined) continue;
    for (const subject of binding.subjects) {
      const namespace = subject.kind === 'ServiceAccount' ? (subject.namespace ?? binding.namespace) : undefined;
      holders.push({ subject: { ...subject, ...(namespace === undefined ? {} : { namespace }) }, binding, role, rule });
    }
  }
  return holders;
};
