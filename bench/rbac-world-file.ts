/** A world of roles, bindings and questions as the JSON lines that bench/peers/rbac reads. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Binding, Policy, PolicyRule, Role } from '../src/core/rbac/policy.ts';
import { runGoPeer } from './go-peer.ts';
import type { Question } from './rbac-world.ts';

const API_GROUP = 'rbac.authorization.k8s.io';

const ruleOf = (rule: PolicyRule): object =>
  Object.fromEntries(Object.entries(rule).filter(([, list]: [string, readonly string[]]) => list.length > 0));

const metadataOf = ({ name, namespace }: Role | Binding) => ({ name, namespace });

const roleLine = (role: Role): object => ({
  [role.kind === 'Role' ? 'role' : 'clusterRole']: { metadata: metadataOf(role), rules: role.rules.map(ruleOf) },
});

const bindingLine = (binding: Binding): object => ({
  [binding.kind === 'RoleBinding' ? 'roleBinding' : 'clusterRoleBinding']: {
    metadata: metadataOf(binding),
    roleRef: { apiGroup: API_GROUP, ...binding.roleRef },
    subjects: binding.subjects.map((subject) => ({
      ...(subject.kind === 'ServiceAccount' ? {} : { apiGroup: API_GROUP }),
      ...subject,
    })),
  },
});

const questionLine = ({ caller, request }: Question): object => ({
  question: { user: caller.username, groups: caller.groups, ...request },
});

export interface PeerAnswers {
  /** One letter a question: A for allowed, N for not. */
  readonly answers: string;
  /** Of one round over all questions; 0 when none was measured. */
  readonly seconds: number;
}

/** The answers of the Go authorizer, or why there are none. */
export const askGoAuthorizer = (
  policy: Policy,
  questions: readonly Question[],
  options: readonly string[],
): PeerAnswers | { readonly because: string } => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-rbac-world-'));
  try {
    const file = path.join(folder, 'world.jsonl');
    const lines = [...policy.roles.map(roleLine), ...policy.bindings.map(bindingLine), ...questions.map(questionLine)];
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const peer = runGoPeer('rbac', ['-world', file, ...options]);
    return peer.ran ? (JSON.parse(peer.lines[0] ?? '{}') as PeerAnswers) : { because: peer.because };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
