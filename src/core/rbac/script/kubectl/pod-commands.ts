/** Commands on pods and nodes: logs, streams into containers, draining, metrics. Rows of request-table.ts. */
import { CREATE, LIST, PATCH, PATCH_EACH, READ } from './common-rows.ts';
import type { CommandRow, RequestRow } from './request-row.ts';

/** By websocket (GET) first; a server that refuses that is asked by POST. From Kubernetes 1.35 on GET alone is not enough. */
const stream = (sub: string, name: 'target' | 'podOfTarget'): readonly RequestRow[] => [
  { verb: 'get', on: '/pods', sub, name, alt: sub },
  { verb: 'create', on: '/pods', sub, name, alt: sub },
];
const POD_TYPES = '/pods';
const ofPod = (...rows: readonly RequestRow[]): readonly RequestRow[] =>
  rows.map((row) => ({ ...row, types: POD_TYPES }));
const ofWorkload = (...rows: readonly RequestRow[]): readonly RequestRow[] =>
  rows.map((row) => ({ ...row, notTypes: POD_TYPES }));
const PODS_OF: RequestRow = { verb: 'list', on: '/pods', name: 'none' };
const streams = (sub: string): CommandRow => ({
  takes: 'pods',
  type: '/pods',
  named: [READ, ...ofPod(...stream(sub, 'target')), ...ofWorkload(PODS_OF, ...stream(sub, 'podOfTarget'))],
});

export const POD_COMMANDS: Readonly<Record<string, CommandRow>> = {
  logs: {
    takes: 'pods',
    type: '/pods',
    asks: true,
    named: [
      READ,
      ...ofPod({ verb: 'get', sub: 'log' }),
      ...ofWorkload(PODS_OF, { verb: 'get', on: '/pods', sub: 'log', name: 'podOfTarget' }),
    ],
    listed: [PODS_OF, { verb: 'get', on: '/pods', sub: 'log', name: 'each' }],
  },
  exec: streams('exec'),
  cp: streams('exec'),
  rsync: streams('exec'),
  rsh: streams('exec'),
  attach: streams('attach'),
  'port-forward': {
    takes: 'pods',
    type: '/pods',
    named: [
      READ,
      ...ofPod(...stream('portforward', 'target')),
      ...ofWorkload(
        PODS_OF,
        { verb: 'get', on: '/pods', name: 'podOfTarget' },
        ...stream('portforward', 'podOfTarget'),
      ),
    ],
  },
  debug: {
    takes: 'pods',
    type: '/pods',
    named: [
      READ,
      { verb: 'patch', sub: 'ephemeralcontainers', types: POD_TYPES, unless: 'copy-to' },
      { verb: 'create', on: '/pods', name: 'none', types: POD_TYPES, given: 'copy-to' },
      { verb: 'create', on: '/pods', name: 'none', types: '/nodes' },
    ],
  },
  run: {
    takes: 'new',
    always: [
      { ...CREATE, on: '/pods' },
      { verb: 'list', on: '/pods', name: 'target', given: 'stdin|rm|attach', unless: 'dry-run=client' },
      { verb: 'watch', on: '/pods', name: 'target', given: 'stdin|rm|attach', unless: 'dry-run=client' },
      { verb: 'get', on: '/pods', name: 'target', given: 'stdin|rm|attach', unless: 'dry-run=client' },
      {
        verb: 'get',
        on: '/pods',
        sub: 'attach',
        name: 'target',
        given: 'stdin|rm|attach',
        unless: 'dry-run=client',
        alt: 'attach',
      },
      {
        verb: 'create',
        on: '/pods',
        sub: 'attach',
        name: 'target',
        given: 'stdin|rm|attach',
        unless: 'dry-run=client',
        alt: 'attach',
      },
      {
        verb: 'get',
        on: '/pods',
        sub: 'log',
        name: 'target',
        given: 'stdin|rm|attach',
        unless: 'dry-run=client',
        alt: 'attach',
      },
      { verb: 'delete', on: '/pods', name: 'target', given: 'rm', unless: 'dry-run=client' },
    ],
  },
  cordon: {
    takes: 'nodes',
    type: '/nodes',
    named: [READ, { ...PATCH, state: 'uncordoned' }],
    listed: [LIST, { ...PATCH_EACH, state: 'uncordoned' }],
  },
  uncordon: {
    takes: 'nodes',
    type: '/nodes',
    named: [READ, { ...PATCH, state: 'cordoned' }],
    listed: [LIST, { ...PATCH_EACH, state: 'cordoned' }],
  },
  drain: {
    takes: 'nodes',
    type: '/nodes',
    named: [READ, { ...PATCH, state: 'uncordoned' }],
    listed: [LIST, { ...PATCH_EACH, state: 'uncordoned' }],
    always: [
      { verb: 'list', on: '/pods', scope: 'all', name: 'none' },
      { verb: 'get', on: 'apps/daemonsets', scope: 'all', name: 'each', state: 'owned' },
      {
        verb: 'create',
        on: '/pods',
        sub: 'eviction',
        scope: 'all',
        name: 'each',
        unless: 'disable-eviction|dry-run=client',
        state: 'evicts',
      },
      {
        verb: 'delete',
        on: '/pods',
        scope: 'all',
        name: 'each',
        given: 'disable-eviction',
        unless: 'dry-run=client',
        state: 'evicts',
      },
      { verb: 'get', on: '/pods', scope: 'all', name: 'each', unless: 'dry-run=client', state: 'evicts' },
    ],
  },
  'top pod': {
    takes: 'pods',
    type: 'metrics.k8s.io/pods',
    asks: true,
    named: [{ verb: 'get' }],
    listed: [LIST, { verb: 'list', on: '/pods', name: 'none', state: 'unmeasured', tolerate: true }],
  },
  'top node': {
    takes: 'pods',
    type: 'metrics.k8s.io/nodes',
    asks: true,
    named: [READ, { verb: 'get', on: '/nodes', name: 'target' }],
    listed: [LIST, { verb: 'list', on: '/nodes', name: 'none' }],
  },
};
