/** Address pools of NVIDIA IPAM (nv-ipam.nvidia.com) and of whereabouts: two kinds of one name, told apart by their group. */
import { column, type FieldKind } from './field-kind.ts';
import { fields, flag, integer, listOf, mapOf, nodeSelector, text } from './schema-words.ts';

const NV_IPAM = {
  group: 'nv-ipam.nvidia.com',
  version: 'v1alpha1',
  scope: 'Namespaced',
  isSpecRequired: true,
} as const;

const EXCLUSIONS = listOf(fields({ startIP: text, endIP: text }, ['endIP', 'startIP']));
const ROUTES = listOf(fields({ dst: text }, ['dst']));

const IP_POOL: FieldKind = {
  ...NV_IPAM,
  plural: 'ippools',
  kind: 'IPPool',
  columns: [
    column('Subnet', '.spec.subnet'),
    column('Gateway', '.spec.gateway'),
    column('Block Size', '.spec.perNodeBlockSize', 'integer'),
  ],
  spec: fields(
    {
      subnet: text,
      gateway: text,
      perNodeBlockSize: integer,
      defaultGateway: flag,
      exclusions: EXCLUSIONS,
      nodeSelector,
      routes: ROUTES,
    },
    ['perNodeBlockSize', 'subnet'],
  ),
  status: fields(
    {
      allocations: listOf(fields({ nodeName: text, startIP: text, endIP: text }, ['endIP', 'nodeName', 'startIP'])),
    },
    ['allocations'],
  ),
};

const CIDR_POOL: FieldKind = {
  ...NV_IPAM,
  plural: 'cidrpools',
  kind: 'CIDRPool',
  columns: [
    column('CIDR', '.spec.cidr'),
    column('Gateway index', '.spec.gatewayIndex'),
    column('Per Node Network Prefix', '.spec.perNodeNetworkPrefix', 'integer'),
  ],
  spec: fields(
    {
      cidr: text,
      gatewayIndex: integer,
      perNodeNetworkPrefix: integer,
      defaultGateway: flag,
      exclusions: EXCLUSIONS,
      nodeSelector,
      routes: ROUTES,
      staticAllocations: listOf(fields({ nodeName: text, prefix: text, gateway: text }, ['prefix'])),
    },
    ['cidr', 'perNodeNetworkPrefix'],
  ),
  status: fields(
    { allocations: listOf(fields({ nodeName: text, prefix: text, gateway: text }, ['nodeName', 'prefix'])) },
    ['allocations'],
  ),
};

const WHEREABOUTS_POOL: FieldKind = {
  group: 'whereabouts.cni.cncf.io',
  version: 'v1alpha1',
  scope: 'Namespaced',
  plural: 'ippools',
  kind: 'IPPool',
  spec: fields(
    {
      range: text,
      allocations: mapOf(fields({ id: text, ifname: text, podref: text }, ['id', 'podref'])),
    },
    ['allocations', 'range'],
  ),
};

export const IPAM_KINDS: readonly FieldKind[] = [IP_POOL, CIDR_POOL, WHEREABOUTS_POOL];
