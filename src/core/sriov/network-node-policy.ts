/**
 * SriovNetworkNodePolicy, sriovnetwork.openshift.io/v1, as upstream's Go structs hold it: every field there, with its
 * zero value (empty text, 0, false) where the object says nothing. What the CRD and the mutating webhook would fill in is
 * left to admission (withCrdDefaults here, webhook/mutate-policy.ts), since neither may be there.
 */
import { z } from 'zod';
import { digFlag, digList, digMap, digNumber, digText, digTexts, isMap } from '../model/dig.ts';
import type { Path } from '../model/dig.ts';
import type { OvsBridgeConfig, OvsInterfaceConfig, StringMap } from './network-node-state.ts';

export interface NicSelector {
  readonly vendor: string;
  readonly deviceID: string;
  readonly rootDevices: readonly string[];
  readonly pfNames: readonly string[];
  readonly netFilter: string;
}

export interface OvsPolicy {
  readonly bridge: OvsBridgeConfig;
  readonly uplinkInterface: OvsInterfaceConfig;
}

export interface PolicySpec {
  readonly resourceName: string;
  readonly nodeSelector: StringMap;
  /** 0 is the strongest, and what a missing priority means where the mutating webhook is off. */
  readonly priority: number;
  readonly mtu: number;
  readonly numVfs: number;
  readonly nicSelector: NicSelector;
  readonly deviceType: string;
  readonly isRdma: boolean;
  readonly needVhostNet: boolean;
  readonly linkType: string;
  readonly eSwitchMode: string;
  readonly vdpaType: string;
  readonly excludeTopology: boolean;
  readonly externallyManaged: boolean;
  /** Absent where the policy configures no software bridge. */
  readonly ovs?: OvsPolicy;
}

export interface SriovNetworkNodePolicy {
  readonly name: string;
  readonly namespace: string;
  readonly spec: PolicySpec;
}

/** A policy of this name is a relic: rendering, mutation and validation pass it by. */
export const DEFAULT_POLICY_NAME = 'default';

export const isIgnoredPolicy = ({ name }: Pick<SriovNetworkNodePolicy, 'name'>): boolean =>
  name === DEFAULT_POLICY_NAME;

const texts = (value: unknown, ...path: Path): readonly string[] =>
  digList(value, ...path).filter((item) => typeof item === 'string');

