/** `nicwright baremetal explain NODE`: where a bare-metal node with a smart NIC stands, and what a flow would do to it. */
import { FLOW_FAMILIES } from '../../../core/smartnic/deploy-interface.ts';
import { explainNode, isFlowFamily } from '../../../core/smartnic/explain/explain-node.ts';
import { IRONIC_PRACTICE, OUR_PRACTICE } from '../../../core/smartnic/practice.ts';
import { readBareMetal } from '../../../core/smartnic/readers/read-bare-metal.ts';
import { fail, ok } from '../../../core/result.ts';
import { explanationText } from '../baremetal/explanation-text.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';

export default defineCommand({
  path: 'baremetal explain',
  about: 'Says who must be powered, wired and checked on a bare-metal node, in what order, and what is missing',
  examples: [
    {
      line: 'baremetal explain bm-1 --from examples/bare-metal/well',
      does: 'reads what the OpenStack clients and ovs-vsctl printed, and says where bm-1 stands',
    },
    {
      line: 'baremetal explain bm-1 --from DIR --flow clean --deploy-interface ansible',
      does: 'the steps of cleaning with another deploy interface',
    },
    {
      line: 'baremetal explain bm-1 --from DIR --as-ironic',
      does: 'the steps as Ironic itself takes them, with its gaps',
    },
  ],
  arguments: [{ name: 'NODE', about: 'name or UUID of the node' }],
  options: [
    { flags: '--deploy-interface <name>', about: 'instead of the one the node has: direct, ansible, ramdisk, ...' },
    { flags: '--flow <flow>', about: 'instead of the one its state suggests', choices: FLOW_FAMILIES },
    { flags: '--as-ironic', about: 'answer as Ironic does, where we do otherwise' },
  ],
  readsSnapshot: 'everything',
  run: async (context, [name = ''], options) => {
    const flow = options['flow'];
    if (typeof flow === 'string' && !isFlowFamily(flow))
      return fail('usage-flow', `There is no flow ${flow}; the known ones are ${FLOW_FAMILIES.join(', ')}.`);
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    const facts = readBareMetal(snapshot.value.texts, context.readYaml);
    const wanted = options['deployInterface'];
    const explained = explainNode(name, facts, {
      practice: options['asIronic'] === true ? IRONIC_PRACTICE : OUR_PRACTICE,
      ...(typeof wanted === 'string' ? { deployInterface: wanted } : {}),
      ...(typeof flow === 'string' && isFlowFamily(flow) ? { flow } : {}),
    });
    if (!explained.ok) return explained;
    const explanation = explained.value;
    const found = explanation.refused !== undefined || explanation.findings.some(({ level }) => level === 'problem');
    return ok({
      exit: found ? EXIT.findings : EXIT.clean,
      data: explanation,
      text: (paint) => explanationText(explanation, paint, options['verbose'] === true),
    });
  },
});
