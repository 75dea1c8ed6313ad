/**
 * Who asks: a user name with its groups, as the API server's authenticators would state them. A SubjectAccessReview
 * adds no group by itself (dpf.md 6.2), so whoever asks about a ServiceAccount has to state the three that it has.
 */
import type { UserInfo } from '../ports/kube-api.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { Subject } from './policy.ts';

const ACCOUNT_PREFIX = 'system:serviceaccount:';

export const serviceAccountUser = (namespace: string, name: string): string => `${ACCOUNT_PREFIX}${namespace}:${name}`;

export const serviceAccount = (namespace: string, name: string): UserInfo => ({
  username: serviceAccountUser(namespace, name),
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});

/** Namespace and name of a ServiceAccount's user name; undefined for any other user. */
export const accountOf = (username: string): { readonly namespace: string; readonly name: string } | undefined => {
  if (!username.startsWith(ACCOUNT_PREFIX)) return undefined;
  const [namespace, name, ...more] = username.slice(ACCOUNT_PREFIX.length).split(':');
  return namespace === undefined || name === undefined || namespace === '' || name === '' || more.length > 0
    ? undefined
    : { namespace, name };
};

const asUser = (username: string): UserInfo => {
  const account = accountOf(username);
  if (account !== undefined) return serviceAccount(account.namespace, account.name);
  return username === 'system:anonymous'
    ? { username, groups: ['system:unauthenticated'] }
    : { username, groups: ['system:authenticated'] };
};

/** Reads `sa:NS/NAME`, `user:NAME`, `group:NAME` or a bare user name such as `system:serviceaccount:NS:NAME`. */
export const parseCaller = (text: string): Result<UserInfo> => {
  const account = /^(?:sa|serviceaccount):([^/:\s]+)[/:]([^/:\s]+)$/.exec(text);
  if (account !== null) return ok(serviceAccount(account[1] ?? '', account[2] ?? ''));
  if (text.startsWith('group:') && text.length > 6)
    return ok({ username: 'some-member', groups: [text.slice(6), 'system:authenticated'] });
  const username = text.startsWith('user:') ? text.slice(5) : text;
  return username === '' || /\s|^sa:/.test(username)
    ? fail(
        'usage-caller',
        `${JSON.stringify(text)} names nobody; write sa:NAMESPACE/NAME, user:NAME, group:NAME or system:serviceaccount:NAMESPACE:NAME`,
      )
    : ok(asUser(username));
};

/** `ServiceAccount NS/NAME`, or the user name, for sentences. */
export const showCaller = ({ username }: UserInfo): string => {
  const account = accountOf(username);
  return account === undefined ? `user ${username}` : `ServiceAccount ${account.namespace}/${account.name}`;
};

/** The subject that a binding for this caller has to name. */
export const subjectFor = ({ username }: UserInfo): Subject => {
  const account = accountOf(username);
  return account === undefined ? { kind: 'User', name: username } : { kind: 'ServiceAccount', ...account };
};
