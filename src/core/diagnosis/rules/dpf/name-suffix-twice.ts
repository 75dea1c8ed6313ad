/** Two DPU sets of one DPUDeployment with the same suffix: the last wins in turn, and cards are installed for ever (ref 4413138). */
import { digList, digText } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anObject } from '../world-operator.ts';
import { dpfNamespace } from '../world-dpf.ts';

const check = (facts: Facts): readonly Statement[] =>
  facts.objects('DPUDeployment').map((entry): Statement => {
    const scope = { object: objectPath(entry.object) };
    const sets = digList(entry.object, 'spec', 'dpus', 'dpuSets');
    if (sets.length === 0)
      return {
        says: 'unknown',
        scope,
        lack: {
          what: `the DPU sets of ${scope.object}`,
          why: 'two of one suffix fight each other',
          settle: `${facts.cli} get dpudeployment -n ${entry.object.metadata.namespace ?? 'NAMESPACE'} ${entry.object.metadata.name} -o yaml`,
        },
      };
    const suffixes = sets.map((set) => digText(set, 'nameSuffix') ?? '');
    const at = suffixes.findIndex((suffix, index) => suffixes.indexOf(suffix) < index);
    if (at < 0) return { says: 'clear', scope, saw: 'DPU sets of a DPUDeployment have suffixes of their own' };
    return {
      says: 'finding',
      scope,
      because: `${scope.object} has two DPU sets with the suffix "${suffixes[at] ?? ''}"; each overwrites the other, and the cards are installed again and again`,
      confidence: 'proven',
      sameAs: 'suffix',
      evidence: [suffixes.indexOf(suffixes[at] ?? ''), at].map((index) =>
        fieldEvidence(entry, ['spec', 'dpus', 'dpuSets', index, 'nameSuffix']),
      ),
    };
  });

const deployment = (...suffixes: readonly string[]) => anObject('svc.dpu.nvidia.com/v1alpha1', 'DPUDeployment', 'hbn', { metadata: { name: 'hbn', namespace: dpfNamespace }, spec: { dpus: { dpuSets: suffixes.map((nameSuffix) => ({ nameSuffix })) } } }); // prettier-ignore

export const nameSuffixTwice = defineRule({
  id: 'name-suffix-twice',
  title: 'Two DPU sets share one suffix',
  severity: 'error',
  role: 'cause',
  needs: [],
  explain: 'A DPUDeployment makes one DPUSet for each of its dpuSets, named by the suffix. Two with one suffix are one DPUSet whose selector and image change in turn, and each change installs the cards anew.',
  sources: ['reference dpf.md 7.1 (22)', 'DPF release notes, ref 4413138'],
  affects: 'DPF before 25.7',
  check,
  remedy: () => [{ text: 'Give each of the dpuSets a suffix of its own.', risk: 'the cards of the renamed set are installed once more' }],
  cases: [
    { name: 'twice the same', kind: 'broken', objects: [deployment('a', 'b', 'a')], says: '"a"' },
    { name: 'all different', kind: 'healthy', objects: [deployment('a', 'b')] },
    { name: 'no sets were read', kind: 'lacking', objects: [deployment()], says: 'the DPU sets' },
    { name: 'one set', kind: 'look-alike', objects: [deployment('a')] },
  ],
}); // prettier-ignore
