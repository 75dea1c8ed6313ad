/**
 * diagnose on a generated must-gather of 1 GB (2,000 nodes, half of it logs), as a folder. The check sum is over the names
 * of the objects and the nodes that wait for a restart.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import v8 from 'node:v8';
import { loadDump } from '../../src/adapters/dump/load-dump.ts';
import { diagnose } from '../../src/core/diagnosis/engine.ts';
import { ALL_RULES } from '../../src/core/diagnosis/rules/index.ts';
import { generateGather } from '../large-gather.ts';
import { fnv1a, showSum } from '../random.ts';
import type { Measured, Workload } from '../workload.ts';

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

const run = async (): Promise<Measured> => {
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  const folder = mkdtempSync(path.join(tmpdir(), 'nicwright-bench-'));
  try {
    const { yaml, json, logs, files } = generateGather(folder);
    const before = Math.round(process.resourceUsage().maxRSS / 1024);
    const began = performance.now();
    const snapshot = await loadDump([folder]);
    const loaded = (performance.now() - began) / 1000;
    if (!snapshot.ok) throw new Error(snapshot.fault.message);
    const report = diagnose(snapshot.value, ALL_RULES);
    const seconds = (performance.now() - began) / 1000;
    const found = [...report.problems, ...report.symptoms].flatMap(({ rule, nodes }) => [rule, ...nodes]);
    const names = snapshot.value.objects.map(({ object }) => object.metadata.name);
    return {
      seconds,
      checksum: showSum([...names, ...found].reduce((sum, name) => fnv1a(name, sum), fnv1a(''))),
      detail: `${megabytes(yaml)} MB YAML, ${megabytes(json)} MB JSON, ${megabytes(logs)} MB logs in ${files} files; ${Math.round((100 * loaded) / seconds)} % reading; at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB (${before} MB of it to generate)`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const workload: Workload = { name: 'diagnose a must-gather of 1 GB', aim: '<= 15 s and 600 MB', run };
