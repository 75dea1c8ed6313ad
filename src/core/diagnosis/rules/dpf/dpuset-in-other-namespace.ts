/** A DPUSet or DPUDeployment outside the namespace of DPF never makes a DPU: the DPUNodes live in that one (ref 4427091). */
import { digNumber, digMap } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anObject } from '../world-operator.ts';
import { aDpfConfig, aDpu, dpfNamespace } from '../world-dpf.ts';

const check = (facts: Facts): readonly Statement[] => {
  const homes = new Set(
    ['DPFOperatorConfig', 'DPUNode'].flatMap((kind) =>
      facts.objects(kind).flatMap(({ object }) => object.metadata.namespace ?? []),
    ),
  );
  const sets = ['DPUSet', 'DPUDeployment'].flatMap((kind) => facts.objects(kind));
  if (sets.length === 0) return [];
  if (homes.size === 0)
    return [
      {
        says: 'unknown',
        scope: {},
        lack: {
          what: 'the namespace of DPF',
          why: 'DPUSets make DPUs in that namespace only',
          settle: `${facts.cli} get dpfoperatorconfigs,dpunodes -A`,
        },
      },
    ];
  const strays = sets.filter(
    ({ object }) =>
      !homes.has(object.metadata.namespace ?? '') &&
      !facts.objects('DPU').some((dpu) => dpu.object.metadata.namespace === object.metadata.namespace) &&
      Object.values(digMap(object, 'status', 'dpuStatistics')).every((count) => count === 0) &&
      (digNumber(object, 'status', 'dpuStatistics', 'Ready') ?? 0) === 0,
  );
  return strays.length === 0
    ? [{ says: 'clear', scope: {}, saw: 'DPUSets lie in the namespace of DPF' }]
    : strays.map((entry) => ({
        says: 'finding',
        scope: { object: objectPath(entry.object) },
        because: `${objectPath(entry.object)} lies outside ${[...homes].join(', ')}, where DPF keeps its DPUNodes; it will never make a DPU`,
        confidence: 'proven',
        sameAs: 'namespace',
        evidence: [
          fieldEvidence(entry, ['metadata', 'namespace']),
          ...facts
            .objects('DPFOperatorConfig')
            .slice(0, 1)
            .map((config) => fieldEvidence(config, ['metadata', 'namespace'])),
        ],
      }));
};

const set = (namespace: string) => anObject('provisioning.dpu.nvidia.com/v1alpha1', 'DPUSet', 'set', { metadata: { name: 'set', namespace } }); // prettier-ignore

export const dpusetInOtherNamespace = defineRule({
  id: 'dpuset-in-other-namespace',
  title: 'A DPUSet lies where it makes no cards',
  severity: 'error',
  role: 'cause',
  needs: [],
  explain: 'DPUSet and DPUDeployment look for DPUNodes in their own namespace, and DPF makes those in the namespace of its DPFOperatorConfig. Elsewhere they select nothing, without an event or a condition.',
  sources: ['reference dpf.md 1, 7.1 (23)', 'DPF release notes, ref 4427091'],
  check,
  remedy: (findings) => [
    { text: 'Make the object again in the namespace of DPF.', command: findings.slice(0, 3).map(({ scope }) => { const [kind = 'DPUSet', namespace = '', name = ''] = (scope.object ?? '').split('/'); return `kubectl get ${kind.toLowerCase()} -n ${namespace} ${name} -o yaml   # change metadata.namespace, apply, delete the old one`; }).join('\n') },
  ],
  cases: [
    { name: 'in default', kind: 'broken', objects: [aDpfConfig(), set('default')], says: 'never make a DPU' },
    { name: 'where DPF is', kind: 'healthy', objects: [aDpfConfig(), set(dpfNamespace)] },
    { name: 'where DPF is was not read', kind: 'lacking', objects: [set('default')], says: 'the namespace of DPF' },
    { name: 'cards lie beside it', kind: 'look-alike', objects: [aDpfConfig(), set('other'), { ...aDpu('c'), metadata: { name: 'c', namespace: 'other' } }] },
  ],
}); // prettier-ignore
