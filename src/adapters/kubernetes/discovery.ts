/**
 * Which kinds a server has: in one request by aggregated discovery (1.26 and newer), else group by group.
 */
import { digList, digText } from '../../core/model/dig.ts';
import type { Signal } from '../../core/ports/clock.ts';
import type { ServedResource } from '../../core/ports/kube-api.ts';
import type { KubeResult } from '../../core/ports/kube-fault.ts';
import type { Connection } from './connection.ts';

const AGGREGATED = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

const WHAT = 'read which kinds are served';

export const discover = async (
  connection: Connection,
  signal: Signal | undefined,
): Promise<KubeResult<readonly ServedResource[]>> => {
  const found: ServedResource[] = [];
  for (const path of ['/api', '/apis']) {
    const answer = await connection.json({ what: WHAT, path, accept: `${AGGREGATED},application/json`, signal });
    if (!answer.ok) return answer;
    if (digText(answer.value, 'kind') === 'APIGroupDiscoveryList') found.push(...aggregated(answer.value));
    else found.push(...(await groupByGroup(connection, path, answer.value, signal)));
  }
  return { ok: true, value: found };
};

const aggregated = (list: unknown): readonly ServedResource[] =>
  digList(list, 'items').flatMap((group) =>
    // A version whose own server is away is marked Stale: what it lists may not be served now.
    digList(group, 'versions').flatMap((version, index) =>
      digText(version, 'freshness') === 'Stale'
        ? []
        : digList(version, 'resources').map((resource): ServedResource => ({
            group: digText(group, 'metadata', 'name') ?? '',
            version: digText(version, 'version') ?? '',
            plural: digText(resource, 'resource') ?? '',
            kind: digText(resource, 'responseKind', 'kind') ?? '',
            namespaced: digText(resource, 'scope') === 'Namespaced',
            verbs: texts(digList(resource, 'verbs')),
            subresources: digList(resource, 'subresources').map((sub) => digText(sub, 'subresource') ?? ''),
            preferred: index === 0,
          })),
    ),
  );

const groupByGroup = async (
  connection: Connection,
  path: string,
  root: unknown,
  signal: Signal | undefined,
): Promise<readonly ServedResource[]> => {
  const versions =
    path === '/api'
      ? texts(digList(root, 'versions')).map((version) => ({ group: '', version, preferred: version === 'v1' }))
      : digList(root, 'groups').flatMap((group) =>
          digList(group, 'versions').map((version) => ({
            group: digText(group, 'name') ?? '',
            version: digText(version, 'version') ?? '',
            preferred: digText(version, 'version') === digText(group, 'preferredVersion', 'version'),
          })),
        );
  const lists = await Promise.all(
    versions.map(async ({ group, version, preferred }) => {
      const at = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
      const answer = await connection.json({ what: WHAT, path: at, signal });
      return answer.ok ? resourcesOf(answer.value, { group, version, preferred }) : [];
    }),
  );
  return lists.flat();
};

const resourcesOf = (
  list: unknown,
  of: Pick<ServedResource, 'group' | 'version' | 'preferred'>,
): readonly ServedResource[] => {
  const entries = digList(list, 'resources').map((entry) => ({ entry, name: digText(entry, 'name') ?? '' }));
  return entries
    .filter(({ name }) => !name.includes('/'))
    .map(({ entry, name }) => ({
      ...of,
      plural: name,
      kind: digText(entry, 'kind') ?? '',
      namespaced: (entry as { namespaced?: unknown }).namespaced === true,
      verbs: texts(digList(entry, 'verbs')),
      subresources: entries
        .filter((other) => other.name.startsWith(`${name}/`))
        .map((other) => other.name.slice(name.length + 1)),
    }));
};

const texts = (list: readonly unknown[]): readonly string[] => list.filter((value) => typeof value === 'string');
