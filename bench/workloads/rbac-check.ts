/** `rbac check` of a rendered chart of 500 objects, from the file to SARIF's findings with their lines. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadDump } from '../../src/adapters/dump/load-dump.ts';
import { readYaml } from '../../src/adapters/dump/read-yaml.ts';
import { linesOfSources } from '../../src/app/rbac/check-input.ts';
import { checkFindings } from '../../src/core/rbac/workload/check-findings.ts';
import { checkManifests } from '../../src/core/rbac/workload/check-manifests.ts';
import { ok } from '../../src/core/result.ts';
import { fnv1a, showSum } from '../random.ts';
import { renderedChart } from '../rendered-chart.ts';

const OBJECTS = 500;

export const workload = {
  name: 'rbac-check',
  aim: 'a rendered chart of 500 objects in at most 2 s, ten gaps found with their lines',
  run: async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-chart-'));
    try {
      const file = path.join(folder, 'chart.yaml');
      writeFileSync(file, renderedChart(OBJECTS));
      const cpu = process.cpuUsage();
      const start = performance.now();
      const snapshot = await loadDump([file]);
      if (!snapshot.ok) throw new Error(snapshot.fault.message);
      const check = checkManifests({
        snapshot: snapshot.value,
        namespace: 'default',
        scripts: [],
        readYaml,
        linesOf: await linesOfSources(snapshot.value, (name) => Promise.resolve(ok(readFileSync(name, 'utf8')))),
      });
      const findings = checkFindings(check);
      const seconds = (performance.now() - start) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      const missing = findings.filter(({ rule }) => rule.startsWith('rbac-missing'));
      const text = missing.map(({ fingerprint, origin }) => `${fingerprint} ${origin?.line ?? 0}\n`).join('');
      return {
        seconds,
        checksum: showSum(fnv1a(text)),
        detail: `${Math.round(OBJECTS / seconds)} objects/s (cpu ${((user + system) / 1e6).toFixed(2)} s), ${check.calls.resolved} of ${check.calls.total} kubectl calls resolved, ${missing.length} gaps, ${findings.length} findings`,
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
