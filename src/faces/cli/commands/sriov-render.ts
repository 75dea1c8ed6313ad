/** `sriov render`: what the SR-IOV operator would make of policies, before they are applied. */
import { fail, ok } from '../../../core/result.ts';
import type { Gap } from '../../../core/snapshot/snapshot.ts';
import { renderFleet } from '../../../core/sriov/render-fleet.ts';
import { sriovWorld } from '../../../core/sriov/sriov-world.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { joinedInput } from '../joined-input.ts';
import { isRendered, renderingData, renderingText } from '../sriov/show-rendering.ts';
import { filesOf, worldOptionsOf, WORLD_OPTIONS } from '../sriov/world-options.ts';

const assumedPrefix = (prefix: string): Gap => ({
  what: 'the resource prefix',
  because: `no workload with RESOURCE_PREFIX was read: ${prefix} is taken, as NVIDIA's network operator sets it`,
  settle: 'nicwright sriov render --resource-prefix PREFIX ...',
});

export default defineCommand({
  path: 'sriov render',
  about: 'Shows what the SR-IOV operator makes of policies: node states, device plugin configuration, resources',
  examples: [
    {
      line: 'sriov render policies.yaml --from nodes.yaml --from nodestates.yaml',
      does: 'shows VFs, groups and resources per node as if policies.yaml were applied',
    },
    { line: 'sriov render --from must-gather/', does: 'renders the policies that the dump holds' },
    {
      line: 'sriov render policies.yaml nodestates.yaml -o json',
      does: 'prints the specs and, byte for byte, the values of ConfigMap device-plugin-config',
    },
  ],
  arguments: [{ name: '[FILE...]', about: 'policies, node states, nodes, pools: laid over what --from holds' }],
  options: WORLD_OPTIONS,
  readsSnapshot: 'objects',
  run: async (context, args, options) => {
    const snapshot = await joinedInput(context, filesOf(args, options), options);
    if (!snapshot.ok) return snapshot;
    const world = sriovWorld(snapshot.value, worldOptionsOf(options));
    if (world.policies.length === 0)
      return fail(
        'input-no-policies',
        'There is no SriovNetworkNodePolicy in the input; give a file with policies, or a dump that holds them.',
      );
    if (world.nodes.length === 0)
      return fail(
        'input-no-nodes',
        'There is no node in the input to render for; give --from with SriovNetworkNodeStates (kubectl get sriovnetworknodestates -A -o yaml).',
      );
    const fleet = renderFleet(world);
    const gaps = world.isPrefixAssumed ? [...world.gaps, assumedPrefix(world.resourcePrefix)] : world.gaps;
    return ok({
      exit: isRendered(fleet) ? EXIT.clean : EXIT.findings,
      data: renderingData(fleet, gaps),
      text: renderingText(fleet, gaps, options['verbose'] === true),
    });
  },
});
