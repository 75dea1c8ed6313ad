/** What the ipam commands read: pools of the files given with -f and of the input, nodes, and the nv-ipam version. */
import { nodesIn, poolSources, withEdited } from '../../../core/ipam/check-pools.ts';
import { installedIpam } from '../../../core/ipam/installed-ipam.ts';
import { readIpamRelease } from '../../../core/ipam/ipam-versions.ts';
import type { IpamRelease } from '../../../core/ipam/ipam-versions.ts';
import type { PoolSource } from '../../../core/ipam/pool-finding.ts';
import type { SelectableNode } from '../../../core/model/node-selector.ts';
import { fail, ok } from '../../../core/result.ts';
import type { Result } from '../../../core/result.ts';
import { documentObjects } from '../../../core/snapshot/document-objects.ts';
import { emptySnapshot } from '../../../core/snapshot/snapshot.ts';
import type { Origin, Snapshot } from '../../../core/snapshot/snapshot.ts';
import type { CommandContext, OptionSpec, OptionValues } from '../command.ts';
import { expandNodeNames } from './node-names.ts';

export interface PoolInput {
  readonly snapshot: Snapshot;
  /** The pools of the files. */
  readonly given: readonly PoolSource[];
  /** All pools: those of the files in place of those of the input. */
  readonly pools: readonly PoolSource[];
  readonly nodes: readonly SelectableNode[];
  /** True when nodes are known by name only, and so whether a selector takes them is not. */
  readonly namesOnly: boolean;
  /** Undefined when nothing tells it. */
  readonly release: IpamRelease | undefined;
}

export const FILE_OPTION: OptionSpec = { flags: '-f, --file <path...>', about: 'files with IPPools and CIDRPools' };

export const VERSION_OPTION: OptionSpec = {
  flags: '--ipam-version <tag>',
  about: 'answer as this nv-ipam would (v0.3.7, network-operator-v25.10.0), where no input shows it',
};

export const textOption = (options: OptionValues, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

/** A count given as an option; undefined when it is not given. */
export const countOption = (options: OptionValues, name: string, flag: string): Result<number | undefined> => {
  const text = textOption(options, name);
  if (text === undefined) return ok(undefined);
  return /^\d{1,9}$/.test(text)
    ? ok(Number(text))
    : fail('usage-count', `${flag} ${text} is no count; give a whole number of at most nine digits.`);
};

const INPUT_OPTIONS = ['from', 'kubeconfig', 'context'];

/** Pools in files, documents that are no objects named with their line. */
export const readPoolFiles = async (
  context: CommandContext,
  files: readonly string[],
): Promise<Result<readonly PoolSource[]>> => {
  const pools: PoolSource[] = [];
  for (const file of files) {
    const documents = await context.readDocuments(file);
    if (!documents.ok) return documents;
    const { objects, strange } = documentObjects(documents.value);
    for (const { source, line } of strange)
      context.warn(
        `${source}:${line ?? 1} is no Kubernetes object (apiVersion, kind, metadata.name); it is passed over.`,
      );
    const found = poolSources({ objects });
    if (found.length === 0)
      return fail(
        'input-no-pools',
        `${file} holds no IPPool or CIDRPool of nv-ipam.nvidia.com; give a file that does.`,
      );
    pools.push(...found);
  }
  return ok(pools);
};

const readRelease = (options: OptionValues, snapshot: Snapshot): Result<IpamRelease | undefined> => {
  const tag = textOption(options, 'ipamVersion');
  if (tag === undefined) return ok(installedIpam(snapshot)?.release);
  const release = readIpamRelease(tag);
  return release === undefined
    ? fail(
        'usage-ipam-version',
        `--ipam-version ${tag} names no nv-ipam; write for example v0.3.7 or network-operator-v25.10.0.`,
      )
    : ok(release);
};

export const readPoolInput = async (context: CommandContext, options: OptionValues): Promise<Result<PoolInput>> => {
  const files = Array.isArray(options['file']) ? (options['file'] as readonly string[]) : [];
  const given = await readPoolFiles(context, files);
  if (!given.ok) return given;
  const isInputNamed = INPUT_OPTIONS.some((name) => options[name] !== undefined);
  const snapshot = isInputNamed || files.length === 0 ? await context.snapshot() : ok(emptySnapshot);
  if (!snapshot.ok) return snapshot;
  const release = readRelease(options, snapshot.value);
  if (!release.ok) return release;
  const nodes = nodesIn(snapshot.value);
  const typed = textOption(options, 'nodes');
  const names = nodes.length > 0 || typed === undefined ? ok([]) : expandNodeNames(typed);
  if (!names.ok) return names;
  return ok({
    snapshot: snapshot.value,
    given: given.value,
    pools: withEdited(poolSources(snapshot.value), given.value),
    nodes: nodes.length > 0 ? nodes : names.value.map((name) => ({ name, labels: {} })),
    namesOnly: nodes.length === 0,
    release: release.value,
  });
};

/** `pools.yaml:12`, or the source alone where no line is known. */
export const showOrigin = ({ source, line }: Origin): string => (line === undefined ? source : `${source}:${line}`);
