import { expect, test } from 'vitest';
import { logNamed } from './file-name.ts';

test.each([
  ['a/nv-ipam-node-x7k2p.log', { pod: 'nv-ipam-node-x7k2p' }],
  ['nv-ipam-node-x7k2p.nv-ipam-node.log', { pod: 'nv-ipam-node-x7k2p', container: 'nv-ipam-node' }],
  ['mofed-ubuntu20.04-ds-z7mfb.log', { pod: 'mofed-ubuntu20.04-ds-z7mfb' }],
  ['mofed-rhel8.8-ds-4rxvb.previous.log', { pod: 'mofed-rhel8.8-ds-4rxvb', previous: true }],
  ['mofed-ubuntu22.04-7b8c96f5dd-ds-w9ztk.mofed-container.previous.log', { pod: 'mofed-ubuntu22.04-7b8c96f5dd-ds-w9ztk', container: 'mofed-container', previous: true }],
  ['x/namespaces/a/pods/b/c/c/logs/previous.log', { namespace: 'a', pod: 'b', container: 'c', previous: true }],
  ['mofed.log', undefined],
])('%s', (path, named) => {
  expect(logNamed(path)).toEqual(named);
}); // prettier-ignore
