/** A cluster that does not answer is one sentence, and the files beside it are read all the same. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');

test('diagnose --kubeconfig X --from FILES, with nobody at X', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nicwright-away-'));
  try {
    const kubeconfig = path.join(folder, 'config');
    const content = {
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ name: 'u', user: { token: 'a-secret-token' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    writeFileSync(kubeconfig, JSON.stringify(content));
    const args = ['diagnose', '--kubeconfig', kubeconfig, '--from', path.join(ROOT, 'examples/dgx-incident')];
    const ran = spawnSync(process.execPath, [path.join(ROOT, 'bin/nicwright.mjs'), ...args], { encoding: 'utf8' });
    expect(ran.stderr).toMatch(
      /^context x \(https:\/\/127\.0\.0\.1:1\) gives no answer to .*: nothing listens there; check .*\.$/m,
    );
    expect(ran.stdout).toContain('cold');
    expect(ran.status).toBe(1);
    expect(ran.stdout + ran.stderr).not.toContain('a-secret-token');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
