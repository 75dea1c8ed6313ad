/** dms-init is started with a reboot method or an option that its script does not know; both come from labels of the node. */
import { digText } from '../../../model/dig.ts';
import { fieldEvidence } from '../../evidence.ts';
import { aCrashingDmsPod, aDmsPod, aDpfConfig } from '../world-dpf.ts';
import { defineStartCause } from './start-cause.ts';

const LABEL = 'provisioning.dpu.nvidia.com/reboot-method';

export const rebootMethodWrong = defineStartCause({
  id: 'reboot-method-wrong',
  title: 'dms-init does not know its reboot method',
  line: /Invalid node reboot method: \S+|--script-name is only used when|when script reboot method is used, the --script must be specified|\[dmsinit\].*Unknown option: \S+/,
  explain:
    'The operator starts dms-init with the values of two labels of the node: reboot-method (gNOI, external or script) and script-name, which goes with script only. Another value ends the script before it does anything.',
  sources: ['reference dpf.md 2.2, 4', 'internal/dmsinit/dmsinit.sh parse_arguments'],
  affects: 'DPF 25.4 to 25.7',
  because: (where, text) => `${where}: ${text.replace(/^.*?\): /, '').trim()}`,
  more: (facts, { node }) =>
    facts
      .objects('Node')
      .filter(({ object }) => object.metadata.name === node && digText(object, 'metadata', 'labels', LABEL) !== undefined)
      .map((entry) => fieldEvidence(entry, ['metadata', 'labels', LABEL])),
  remedy: (findings, facts) => [
    {
      text: 'Give the node a reboot method that the release knows, or take the label away (gNOI is then used).',
      command: findings
        .slice(0, 3)
        .map(({ scope }) => `${facts.cli} label node ${scope.node ?? 'NODE'} --overwrite ${LABEL}=gNOI`)
        .join('\n'),
      risk: 'with gNOI the operator restarts the host by itself',
    },
  ],
  cases: [
    { name: 'a method of another release', kind: 'broken', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.log': '[dmsinit] Error (parse_arguments:40): Invalid node reboot method: hostAgent. Valid options are: gNOI external script\n' }, says: 'hostAgent' },
    { name: 'pods that start', kind: 'healthy', objects: [aDmsPod('a-dms'), aDpfConfig()] },
    { name: 'no log', kind: 'lacking', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], says: 'the log of dms-init' },
    { name: 'mended since', kind: 'look-alike', objects: [aDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.previous.log': '[dmsinit] Error (parse_arguments:40): Unknown option: --foo\n' } },
  ],
}); // prettier-ignore
