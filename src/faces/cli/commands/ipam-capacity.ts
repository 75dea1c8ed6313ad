/** `ipam capacity`: how many nodes a pool serves, how many addresses each gets, and the subnet for a given fleet. */
import { capacityOf, fittingPrefix, showCount } from '../../../core/ipam/capacity.ts';
import type { Capacity } from '../../../core/ipam/capacity.ts';
import { showProblem } from '../../../core/ipam/field-problem.ts';
import { subnetOf } from '../../../core/ipam/pool-finding.ts';
import { showPool } from '../../../core/ipam/pool-object.ts';
import { readCIDRPool } from '../../../core/ipam/cidrpool-spec.ts';
import { readIPPool } from '../../../core/ipam/ippool-spec.ts';
import type { PoolSpec } from '../../../core/ipam/reconcile-pool.ts';
import { selectedNames } from '../../../core/ipam/reconcile-pool.ts';
import { showSubnet } from '../../../core/model/ip.ts';
import { fail, ok } from '../../../core/result.ts';
import type { Result } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import type { CommandContext, CommandOutcome, OptionValues } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { countOption, FILE_OPTION, readPoolInput } from '../ipam/pool-input.ts';
import { table } from '../table.ts';

const pieces = (spec: PoolSpec): string =>
  'subnet' in spec ? `blocks of ${spec.perNodeBlockSize}` : `prefixes of /${spec.perNodeNetworkPrefix}`;

const inWords = (count: bigint): string => (showCount(count) === 'huge' ? 'practically unlimited' : String(count));

const sentence = (spec: PoolSpec, { nodes, perNode, leftOver, excluded }: Capacity): string => {
  const extra = [
    ...(leftOver > 0n ? [`${inWords(leftOver)} addresses left over`] : []),
    ...(excluded > 0n ? [`${inWords(excluded)} excluded`] : []),
  ];
  const tail = extra.length === 0 ? '' : `; ${extra.join(', ')}`;
  return `${showSubnet(subnetOf(spec))} in ${pieces(spec)}: ${inWords(nodes)} nodes, ${inWords(perNode)} addresses each${tail}`;
};

const fitSentence = (spec: PoolSpec, { nodes }: Capacity, fleet: number): string => {
  if (nodes >= BigInt(fleet)) return `${fleet} nodes fit`;
  const prefix = fittingPrefix(spec, BigInt(fleet));
  return prefix === undefined
    ? `no IPv${subnetOf(spec).family} subnet serves ${fleet} nodes`
    : `${fleet} nodes need /${prefix}`;
};

const dataOf = (spec: PoolSpec, capacity: Capacity): Readonly<Record<string, unknown>> => ({
  subnet: showSubnet(subnetOf(spec)),
  nodes: showCount(capacity.nodes),
  perNode: showCount(capacity.perNode),
  excluded: showCount(capacity.excluded),
  leftOver: showCount(capacity.leftOver),
});

const ofSubnet = (subnet: string, options: OptionValues, fleet: number | undefined): Result<CommandOutcome> => {
  const block = countOption(options, 'block', '--block');
  if (!block.ok) return block;
  const length = countOption(options, 'nodePrefix', '--node-prefix');
  if (!length.ok) return length;
  if ((block.value === undefined) === (length.value === undefined))
    return fail('usage-block', 'Say how the subnet is cut: --block N addresses a node, or --node-prefix LENGTH.');
  const read =
    length.value === undefined
      ? readIPPool('pool', { subnet, perNodeBlockSize: block.value })
      : readCIDRPool('pool', { cidr: subnet, perNodeNetworkPrefix: length.value });
  if (!read.ok) return fail('usage-subnet', `${read.problems.map(showProblem).join(', ')}; correct it and ask again.`);
  const { spec } = read;
  const capacity = capacityOf(spec);
  const fits = fleet === undefined || capacity.nodes >= BigInt(fleet);
  return ok({
    exit: fits ? EXIT.clean : EXIT.findings,
    data: dataOf(spec, capacity),
    text: () =>
      [sentence(spec, capacity), ...(fleet === undefined ? [] : [fitSentence(spec, capacity, fleet)])].join('\n'),
  });
};

const ofPools = async (
  context: CommandContext,
  options: OptionValues,
  fleet: number | undefined,
): Promise<Result<CommandOutcome>> => {
  const input = await readPoolInput(context, options);
  if (!input.ok) return input;
  const { given, pools, nodes, release } = input.value;
  const asked = given.length > 0 ? given : pools;
  if (asked.length === 0)
    return fail('input-no-pools', 'The input holds no IPPool or CIDRPool; give SUBNET and --block, or a file with -f.');
  const rows = asked.map(({ pool }) => {
    const read = (pool.kind === 'IPPool' ? readIPPool : readCIDRPool)(pool.name, pool.spec, release);
    if (!read.ok) return { pool, problems: read.problems.map(showProblem) };
    const wanted = fleet ?? selectedNames(read.spec.nodeSelector, nodes).length;
    return { pool, spec: read.spec, capacity: capacityOf(read.spec), wanted };
  });
  const isShort = rows.some(({ capacity, wanted }) => capacity === undefined || capacity.nodes < BigInt(wanted));
  const isFleetKnown = fleet !== undefined || nodes.length > 0;
  return ok({
    exit: isShort ? EXIT.findings : EXIT.clean,
    data: rows.map(({ pool, spec, capacity, problems }) => ({
      pool: showPool(pool),
      ...(capacity === undefined ? { problems } : dataOf(spec, capacity)),
    })),
    text: () =>
      table(
        ['POOL', 'SUBNET', 'CUT IN', 'NODES', 'EACH', ...(isFleetKnown ? ['WANTED', ''] : [])],
        rows.map(({ pool, spec, capacity, wanted, problems }) =>
          capacity === undefined
            ? [showPool(pool), 'not valid:', problems.join(', ')]
            : [
                showPool(pool),
                showSubnet(subnetOf(spec)),
                pieces(spec),
                String(showCount(capacity.nodes)),
                String(showCount(capacity.perNode)),
                ...(isFleetKnown ? [String(wanted), fitSentence(spec, capacity, wanted)] : []),
              ],
        ),
      ),
  });
};

export default defineCommand({
  path: 'ipam capacity',
  about: 'Tells how many nodes a pool serves, how many addresses each gets, and the subnet that a fleet needs',
  examples: [
    { line: 'ipam capacity 192.168.1.0/24 --block 8 --fleet 32', does: '31 nodes; 32 nodes need /23' },
    { line: 'ipam capacity -f pools.yaml --from dump/', does: 'the same for each pool, against the nodes it selects' },
  ],
  arguments: [{ name: '[SUBNET]', about: 'a subnet to cut, instead of pools in files' }],
  options: [
    { flags: '--block <addresses>', about: "addresses in a node's block, as perNodeBlockSize of an IPPool" },
    { flags: '--node-prefix <length>', about: "length of a node's prefix, as perNodeNetworkPrefix of a CIDRPool" },
    { flags: '--fleet <nodes>', about: 'nodes to be served' },
    FILE_OPTION,
  ],
  readsSnapshot: 'objects',
  run: async (context, [subnet], options) => {
    const fleet = countOption(options, 'fleet', '--fleet');
    if (!fleet.ok) return fleet;
    return subnet === undefined ? ofPools(context, options, fleet.value) : ofSubnet(subnet, options, fleet.value);
  },
});
