/** Pools of nv-ipam and the networks that ask for them: changes that move no node and give no address anew. */
import type { Facts } from '../../diagnosis/facts.ts';
import { poolCheck } from '../../diagnosis/pool-findings.ts';
import { firstOverlap, mergeRanges } from '../../ipam/exclusion-cover.ts';
import type { PoolSource } from '../../ipam/pool-finding.ts';
import { digList, digNumber, digText, isMap } from '../../model/dig.ts';
import { parseAddress, showAddress, type AddressRange } from '../../model/ip.ts';
import { objectPath, type KubeObject } from '../../model/kube-object.ts';
import { ok, type Result } from '../../result.ts';
import { cannot, type Fix, type FixAsked } from './fixer.ts';
import { patchStep } from './patch-step.ts';

const PLURALS: Readonly<Record<string, string>> = {
  IPPool: 'ippools',
  CIDRPool: 'cidrpools',
  SriovNetwork: 'sriovnetworks',
  SriovIBNetwork: 'sriovibnetworks',
  OVSNetwork: 'ovsnetworks',
  HostDeviceNetwork: 'hostdevicenetworks',
  IPoIBNetwork: 'ipoibnetworks',
  MacvlanNetwork: 'macvlannetworks',
};

interface RangeField {
  readonly field: 'exclusions' | 'perNodeExclusions';
  readonly read: (entry: unknown) => AddressRange | undefined;
  readonly write: (range: AddressRange) => unknown;
}

const RANGES: readonly RangeField[] = [
  {
    field: 'exclusions',
    read: (entry) => {
      const [start, end] = [parseAddress(digText(entry, 'startIP') ?? ''), parseAddress(digText(entry, 'endIP') ?? '')];
      return start === undefined || end === undefined ? undefined : { start, end };
    },
    write: ({ start, end }) => ({ startIP: showAddress(start), endIP: showAddress(end) }),
  },
  {
    field: 'perNodeExclusions',
    read: (entry) => {
      const [start, end] = [digNumber(entry, 'startIndex'), digNumber(entry, 'endIndex')];
      return start === undefined || end === undefined ? undefined : { start, end };
    },
    write: ({ start, end }) => ({ startIndex: Number(start), endIndex: Number(end) }),
  },
];

/** The same addresses in ranges that do not meet; undefined where these do not overlap each other. */
const apart = (pool: KubeObject, { field, read, write }: RangeField): readonly unknown[] | undefined => {
  const ranges = digList(pool, 'spec', field).map(read);
  if (ranges.includes(undefined)) return undefined;
  const whole = ranges.filter((range) => range !== undefined);
  return firstOverlap(whole) === undefined ? undefined : mergeRanges(whole).map(write);
};

const poolsOf = ({ problem, facts }: FixAsked): readonly PoolSource[] =>
  poolCheck(facts).pools.filter(({ source }) =>
    problem.scopes.some(({ object }) => object === objectPath(source.object)),
  );

export const fixOverlappingExclusions = (asked: FixAsked): Result<Fix> => {
  const steps = poolsOf(asked).flatMap(({ source: { object } }) => {
    const fields = Object.fromEntries(
      RANGES.flatMap((range) => {
        const wanted = apart(object, range);
        return wanted === undefined ? [] : [[range.field, wanted]];
      }),
    );
    if (Object.keys(fields).length === 0) return [];
    return [
      patchStep(
        object,
        PLURALS[object.kind] ?? '',
        { spec: fields },
        {
          id: `exclusions-of-${object.metadata.name}`,
          title: `Write ${Object.keys(fields).join(' and ')} of ${object.kind} ${object.metadata.name} as ranges that do not meet`,
          because: asked.problem.summary,
        },
      ),
    ];
  });
  return steps.length === 0
    ? cannot(
        'Ranges and indexes of the pool meet only inside the share of some nodes, and which of them was meant is not told: write ranges and indexes that do not meet.',
      )
    : ok({
        steps,
        effects: ['the same addresses are left out as before, and no node gets another block'],
      });
};

const networkOf = (facts: Facts, scopes: FixAsked['problem']['scopes']): KubeObject | undefined => {
  const about = new Set(scopes.flatMap(({ object }) => object ?? []));
  return facts.snapshot.objects.find(
    ({ object }) => object.kind in PLURALS && about.has(`${object.kind}/${object.metadata.name}`),
  )?.object;
};

const parsed = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};

/** Only where the pool of that name exists and is of the other kind: then nothing but the kind can be wrong. */
export const fixPoolKind = ({ facts, problem }: FixAsked): Result<Fix> => {
  const network = networkOf(facts, problem.scopes);
  const ipam = parsed(digText(network, 'spec', 'ipam'));
  if (network === undefined || !isMap(ipam))
    return cannot(
      'The network is none that an operator renders from an ipam block, or its block cannot be read; correct its CNI configuration where it is made.',
    );
  const isCidr = digText(ipam, 'poolType')?.toLowerCase() === 'cidrpool';
  const other = isCidr ? 'IPPool' : 'CIDRPool';
  const names = (digText(ipam, 'poolName') ?? network.metadata.name).split(',').map((name) => name.trim());
  const there = new Set(poolCheck(facts).pools.flatMap(({ pool }) => (pool.kind === other ? [pool.name] : [])));
  if (!names.every((name) => there.has(name)))
    return cannot(
      'Which of the pools that exist is meant, or whether the missing one has to be made, only the plan of the network tells: name an existing pool in its ipam block, or create the pool.',
    );
  const wanted = JSON.stringify({ ...ipam, poolType: other.toLowerCase() });
  return ok({
    steps: [
      patchStep(
        network,
        PLURALS[network.kind] ?? '',
        { spec: { ipam: wanted } },
        {
          id: `pool-type-of-${network.metadata.name}`,
          title: `Ask for ${names.join(', ')} as ${other} in ${network.kind} ${network.metadata.name} (poolType: ${other.toLowerCase()})`,
          because: `${problem.summary}; ${other} ${names.join(', ')} is there`,
        },
      ),
    ],
    effects: ['pods that wait for an address get one at their next try; pods that run keep what they have'],
  });
};
