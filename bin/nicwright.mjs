#!/usr/bin/env node
// Starts Nicwright: the bundle where the package is installed, the sources themselves in a clone.
import { existsSync } from 'node:fs';
import module from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `nicwright needs Node 22.19 or newer, and this is ${process.versions.node}; in a clone, npm run nicwright -- uses the right one.\n`,
  );
  process.exit(2);
}
module.enableCompileCache?.();
const sources = new URL('../src/main/cli.ts', import.meta.url);
await import(existsSync(sources) ? sources.href : new URL('../dist/nicwright.mjs', import.meta.url).href);
