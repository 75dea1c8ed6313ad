/**
 * Who is asking. The administrator has one token, made at start; tokens of ServiceAccounts are signed when they are asked
 * for and checked without being kept, as kube-apiserver does it (JSON Web Tokens, RFC 7519, with ES256).
 */
import { generateKeyPairSync, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';
import { digList, digNumber, digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { SERVICE_ACCOUNTS } from '../../core/model/kube-resource.ts';
import type { UserInfo } from '../../core/ports/kube-api.ts';
import { serviceAccount } from '../../core/rbac/caller.ts';
import type { World } from '../../twin/world/world.ts';

const ISSUER = 'https://kubernetes.default.svc';

export interface IssuedToken {
  readonly token: string;
  /** Milliseconds of the twin's clock. */
  readonly expires: number;
}

export class Tokens {
  readonly #world: World;
  readonly #fixed: ReadonlyMap<string, UserInfo>;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  /** `fixed`: tokens that hold as long as the server runs, with whom each is of. */
  constructor(world: World, fixed: ReadonlyMap<string, UserInfo>) {
    this.#world = world;
    this.#fixed = fixed;
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#privateKey = pair.privateKey;
    this.#publicKey = pair.publicKey;
  }

  /** Undefined for a token that nobody has, or that has expired. */
  userOf(token: string): UserInfo | undefined {
    for (const [known, user] of this.#fixed) if (isSame(known, token)) return user;
    return this.#accountOf(token);
  }

  issue(account: KubeObject, audiences: readonly string[], seconds: number): IssuedToken {
    const { name, namespace = 'default', uid } = account.metadata;
    const now = Math.floor(this.#world.clock.now() / 1000);
    const claims = {
      aud: audiences.length > 0 ? audiences : [ISSUER],
      exp: now + seconds,
      iat: now,
      nbf: now,
      iss: ISSUER,
      'kubernetes.io': { namespace, serviceaccount: { name, uid } },
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    const signed = `${encoded({ alg: 'ES256', typ: 'JWT' })}.${encoded(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.#privateKey, dsaEncoding: 'ieee-p1363' });
    return { token: `${signed}.${signature.toString('base64url')}`, expires: (now + seconds) * 1000 };
  }

  #accountOf(token: string): UserInfo | undefined {
    const [header = '', payload = '', signature = '', ...more] = token.split('.');
    if (signature === '' || more.length > 0) return undefined;
    const key = { key: this.#publicKey, dsaEncoding: 'ieee-p1363' as const };
    const isOurs = verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
    if (!isOurs) return undefined;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as unknown;
    const namespace = digText(claims, 'kubernetes.io', 'namespace') ?? '';
    const name = digText(claims, 'kubernetes.io', 'serviceaccount', 'name') ?? '';
    const uid = digText(claims, 'kubernetes.io', 'serviceaccount', 'uid');
    const account = this.#world.actor('kube-apiserver').get(SERVICE_ACCOUNTS, { namespace, name });
    const isLate = (digNumber(claims, 'exp') ?? 0) * 1000 <= this.#world.clock.now();
    if (account === undefined || account.metadata.uid !== uid || isLate) return undefined;
    if (!digList(claims, 'aud').includes(ISSUER)) return undefined;
    return { ...serviceAccount(namespace, name), ...(uid !== undefined && { uid }) };
  }
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const isSame = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
};
