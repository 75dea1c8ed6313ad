/** The oldest kubectl that people are expected to have: it asks and sends some things in other ways than today's. */
import { buildGo, lackOfGo } from '../go-program.ts';
import { pinOf, pinsOf } from '../pins.ts';
import { DONE, type RealPart } from '../real-part.ts';

const name = 'kubectl-1.32';

const part: RealPart = {
  name,
  why: 'the older end of kubectl, against the twin and the real API server',
  pins: pinsOf(name),
  inputs: [`${name}/main.go`, `${name}/go.mod`, `${name}/go.sum`],
  run: async (bench) => {
    const lacks = lackOfGo();
    if (lacks !== undefined) return { lacks };
    const kubernetes = pinOf(name, 'k8s.io/kubectl').replace('v0.', 'v1.');
    await buildGo(bench, { folder: name, binary: name, kubernetes });
    return DONE;
  },
};

export default part;
