/** `sriov check`: the traps in policies and pools, also those that the operator's own webhook lets pass. */
import { fail, ok } from '../../../core/result.ts';
import { checkSriov } from '../../../core/sriov/check/check-sriov.ts';
import { sriovWorld } from '../../../core/sriov/sriov-world.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { joinedInput } from '../joined-input.ts';
import { checkText } from '../sriov/show-check.ts';
import { filesOf, worldOptionsOf, WORLD_OPTIONS } from '../sriov/world-options.ts';

export default defineCommand({
  path: 'sriov check',
  about: 'Finds the traps in SR-IOV policies and pools, also those that the operator accepts',
  examples: [
    { line: 'sriov check policies.yaml', does: 'checks the policies alone, with file and line' },
    {
      line: 'sriov check policies.yaml --from must-gather/',
      does: 'checks them against the nodes, adapters, firmware and other policies of the dump',
    },
  ],
  arguments: [{ name: '[FILE...]', about: 'policies, pools, node states, nodes: laid over what --from holds' }],
  options: [...WORLD_OPTIONS, { flags: '--strict', about: 'exit 4 where something could not be checked' }],
  readsSnapshot: 'objects',
  run: async (context, args, options) => {
    const snapshot = await joinedInput(context, filesOf(args, options), options);
    if (!snapshot.ok) return snapshot;
    const world = sriovWorld(snapshot.value, worldOptionsOf(options));
    if (world.policies.length + world.pools.length + world.operatorConfigs.length === 0)
      return fail(
        'input-nothing-to-check',
        'There is no SriovNetworkNodePolicy, SriovNetworkPoolConfig or SriovOperatorConfig in the input; give a file that holds one.',
      );
    const check = checkSriov(world);
    const isBad = check.findings.some(({ severity }) => severity !== 'note');
    const isOpen = options['strict'] === true && check.gaps.length > 0;
    return ok({
      exit: isBad ? EXIT.findings : isOpen ? EXIT.unresolved : EXIT.clean,
      data: check,
      text: checkText(check, options['verbose'] === true),
    });
  },
});
