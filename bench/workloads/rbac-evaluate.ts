/**
 * RBAC answers per second over 10,000 roles and bindings (workload R). The peer is the authorizer of kube-apiserver on the
 * same objects and questions, with the same check sum over the answers. The index is built outside of the measured time.
 */
import { isAllowed } from '../../src/core/rbac/evaluate.ts';
import { PolicyIndex } from '../../src/core/rbac/policy-index.ts';
import { fnv1a, showSum } from '../random.ts';
import { rbacWorld } from '../rbac-world.ts';
import type { RbacWorld } from '../rbac-world.ts';
import { askGoAuthorizer } from '../rbac-world-file.ts';

const ROUNDS = 5;

const rateOf = (count: number, seconds: number): string => Math.round(count / seconds).toLocaleString('en');

const besidePeer = ({ policy, questions }: RbacWorld, answers: string): string => {
  const peer = askGoAuthorizer(policy, questions, ['-runs', '1']);
  if ('because' in peer) return `kube-apiserver's authorizer not run: ${peer.because}`;
  const same = peer.answers === answers ? 'same answers' : 'ANSWERS DIFFER';
  return `kube-apiserver's authorizer over maps ${rateOf(questions.length, peer.seconds)} answers/s; ${same}`;
};

export const workload = {
  name: 'rbac-evaluate',
  aim: '600,000 answers a second or more: 100,000 questions in 0.167 s; index built in 50 ms; answers 0dccddb7',
  run: () => {
    const world = rbacWorld();
    const { policy, questions } = world;
    const began = performance.now();
    const index = new PolicyIndex(policy);
    const indexMs = performance.now() - began;
    let answers = '';
    const times: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const said: boolean[] = [];
      const start = performance.now();
      for (const { caller, request } of questions) said.push(isAllowed(index, caller, request));
      if (round > 0) times.push((performance.now() - start) / 1000);
      answers = said.map((yes) => (yes ? 'A' : 'N')).join('');
    }
    const seconds = times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
    const allowed = answers.split('A').length - 1;
    return {
      checksum: showSum(fnv1a(answers)),
      seconds,
      detail: `${rateOf(questions.length, seconds)} answers/s, ${allowed} of ${questions.length} allowed, index of ${policy.roles.length + policy.bindings.length} objects in ${indexMs.toFixed(0)} ms; ${besidePeer(world, answers)}`,
    };
  },
};
