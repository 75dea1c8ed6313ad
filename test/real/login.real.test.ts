/** Every way to log in that a kubeconfig or a pod offers, at a real kube-apiserver. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/adapters/kubernetes/connection.ts';
import { kubeApi } from '../../src/adapters/kubernetes/kube-api.ts';
import { podLogin } from '../../src/adapters/kubernetes/kubeconfig.ts';
import { openKubeApi } from '../../src/adapters/kubernetes/open-kube-api.ts';
import type { KubeApi } from '../../src/core/ports/kube-api.ts';
import { type Cluster, startCluster, TOKENS } from './cluster.ts';
import { CLIENT_ID, type OidcStub, startOidcStub } from './oidc-stub.ts';
import { makeClientCert, makePki } from './pki.ts';
import { startProxyStub } from './proxy-stub.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');

describe.skipIf(parts.absent)(parts.title('log-in at a real kube-apiserver'), () => {
  let cluster: Cluster;
  let oidc: OidcStub;
  beforeAll(async () => {
    // The issuer is trusted by the CA of a PKI of its own: the cluster's is made with the cluster.
    issuerFolder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-oidc-'));
    const pki = makePki(issuerFolder);
    oidc = await startOidcStub(pki);
    const trust = [`--oidc-issuer-url=${oidc.issuer}`, `--oidc-client-id=${CLIENT_ID}`, `--oidc-ca-file=${pki.caCert}`];
    issuerCa = pki.caCert;
    cluster = await startCluster({ controllers: true, apiServerFlags: [...trust, '--oidc-username-prefix=oidc:'] });
  });
  afterAll(async () => {
    await cluster?.stop();
    await oidc?.stop();
    rmSync(issuerFolder, { recursive: true, force: true });
  });
  let issuerFolder = '';
  let issuerCa = '';
  let files = 0;

  /** A kubeconfig with one user, and more of its cluster. */
  const kubeconfig = (user: object, more: object = {}): string => {
    files += 1;
    const file = path.join(cluster.folder, `login-${files}`);
    const entry = { server: cluster.server, 'certificate-authority': cluster.pki.caCert, ...more };
    const content = {
      clusters: [{ name: 'c', cluster: entry }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    writeFileSync(file, JSON.stringify(content));
    return file;
  };

  const open = async (file: string, env: Record<string, string> = {}): Promise<KubeApi> => {
    const opened = await openKubeApi({ kubeconfig: file, env });
    if (!opened.ok) throw new Error(opened.fault.message);
    return opened.value.api;
  };

  const whoIs = async (api: KubeApi): Promise<string> => {
    const me = await api.whoAmI();
    return me.ok ? me.value.username : me.fault.message;
  };

  test('a client certificate in files, and as data', async () => {
    const { cert, key } = makeClientCert(cluster.pki, 'carla', 'ops');
    const api = await open(
      kubeconfig({
        'client-certificate': path.basename(path.dirname(cert)) + '/' + path.basename(cert),
        'client-key': key,
      }),
    );
    const me = await api.whoAmI();
    expect(me).toMatchObject({ ok: true, value: { username: 'carla' } });
    expect(me.ok && me.value.groups).toContain('ops');
  });

  test('a token, a token file that changes, and a token that is refused', async () => {
    expect(await whoIs(await open(kubeconfig({ token: TOKENS.alice })))).toBe('alice');
    expect(await whoIs(await open(kubeconfig({ tokenFile: 'token-of-alice', token: TOKENS.admin })))).toMatch(/ENOENT/);
    writeFileSync(path.join(cluster.folder, 'token-of-alice'), TOKENS.alice);
    const api = await open(kubeconfig({ tokenFile: 'token-of-alice', token: TOKENS.admin }));
    expect(await whoIs(api)).toBe('alice');
    writeFileSync(path.join(cluster.folder, 'token-of-alice'), 'no-longer-known');
    const refused = await open(kubeconfig({ token: 'no-such-token' }));
    expect(await refused.whoAmI()).toMatchObject({ ok: false, fault: { code: 'kube-unauthorized', status: 401 } });
  });

  test('an exec plugin beside the kubeconfig, which is told what it may ask', async () => {
    const plugin = path.join(cluster.folder, 'plugin.sh');
    const script = `#!/bin/sh\ncase "$KUBERNETES_EXEC_INFO" in *'"kind":"ExecCredential"'*) ;; *) echo "no info" >&2; exit 1;; esac
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"${TOKENS.alice}"}}'`;
    writeFileSync(plugin, script);
    chmodSync(plugin, 0o755);
    const exec = { command: './plugin.sh', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };
    expect(await whoIs(await open(kubeconfig({ exec })))).toBe('alice');
  });

  test('an OIDC token, and a refresh of one that has expired', async () => {
    const config = {
      'client-id': CLIENT_ID,
      'idp-issuer-url': oidc.issuer,
      'idp-certificate-authority': issuerCa,
      'refresh-token': 'r1',
    };
    const user = (expiresIn: number): object => ({
      'auth-provider': { name: 'oidc', config: { ...config, 'id-token': oidc.idToken('olga', expiresIn) } },
    });
    expect(await whoIs(await open(kubeconfig(user(3600))))).toBe('oidc:olga');
    expect(oidc.refreshes()).toBe(0);
    const expired = kubeconfig(user(-60));
    expect(await whoIs(await open(expired))).toBe('oidc:olga');
    expect(oidc.refreshes()).toBe(1);
    // Kept as kubectl keeps it: the next process needs no refresh, and has the issuer's newest refresh token.
    expect(await whoIs(await open(expired))).toBe('oidc:olga');
    expect(oidc.refreshes()).toBe(1);
    expect(readFileSync(expired, 'utf8')).toContain('"refresh-token": "r2"');
    const lost = kubeconfig({ 'auth-provider': { name: 'oidc', config: { 'id-token': oidc.idToken('olga', -60) } } });
    expect(await whoIs(await open(lost))).toMatch(
      /the OIDC token has expired and there is no refresh-token; log in again/,
    );
  });

  test('a proxy named by the kubeconfig', async () => {
    const proxy = await startProxyStub();
    try {
      expect(await whoIs(await open(kubeconfig({ token: TOKENS.alice }, { 'proxy-url': proxy.url })))).toBe('alice');
      expect(proxy.tunnels).toEqual([new URL(cluster.server).host]);
      writeFileSync(path.join(cluster.folder, 'token-by-proxy'), `${TOKENS.alice}\n`);
      const byFile = kubeconfig({ tokenFile: 'token-by-proxy' }, { 'proxy-url': proxy.url });
      expect(await whoIs(await open(byFile))).toBe('alice');
    } finally {
      await proxy.stop();
    }
  });

  test('impersonation asks with the rights of another', async () => {
    const api = await open(kubeconfig({ token: TOKENS.admin, as: 'bob', 'as-groups': ['team-z'] }));
    const me = await api.whoAmI();
    expect(me.ok && [me.value.username, me.value.groups.includes('team-z')]).toEqual(['bob', true]);
  });

  test('a certificate of another CA, and one that is not to be checked', async () => {
    const other = makePki(path.join(cluster.folder, 'other-pki'));
    const strange = await open(kubeconfig({ token: TOKENS.alice }, { 'certificate-authority': other.caCert }));
    expect(await whoIs(strange)).toMatch(/its certificate is signed by nobody we trust; check certificate-authority/);
    const misnamed = await open(kubeconfig({ token: TOKENS.alice }, { 'tls-server-name': 'elsewhere.example.com' }));
    expect(await whoIs(misnamed)).toMatch(/its certificate is for another name/);
    const unchecked = { 'certificate-authority': undefined, 'insecure-skip-tls-verify': true };
    const opened = await openKubeApi({ kubeconfig: kubeconfig({ token: TOKENS.alice }, unchecked), env: {} });
    expect(opened).toMatchObject({ ok: true, value: { warning: expect.stringContaining('is not checked') as string } });
    expect(opened.ok && (await whoIs(opened.value.api))).toBe('alice');
  });

  test("a pod's own identity, from the files that the kubelet mounts", async () => {
    const mounted = path.join(cluster.folder, 'serviceaccount');
    mkdirSync(mounted);
    const token = await cluster.kubectl(['create', 'token', 'default', '-n', 'default']);
    writeFileSync(path.join(mounted, 'token'), token.stdout.trim());
    writeFileSync(path.join(mounted, 'namespace'), 'default');
    const { port } = new URL(cluster.server);
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: port };
    const login = podLogin(env, mounted);
    if (login === undefined) throw new Error('no log-in was found');
    const withCa = { ...login, cluster: { 'certificate-authority': cluster.pki.caCert } };
    expect(await whoIs(kubeApi(await connect(withCa, env)))).toBe('system:serviceaccount:default:default');
  });
});
