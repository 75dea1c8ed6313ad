import { expect, test } from 'vitest';
import { requestWithPrefix } from './partial-drain.ts';

const pod = (containers: readonly object[], rest: object = {}): unknown => ({ spec: { containers, ...rest } });
const asks = (name: string): object => ({ resources: { requests: { cpu: '1', [name]: '1' } } });

// prettier-ignore
test.for([
  ['a VF', pod([asks('nvidia.com/resibp24s0')]), 'nvidia.com/resibp24s0'],
  ['a GPU, by the prefix alone', pod([{}, asks('nvidia.com/gpu')]), 'nvidia.com/gpu'],
  ['a foreign name that starts alike', pod([asks('nvidia.com.example/x')]), 'nvidia.com.example/x'],
  ['nothing of it', pod([asks('openshift.io/x')]), undefined],
  ['only in an init container', pod([], { initContainers: [asks('nvidia.com/resibp24s0')] }), undefined],
  ['no pod at all', 'odd', undefined],
] as const)('a pod that asks for %s', ([, candidate, found]) => {
  expect(requestWithPrefix(candidate, 'nvidia.com')).toBe(found);
});
