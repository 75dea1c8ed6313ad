/**
 * core/release's verdict on every CRD of every pair of consecutive releases, against a real kube-apiserver: the old CRD is
 * there, the new one is put over it, and the server's answer must be the verdict.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readYaml } from '../../src/adapters/dump/read-yaml.ts';
import { digList, digText } from '../../src/core/model/dig.ts';
import { releaseCrds, RELEASES } from '../../src/core/release/chart-facts.ts';
import { crdUpgradeVerdict, liveCrdOf } from '../../src/core/release/crd-upgrade.ts';
import { hasShared, SHARED, WHERE_ABSENT } from '../shared-folder.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');
const charts = path.join(SHARED, 'data/charts/network-operator');

/** The CRDs of a release by name. Where several charts ship one, the last in order counts, as in the data. */
const crdFiles = (release: string): ReadonlyMap<string, unknown> => {
  const folder = path.join(charts, release);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /crds[/\\].*\.yaml$/.test(file),
  );
  const docs = files.sort().flatMap((file) => readYaml(readFileSync(path.join(folder, file), 'utf8')));
  return new Map(
    docs
      .filter((doc) => digText(doc, 'kind') === 'CustomResourceDefinition')
      .map((doc) => [digText(doc, 'metadata', 'name') ?? '', doc]),
  );
};

const PAIRS = RELEASES.slice(1).map((to, index) => ({ from: RELEASES[index] as string, to }));

describe.skipIf(parts.absent || !hasShared)(
  parts.title(`CRD verdicts agree with a kube-apiserver${WHERE_ABSENT}`),
  () => {
    let cluster: Cluster;
    const seen = { accepted: 0, refused: 0, unchanged: 0 };
    beforeAll(async () => {
      cluster = await startCluster();
    });
    afterAll(async () => {
      console.log(
        `${seen.accepted} CRD upgrades accepted, ${seen.refused} refused, each as foreseen; ${seen.unchanged} unchanged`,
      );
      await cluster?.stop();
    });

    const kubectl = async (args: readonly string[], docs?: readonly unknown[]): Promise<string> => {
      const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: docs });
      const { code, stdout, stderr } = await cluster.kubectl(args, docs === undefined ? {} : { stdin });
      if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.slice(0, 2000)}`);
      return stdout;
    };

    // The cluster lives through the releases: what one pair leaves is what the next begins with.
    test.for(PAIRS)('$from -> $to', async ({ from, to }) => {
      const [before, after] = [crdFiles(from), crdFiles(to)];
      if (from === RELEASES[0]) await kubectl(['create', '-f', '-'], [...before.values()]);
      const both = [...after.keys()].filter((name) => before.has(name));
      // A CRD that is the same in both needs no answer of the server.
      const kept = both.filter((name) => JSON.stringify(before.get(name)) !== JSON.stringify(after.get(name)));
      expect(both.length).toBeGreaterThan(10);
      seen.unchanged += both.length - kept.length;
      const added = [...after.keys()].filter((name) => !before.has(name));
      if (added.length > 0)
        await kubectl(
          ['create', '-f', '-'],
          added.map((name) => after.get(name)),
        );
      if (kept.length === 0) return;
      await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', ...kept]);
      const live = digList(JSON.parse(await kubectl(['get', 'crd', ...kept, '-o', 'json'])), 'items');
      const foreseen = live.map((object) => {
        const name = digText(object, 'metadata', 'name') ?? '';
        const target = releaseCrds(to).get(name);
        if (target === undefined) throw new Error(`${name} of ${to} is not in the table`);
        return `${name} ${crdUpgradeVerdict(liveCrdOf(object), name, target).verdict}`;
      });
      const { stdout, stderr } = await cluster.kubectl(['replace', '-f', '-'], {
        stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: kept.map((name) => after.get(name)) }),
      });
      // kubectl goes on after a refusal, and names what it replaced.
      const replaced = new Set(Array.from(stdout.matchAll(/\/(\S+) replaced/g), (match) => match[1] ?? ''));
      const answered = kept.map((name) => `${name} ${replaced.has(name) ? 'accepted' : 'refused'}`);
      expect(answered.sort(), stderr).toEqual(foreseen.sort());
      seen.accepted += replaced.size;
      seen.refused += kept.length - replaced.size;
      // The way out that the verdict names: delete the refused one, and let the release make it anew.
      const refused = kept.filter((name) => !replaced.has(name));
      if (refused.length === 0) return;
      await kubectl(['delete', 'crd', '--wait=true', '--timeout=50s', ...refused]);
      await kubectl(
        ['create', '-f', '-'],
        refused.map((name) => after.get(name)),
      );
    });
  },
);
