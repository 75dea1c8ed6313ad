/** Options that every command has, and those of every command that reads a cluster or files of one. */
import type { Command, OptionSpec } from './command.ts';

const SHARED_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '-o, --output <format>',
    about: 'how to print the answer: text, json, yaml, or what the command adds',
    default: 'text',
  },
  { flags: '-v, --verbose', about: 'show the evidence and what was looked at' },
  { flags: '-h, --help', about: 'show this help' },
];

/** Of commands that talk to a cluster object by object. */
const CLUSTER_OPTIONS: readonly OptionSpec[] = [
  { flags: '--kubeconfig <file>', about: 'the kubeconfig of the cluster' },
  { flags: '--context <name>', about: 'the context of the kubeconfig to use' },
];

const SNAPSHOT_OPTIONS: readonly OptionSpec[] = [
  { flags: '--from <path...>', about: 'files or folders to read: kubectl output, host text, logs' },
  { flags: '--kubeconfig <file>', about: 'the kubeconfig of a live cluster' },
  { flags: '--context <name>', about: 'the context of the kubeconfig to use; with --from both are joined' },
  { flags: '-n, --namespace <name>', about: 'look at this namespace only' },
  { flags: '-l, --nodes <selector>', about: 'look at these nodes only: a label selector, or names joined by commas' },
  { flags: '--operator-namespace <name>', about: 'where the operators live, instead of finding it' },
  { flags: '--no-exec', about: 'run no reading commands in pods that are there' },
  { flags: '--save <dir>', about: 'keep what was read live in this folder, for --from' },
];

/** Options of a command besides its own. */
export const commonOptions = ({ readsSnapshot, usesCluster }: Command): readonly OptionSpec[] => [
  ...(readsSnapshot !== undefined ? SNAPSHOT_OPTIONS : usesCluster === true ? CLUSTER_OPTIONS : []),
  ...SHARED_OPTIONS,
];
