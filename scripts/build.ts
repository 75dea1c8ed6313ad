/**
 * Bundles the command line and the public door `nicwright/rules` into dist/, with chunks that load on demand, and writes the
 * types of the door beside them. The clone itself needs no build.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const out = path.join(root, 'dist');

rmSync(out, { recursive: true, force: true });
await build({
  entryPoints: { nicwright: path.join(root, 'src/main/cli.ts'), rules: path.join(root, 'src/main/rules.ts') },
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  minifySyntax: true,
  legalComments: 'none',
  // The Kubernetes client is a dependency of the package: it is large and most commands never load it.
  external: ['@kubernetes/client-node'],
  // Packages written for CommonJS ask for require.
  banner: { js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);" },
});
execFileSync(path.join(root, 'node_modules/.bin/tsc'), ['-p', path.join(root, 'scripts/rules-types.tsconfig.json')], {
  stdio: 'inherit',
});