/** Go writes maps with sorted keys. */
const sortedTexts = (value: unknown, ...path: Path): StringMap | undefined => {
  const entries = Object.entries(digTexts(value, ...path));
  return entries.length === 0 ? undefined : Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

/** Leaves out keys that hold nothing, as omitempty does. */
const filled = <Shape extends object>(shape: { readonly [Key in keyof Shape]: Shape[Key] | undefined }): Shape =>
  Object.fromEntries(
    Object.entries(shape).filter(([, value]) => value !== undefined && value !== '' && value !== 0),
  ) as Shape;

const readOvs = (ovs: unknown): OvsPolicy => ({
  bridge: filled<OvsBridgeConfig>({
    datapathType: digText(ovs, 'bridge', 'datapathType'),
    externalIDs: sortedTexts(ovs, 'bridge', 'externalIDs'),
    otherConfig: sortedTexts(ovs, 'bridge', 'otherConfig'),
    failMode: digText(ovs, 'bridge', 'failMode'),
  }),
  uplinkInterface: filled<OvsInterfaceConfig>({
    type: digText(ovs, 'uplink', 'interface', 'type'),
    options: sortedTexts(ovs, 'uplink', 'interface', 'options'),
    externalIDs: sortedTexts(ovs, 'uplink', 'interface', 'externalIDs'),
    otherConfig: sortedTexts(ovs, 'uplink', 'interface', 'otherConfig'),
    mtuRequest: digNumber(ovs, 'uplink', 'interface', 'mtuRequest'),
  }),
});

/** Reads a spec; parts of another type than the CRD's count as not set (policyProblems names them). */
export const readPolicySpec = (spec: unknown): PolicySpec => {
  const bridge = digMap(spec, 'bridge');
  return {
    resourceName: digText(spec, 'resourceName') ?? '',
    nodeSelector: digTexts(spec, 'nodeSelector'),
    priority: digNumber(spec, 'priority') ?? 0,
    mtu: digNumber(spec, 'mtu') ?? 0,
    numVfs: digNumber(spec, 'numVfs') ?? 0,
    nicSelector: {
      vendor: digText(spec, 'nicSelector', 'vendor') ?? '',
      deviceID: digText(spec, 'nicSelector', 'deviceID') ?? '',
      rootDevices: texts(spec, 'nicSelector', 'rootDevices'),
      pfNames: texts(spec, 'nicSelector', 'pfNames'),
      netFilter: digText(spec, 'nicSelector', 'netFilter') ?? '',
    },
    deviceType: digText(spec, 'deviceType') ?? '',
    isRdma: digFlag(spec, 'isRdma') ?? false,
    needVhostNet: digFlag(spec, 'needVhostNet') ?? false,
    linkType: digText(spec, 'linkType') ?? '',
    eSwitchMode: digText(spec, 'eSwitchMode') ?? '',
    vdpaType: digText(spec, 'vdpaType') ?? '',
    excludeTopology: digFlag(spec, 'excludeTopology') ?? false,
    externallyManaged: digFlag(spec, 'externallyManaged') ?? false,
    ...(isMap(bridge['ovs']) ? { ovs: readOvs(bridge['ovs']) } : {}),
  };
};

/** Reads a SriovNetworkNodePolicy object of whatever shape. */
export const readPolicy = (object: unknown): SriovNetworkNodePolicy => ({
  name: digText(object, 'metadata', 'name') ?? '',
  namespace: digText(object, 'metadata', 'namespace') ?? '',
  spec: readPolicySpec(digMap(object, 'spec')),
});

/** What the API server fills in by the CRD: deviceType and nothing else. */
export const withCrdDefaults = (policy: SriovNetworkNodePolicy): SriovNetworkNodePolicy =>
  policy.spec.deviceType === '' ? { ...policy, spec: { ...policy.spec, deviceType: 'netdevice' } } : policy;

const stringMap = z.record(z.string(), z.string());

/** The limits of the CRD; what lies beyond them never reaches the operator. */
const policySchema = z.object({
  spec: z.object({
    resourceName: z.string(),
    nodeSelector: stringMap,
    priority: z.int().min(0).max(99).optional(),
    mtu: z.int().min(1).optional(),
    numVfs: z.int().min(0),
    nicSelector: z.object({
      vendor: z.string().optional(),
      deviceID: z.string().optional(),
      rootDevices: z.array(z.string()).optional(),
      pfNames: z.array(z.string()).optional(),
      netFilter: z.string().optional(),
    }),
    deviceType: z.enum(['netdevice', 'vfio-pci']).optional(),
    isRdma: z.boolean().optional(),
    needVhostNet: z.boolean().optional(),
    linkType: z.enum(['eth', 'ETH', 'ib', 'IB']).optional(),
    eSwitchMode: z.enum(['legacy', 'switchdev']).optional(),
    vdpaType: z.enum(['virtio', 'vhost']).optional(),
    excludeTopology: z.boolean().optional(),
    externallyManaged: z.boolean().optional(),
    bridge: z
      .object({
        ovs: z
          .object({
            bridge: z
              .object({
                datapathType: z.string().optional(),
                externalIDs: stringMap.optional(),
                otherConfig: stringMap.optional(),
                failMode: z.enum(['secure', 'standalone']).optional(),
              })
              .optional(),
            uplink: z
              .object({
                interface: z
                  .object({
                    type: z.string().optional(),
                    options: stringMap.optional(),
                    externalIDs: stringMap.optional(),
                    otherConfig: stringMap.optional(),
                    mtuRequest: z.int().optional(),
                  })
                  .optional(),
              })
              .optional(),
          })
          .optional(),
      })
      .optional(),
  }),
});

export interface FieldProblem {
  readonly path: Path;
  /** What is wrong with the field, without its path. */
  readonly problem: string;
}

/** What the API server refuses about a policy before any webhook is asked. */
export const policyProblems = (object: unknown): readonly FieldProblem[] => {
  const parsed = policySchema.safeParse(object);
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, message }) => ({
    path: path.filter((key) => typeof key !== 'symbol'),
    problem: message,
  }));
};
