/** Builds one of our Go programs. What it takes of Go, and how to say that it is missing, stands here once. */
import { spawnSync } from 'node:child_process';
import { chmod, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Workbench } from './real-part.ts';

const GO_FLOOR = [1, 26] as const;

/** Undefined when `go` is there and new enough; else the sentence that says what is missing. */
export const lackOfGo = (): string | undefined => {
  const wanted = `Go ${GO_FLOOR.join('.')} or newer is needed to build it`;
  const asked = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', timeout: 30_000 });
  if (asked.error !== undefined)
    return `${wanted}, and there is no "go" on the PATH; install it, then run setup:real again.`;
  const [major = 0, minor = 0] = asked.stdout.trim().replace(/^go/, '').split('.').map(Number);
  const enough = major > GO_FLOOR[0] || (major === GO_FLOOR[0] && minor >= GO_FLOOR[1]);
  return enough ? undefined : `${wanted}, and this machine has ${asked.stdout.trim()}; install a newer one.`;
};

export interface GoBuild {
  /** Folder under scripts/real-parts with main.go, go.mod and go.sum. */
  readonly folder: string;
  /** Name of the binary in the cache's bin folder. */
  readonly binary: string;
  /** `v1.36.3`: what the program says its Kubernetes version is. */
  readonly kubernetes: string;
}

/** Builds with the committed go.sum, at low priority. The binary appears under its name only when it is whole. */
export const buildGo = async (bench: Workbench, { folder, binary, kubernetes }: GoBuild): Promise<void> => {
  const target = path.join(bench.cache, 'bin', binary);
  const [major = '', minor = ''] = kubernetes.replace(/^v/, '').split('.');
  const version = 'k8s.io/component-base/version';
  // Without these the API server calls itself v0.0.0-master. The date is fixed so that a build can be compared.
  const stamps = [
    `-X ${version}.gitVersion=${kubernetes}`,
    `-X ${version}.gitMajor=${major}`,
    `-X ${version}.gitMinor=${minor}`,
    `-X ${version}.gitTreeState=clean`,
    `-X ${version}.buildDate=2026-01-01T00:00:00Z`,
  ];
  await bench.run(
    'nice',
    ['go', 'build', '-mod=readonly', '-trimpath', '-o', `${target}.new`, '-ldflags', `-s -w ${stamps.join(' ')}`, '.'],
    {
      cwd: path.join(bench.sources, folder),
      env: { CGO_ENABLED: '0' },
    },
  );
  await rename(`${target}.new`, target);
};

/** Lets tests call one part of a combined binary by a name of its own. */
export const wrapProgram = async (bench: Workbench, name: string, binary: string, part: string): Promise<void> => {
  const file = path.join(bench.cache, 'bin', name);
  await writeFile(file, `#!/bin/sh\nexec "$(dirname "$0")/${binary}" ${part} "$@"\n`);
  await chmod(file, 0o755);
};
