/** What kwok does to nodes and pods is told by stages, and plain kwok has none built in: we take those of its own module. */
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { lackOfGo } from '../go-program.ts';
import { pinsOf } from '../pins.ts';
import { DONE, type RealPart } from '../real-part.ts';

const name = 'kwok-stages';

const STAGES = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
];

const part: RealPart = {
  name,
  why: 'how kwok lets nodes become ready and pods run',
  pins: pinsOf(name),
  needs: ['kubernetes'],
  run: async (bench) => {
    const lacks = lackOfGo();
    if (lacks !== undefined) return { lacks };
    const cwd = path.join(bench.sources, 'kubernetes');
    // The module cache may have been cleaned since the build.
    await bench.run('go', ['mod', 'download', 'sigs.k8s.io/kwok'], { cwd });
    const module = (await bench.run('go', ['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'], { cwd })).trim();
    const target = path.join(bench.cache, name);
    await mkdir(target, { recursive: true });
    for (const stage of STAGES)
      await copyFile(path.join(module, 'kustomize/stage', stage), path.join(target, path.basename(stage)));
    return DONE;
  },
};

export default part;
