/** The CRDs of every release of the operator charts, applied one release after another, as upgrades do it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readYaml } from '../../src/adapters/dump/read-yaml.ts';
import { digList, digText } from '../../src/core/model/dig.ts';
import type { KubeObject } from '../../src/core/model/kube-object.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, type KubeResource } from '../../src/core/model/kube-resource.ts';
import type { KubeApi } from '../../src/core/ports/kube-api.ts';
import { hasShared, SHARED, WHERE_ABSENT } from '../shared-folder.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { apiOf } from './real-api.ts';
import { realPart } from './real-parts.ts';

const CHARTS = path.join(SHARED, 'data/charts/network-operator');
const parts = realPart('realparts');

/** In the order of releases: 24.7.0 before 24.10.1. */
const releases = (): readonly string[] =>
  hasShared ? readdirSync(CHARTS).toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })) : [];

const crdsOf = (release: string): readonly KubeObject[] =>
  readdirSync(path.join(CHARTS, release), { recursive: true, encoding: 'utf8' })
    .filter((file) => /crds\/[^/]*\.ya?ml$/.test(file))
    .flatMap((file) => readYaml(readFileSync(path.join(CHARTS, release, file), 'utf8')))
    .filter((object) => digText(object, 'kind') === 'CustomResourceDefinition') as KubeObject[];

/** The kinds that a definition serves, one for each version. */
const kindsOf = ({ spec }: KubeObject): readonly KubeResource[] =>
  digList(spec, 'versions')
    .filter((version) => (version as { readonly served: boolean }).served)
    .map((version) => ({
      group: digText(spec, 'group') ?? '',
      version: digText(version, 'name') ?? '',
      plural: digText(spec, 'names', 'plural') ?? '',
      kind: digText(spec, 'names', 'kind') ?? '',
      namespaced: digText(spec, 'scope') === 'Namespaced',
    }));

/** Applies all of a release. Answers the names of those that the server refuses, with its words. */
const applyAll = async (api: KubeApi, crds: readonly KubeObject[]): Promise<readonly string[]> => {
  const refused: string[] = [];
  for (const crd of crds) {
    const applied = await api.apply(CUSTOM_RESOURCE_DEFINITIONS, crd, { fieldManager: 'test', force: true });
    if (!applied.ok) refused.push(`${crd.metadata.name}: ${applied.fault.message}`);
  }
  return refused;
};

/** True when each kind can be listed, within 10 s. */
const areServed = async (api: KubeApi, kinds: readonly KubeResource[]): Promise<boolean> => {
  for (const kind of kinds) {
    const until = performance.now() + 10_000;
    while (!(await api.list(kind, { limit: 1 })).ok) {
      if (performance.now() > until) return false;
      await sleep(50);
    }
  }
  return true;
};

describe.skipIf(parts.absent || !hasShared)(
  parts.title(`CRDs of all releases on a real kube-apiserver${WHERE_ABSENT}`),
  () => {
    let cluster: Cluster;
    let api: KubeApi;
    beforeAll(async () => {
      cluster = await startCluster();
      api = await apiOf(cluster);
    });
    afterAll(() => cluster?.stop());

    test.for(releases())('%s: every kind is served', async (release) => {
      const crds = crdsOf(release);
      expect(crds.length).toBeGreaterThan(15);
      const refused = await applyAll(api, crds);
      // From 26.4.0 on one definition drops a version in which objects may be stored: an upgrade in place is refused.
      const dropsVersion = release.localeCompare('26.4.0', 'en', { numeric: true }) >= 0;
      expect(refused).toHaveLength(dropsVersion ? 1 : 0);
      if (dropsVersion) expect(refused[0]).toMatch(/^spectrumxrailpoolconfigs\..*storedVersions/);
      const standing = crds.filter(({ metadata }) => refused.every((line) => !line.startsWith(metadata.name)));
      expect(await areServed(api, standing.flatMap(kindsOf))).toBe(true);
    });

    test('what an upgrade is refused for is accepted after the definition is deleted', async () => {
      const release = releases().at(-1) ?? '';
      const name = 'spectrumxrailpoolconfigs.spectrumx.nvidia.com';
      expect(await api.delete(CUSTOM_RESOURCE_DEFINITIONS, { name })).toMatchObject({ ok: true });
      while ((await api.get(CUSTOM_RESOURCE_DEFINITIONS, { name })).ok) await sleep(50);
      expect(await applyAll(api, crdsOf(release))).toEqual([]);
      expect(await areServed(api, crdsOf(release).flatMap(kindsOf))).toBe(true);
    });
  },
);
