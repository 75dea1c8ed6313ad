/** A card waits for a restart of its host that nobody confirmed, or that a person has to do. */
import { digList, digText } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anObject } from '../world-operator.ts';
import { aDpu, dpfNamespace } from '../world-dpf.ts';
import { dpfNamespaceOf } from './dpf-estate.ts';
import { scopeOfObject } from './condition-cause.ts';

const MARK = 'provisioning.dpu.nvidia.com/dpunode-external-reboot-required';
const MANUAL = 'WaitingForManualPowerCycleOrReboot';

const check = (facts: Facts): readonly Statement[] => {
  const marked = facts
    .objects('DPUNode')
    .filter(({ object }) => {
      const value = digText(object, 'metadata', 'annotations', MARK);
      return value !== undefined && value !== 'false';
    })
    .map((entry): Statement => ({
      says: 'finding',
      scope: scopeOfObject(entry),
      because: `Host ${entry.object.metadata.name} has to be restarted by somebody outside (nodeRebootMethod external); its cards stay in Rebooting until the annotation is taken away`,
      confidence: 'proven',
      sameAs: 'external',
      evidence: [fieldEvidence(entry, ['metadata', 'annotations', MARK])],
    }));
  const manual = facts.objects('DPU').flatMap((entry): readonly Statement[] => {
    const at = digList(entry.object, 'status', 'conditions').findIndex(
      (condition) => digText(condition, 'reason') === MANUAL && digText(condition, 'status') !== 'True',
    );
    return at < 0
      ? []
      : [
          {
            says: 'finding',
            scope: scopeOfObject(entry),
            because: `${objectPath(entry.object)} waits for a person to restart its host: automaticNodeReboot is off`,
            confidence: 'proven',
            sameAs: 'manual',
            evidence: [
              fieldEvidence(entry, ['status', 'conditions', at, 'reason']),
              fieldEvidence(entry, ['status', 'phase']),
            ],
          },
        ];
  });
  if (marked.length + manual.length > 0) return [...marked, ...manual];
  const rebooting = facts.objects('DPU').filter(({ object }) => digText(object, 'status', 'phase') === 'Rebooting');
  const knowsNodes =
    facts.objects('DPUNode').length > 0 || facts.snapshot.listed.has('DPUNode.provisioning.dpu.nvidia.com');
  if (
    rebooting.length > 0 &&
    !knowsNodes &&
    rebooting.every(({ object }) => digList(object, 'status', 'conditions').length === 0)
  )
    return rebooting.map((entry) => ({
      says: 'unknown',
      scope: scopeOfObject(entry),
      lack: {
        what: 'the DPUNodes and their annotations',
        why: 'they say whether a restart from outside is awaited',
        settle: `${facts.cli} get dpunodes -A -o yaml`,
      },
    }));
  return facts.objects('DPU').length > 0
    ? [{ says: 'clear', scope: {}, saw: 'no card waits for a person to restart its host' }]
    : [];
};

const node = (annotations: Readonly<Record<string, string>>) => anObject('provisioning.dpu.nvidia.com/v1alpha1', 'DPUNode', 'h1', { metadata: { name: 'h1', namespace: dpfNamespace, annotations }, spec: { nodeRebootMethod: { external: {} } } }); // prettier-ignore

export const hostRestartAwaited = defineRule({
  id: 'host-restart-awaited',
  title: 'A card waits for somebody to restart its host',
  severity: 'info',
  role: 'observation',
  needs: [],
  explain:
    'With nodeRebootMethod external the controller puts an annotation on the DPUNode when the host has to be restarted, and waits until it is taken away; nothing else tells. In 24.10 the same is a condition with the reason WaitingForManualPowerCycleOrReboot. This is no fault of the card.',
  sources: ['reference dpf.md 2.4, 7.1 (16)', 'NVIDIA/doca-platform #21'],
  check,
  remedy: (findings, facts) => [
    {
      text: 'Drain the host, restart it (power cycle where the firmware changed), and then say so.',
      command: findings
        .filter(({ sameAs }) => sameAs === 'external')
        .slice(0, 3)
        .map(({ scope }) => `${facts.cli} annotate dpunode -n ${dpfNamespaceOf(facts)} ${scope.node ?? 'HOST'} ${MARK}-`)
        .join('\n'),
      risk: 'taken away without a restart, the card goes on with firmware that is not active',
    },
  ],
  cases: [
    { name: 'the annotation', kind: 'broken', objects: [node({ [MARK]: '' }), aDpu('c', { node: 'h1', phase: 'Rebooting' })], says: 'h1 has to be restarted' },
    { name: 'automaticNodeReboot off (24.10)', kind: 'broken', objects: [aDpu('c', { node: 'h1', phase: 'Rebooting', conditions: [{ type: 'Rebooted', status: 'False', reason: MANUAL }] })], says: 'a person' },
    { name: 'cards that are ready', kind: 'healthy', objects: [node({}), aDpu('c', { node: 'h1' })] },
    { name: 'DPUNodes were not read', kind: 'lacking', objects: [aDpu('c', { node: 'h1', phase: 'Rebooting' })], says: 'DPUNodes' },
    { name: 'a host that is restarting by itself', kind: 'look-alike', objects: [node({}), aDpu('c', { node: 'h1', phase: 'Rebooting' })] },
  ],
}); // prettier-ignore
