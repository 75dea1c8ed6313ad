/**
 * diagnose on a generated must-gather of 2,000 nodes and 7,000 pods (183 MB in 10,770 files), beside js-yaml reading the
 * same YAML files into the same objects. The check sum is over the objects' names, so both must have read the same.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import v8 from 'node:v8';
import yaml from 'js-yaml';
import { loadDump } from '../../src/adapters/dump/load-dump.ts';
import { DEFAULT_LIMITS } from '../../src/adapters/dump/input-limits.ts';
import { walkFiles } from '../../src/adapters/dump/walk-files.ts';
import { diagnose } from '../../src/core/diagnosis/engine.ts';
import { ALL_RULES } from '../../src/core/diagnosis/rules/index.ts';
import { objectsIn } from '../../src/core/snapshot/objects-in.ts';
import { generateDump } from '../dump-generator.ts';
import { fnv1a, showSum } from '../random.ts';
import type { Measured, Workload } from '../workload.ts';

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** The peer: every YAML file by js-yaml, objects dropped after their names are taken. */
const peer = (folder: string): { readonly sum: number; readonly seconds: number } => {
  const began = performance.now();
  let sum = fnv1a('');
  for (const { name } of walkFiles([folder], DEFAULT_LIMITS).files) {
    const text = readFileSync(name, 'utf8');
    if (!name.endsWith('.yaml')) continue;
    for (const { object } of objectsIn(yaml.load(text, { schema: yaml.CORE_SCHEMA }))?.objects ?? [])
      sum = fnv1a(object.metadata.name, sum);
  }
  return { sum, seconds: seconds(began) };
};

const run = async (): Promise<Measured> => {
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  const folder = mkdtempSync(path.join(tmpdir(), 'nicwright-bench-'));
  try {
    generateDump(folder);
    const began = performance.now();
    const snapshot = await loadDump([folder]);
    const loaded = seconds(began);
    if (!snapshot.ok) throw new Error(snapshot.fault.message);
    const report = diagnose(snapshot.value, ALL_RULES);
    const whole = seconds(began);
    const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
    const sum = snapshot.value.objects.reduce((hash, { object }) => fnv1a(object.metadata.name, hash), fnv1a(''));
    const other = peer(folder);
    if (other.sum !== sum) throw new Error(`js-yaml read other objects: ${showSum(other.sum)} and ${showSum(sum)}`);
    return {
      seconds: whole,
      checksum: showSum(sum),
      detail: `${report.nodes.length} nodes, ${Math.round((100 * loaded) / whole)} % reading and parsing, ${rssMb} MB; js-yaml alone ${other.seconds.toFixed(2)} s`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const workload: Workload = { name: 'diagnose a dump of 183 MB', aim: '<= 4 s and 350 MB', run };
