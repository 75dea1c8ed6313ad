/** Nodes without adapters or GPUs, and a cluster of nothing else: for whatever is about pods, drains and power alone. */
import type { FleetNode } from '../actors/node-status.ts';
import { SMALL_SERVER } from '../hardware/host.ts';
import type { Scenario } from './scenario.ts';

const ROOM = { cpu: '8', memory: '16Gi', pods: '110' };

export const plainNode = (name: string, at: number): FleetNode => ({
  host: { name, platform: SMALL_SERVER, adapters: [], gpus: 0, kernel: '6.8.0-60-generic', lockdown: 'none' },
  labels: {},
  address: `10.${Math.floor(at / 62_500)}.${Math.floor(at / 250) % 250}.${(at % 250) + 1}`,
  room: ROOM,
});

/** A scenario in which nothing happens by itself. */
export const plainScenario = (nodes: readonly string[]): Scenario => ({
  name: 'plain',
  about: `${nodes.length} nodes without adapters`,
  release: '25.7.0',
  fleet: nodes.map(plainNode),
  objects: [],
  steps: [],
  untilMinutes: 60,
});
