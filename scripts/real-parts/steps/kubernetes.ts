/** One program with etcd, kube-apiserver, controller-manager, scheduler, kubectl, kwok and helm. About 5 minutes when cold. */
import { buildGo, lackOfGo, wrapProgram } from '../go-program.ts';
import { pinOf, pinsOf } from '../pins.ts';
import { DONE, type RealPart } from '../real-part.ts';

const name = 'kubernetes';

const part: RealPart = {
  name,
  why: 'a Kubernetes control plane, kubectl, kwok and helm: the contract suite and all tests against a real API server',
  pins: pinsOf(name),
  inputs: ['kubernetes/main.go', 'kubernetes/go.mod', 'kubernetes/go.sum'],
  run: async (bench) => {
    const lacks = lackOfGo();
    if (lacks !== undefined) return { lacks };
    bench.say('go build, about 5 minutes when Go has built nothing of it before');
    await buildGo(bench, { folder: name, binary: 'realparts', kubernetes: pinOf(name, 'k8s.io/kubernetes') });
    for (const program of ['etcd', 'kubectl', 'kwok', 'helm']) await wrapProgram(bench, program, 'realparts', program);
    return DONE;
  },
};

export default part;
