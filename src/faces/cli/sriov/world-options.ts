/** Files and options that `sriov render` and `sriov check` have in common. */
import type { WorldOptions } from '../../../core/sriov/sriov-world.ts';
import type { OptionSpec, OptionValues } from '../command.ts';

export const WORLD_OPTIONS: readonly OptionSpec[] = [
  { flags: '-f, --file <path...>', about: 'the same as FILE' },
  { flags: '--resource-prefix <prefix>', about: 'RESOURCE_PREFIX of the operator, instead of finding it' },
  {
    flags: '--webhook',
    about: 'complete the policies as the mutating webhook would (priority 99, isRdma for InfiniBand)',
  },
];

export const filesOf = (args: readonly string[], { file }: OptionValues): readonly string[] => [
  ...args,
  ...(Array.isArray(file) ? (file as readonly string[]) : []),
];

const textOf = (value: OptionValues[string]): string | undefined => (typeof value === 'string' ? value : undefined);

export const worldOptionsOf = (options: OptionValues): WorldOptions => {
  const resourcePrefix = textOf(options['resourcePrefix']);
  const namespace = textOf(options['operatorNamespace']);
  return {
    ...(resourcePrefix === undefined ? {} : { resourcePrefix }),
    ...(namespace === undefined ? {} : { namespace }),
    webhook: options['webhook'] === true,
  };
};
