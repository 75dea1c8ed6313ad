/**
 * Whose request it is: the bearer token's user, or nobody in particular; and for whom he asks, where he impersonates
 * (k8s.io/apiserver pkg/endpoints/filters/{authentication,impersonation}.go).
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { AccessAttributes, UserInfo } from '../../core/ports/kube-api.ts';
import { accountOf, serviceAccount } from '../../core/rbac/caller.ts';
import { loggedIn } from '../../twin/world/kube-api.ts';
import type { World } from '../../twin/world/world.ts';
import { type Answer, badRequest, done, type Refused } from '../../twin/world/status.ts';
import { refusalOf } from './api-request.ts';
import type { Tokens } from './tokens.ts';

const ANONYMOUS: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

const unauthorized: Refused = { ok: false, status: { code: 401, reason: 'Unauthorized', message: 'Unauthorized' } };

/** Without a token the request is nobody's; a token that nobody has is refused. */
export const userOfToken = (headers: IncomingHttpHeaders, tokens: Tokens): Answer<UserInfo> => {
  const [scheme = '', token = ''] = (headers.authorization ?? '').trim().split(/\s+/);
  if (scheme.toLowerCase() !== 'bearer' || token === '') return done(ANONYMOUS);
  const user = tokens.userOf(token);
  return user === undefined ? unauthorized : done(loggedIn(user));
};

/** The user whom the request is to be done as; each part of him needs the right to impersonate it. */
export const impersonated = async (
  headers: IncomingHttpHeaders,
  user: UserInfo,
  world: World,
): Promise<Answer<UserInfo>> => {
  const name = headerText(headers, 'impersonate-user');
  const groups = headerTexts(headers, 'impersonate-group');
  const uid = headerText(headers, 'impersonate-uid');
  if (name === '')
    return groups.length === 0 && uid === ''
      ? done(user)
      : badRequest(`requested ${goUser(uid, groups)} without impersonating a user name`);
  for (const attributes of asks(name, groups, uid)) {
    const refusal = await refusalOf({ api: world.api(user), user }, attributes);
    if (refusal !== undefined) return refusal;
  }
  const account = accountOf(name);
  const known = account === undefined ? [] : serviceAccount(account.namespace, account.name).groups;
  const given = groups.length > 0 ? groups : known;
  if (name === ANONYMOUS.username) return done({ username: name, groups: [...given, ...ANONYMOUS.groups] });
  return done(loggedIn({ username: name, groups: given, ...(uid !== '' && { uid }) }));
};

/** As Go prints the struct. */
const goUser = (uid: string, groups: readonly string[]): string =>
  `&user.DefaultInfo{Name:"", UID:${JSON.stringify(uid)}, Groups:${
    groups.length === 0 ? '[]string(nil)' : `[]string{${groups.map((one) => JSON.stringify(one)).join(', ')}}`
  }, Extra:map[string][]string(nil)}`;

const asks = (name: string, groups: readonly string[], uid: string): readonly AccessAttributes[] => {
  const account = accountOf(name);
  const who: AccessAttributes =
    account === undefined
      ? { verb: 'impersonate', group: '', resource: 'users', name }
      : { verb: 'impersonate', group: '', resource: 'serviceaccounts', ...account };
  const own = (resource: string, of: string): AccessAttributes => ({
    verb: 'impersonate',
    group: resource === 'uids' ? 'authentication.k8s.io' : '',
    resource,
    name: of,
  });
  return [who, ...groups.map((group) => own('groups', group)), ...(uid === '' ? [] : [own('uids', uid)])];
};

const headerTexts = (headers: IncomingHttpHeaders, name: string): readonly string[] => {
  const value = headers[name];
  // Node joins a header that comes more than once, with a comma.
  const texts = typeof value === 'string' ? value.split(',') : (value ?? []);
  return texts.map((text) => text.trim()).filter((text) => text !== '');
};

const headerText = (headers: IncomingHttpHeaders, name: string): string => headerTexts(headers, name)[0] ?? '';
