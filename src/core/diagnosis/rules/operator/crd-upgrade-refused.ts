/** The API server refuses a new CRD, because objects are still stored in a version that the new one lacks. */
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anObject } from '../world-operator.ts';
import { digList } from '../../../model/dig.ts';

const RULE = 'crd-upgrade-refused';

const storedVersions = (facts: Facts, crd: string): readonly unknown[] | undefined => {
  const entry = facts.object('CustomResourceDefinition', crd);
  return entry === undefined ? undefined : digList(entry.object, 'status', 'storedVersions');
};

const check = (facts: Facts): readonly Statement[] => {
  const byCrd = new Map(facts.lines(`${RULE}/refused`).map((line) => [line.groups['crd'] ?? '', line]));
  return [...byCrd].map(([crd, line]): Statement => {
    const version = line.groups['version'] ?? '';
    const scope = crd === '' ? {} : { object: `CustomResourceDefinition/${crd}` };
    const stored = storedVersions(facts, crd);
    if (stored !== undefined && !stored.includes(version))
      return { says: 'clear', scope, saw: 'CRDs that were once refused have no old stored version any more' };
    return {
      says: 'finding',
      scope,
      because: `The API server refuses the new CRD ${crd || '(its name is not in the line)'}: ${version} is still among its stored versions, and the new one does not serve it`,
      confidence: 'proven',
      sameAs: crd,
      evidence: [textEvidence(line.origin, line.line)],
    };
  });
};

const LINE =
  'Error: UPGRADE FAILED: pre-upgrade hooks failed: CustomResourceDefinition.apiextensions.k8s.io "nicconfigurationtemplates.configuration.net.nvidia.com" is invalid: status.storedVersions[0]: Invalid value: "v1alpha0": missing from spec.versions; v1alpha0 was previously a storage version\n';
const crd = (storedVersions: readonly string[]) =>
  anObject(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'nicconfigurationtemplates.configuration.net.nvidia.com',
    { status: { storedVersions } },
    '',
  );

export const crdUpgradeRefused = defineRule({
  id: RULE,
  title: 'A CRD cannot be replaced while old versions are stored',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: {
    refused:
      /(?:"(?<crd>[a-z0-9-]+\.[a-z0-9.-]+)" is invalid: )?status\.storedVersions\[\d+\]: Invalid value: "(?<version>[^"]+)"/,
  },
  explain:
    'Every version in status.storedVersions of a CRD must stay among its served versions, since objects may still be stored in it. Rewriting the objects alone does not change the list.',
  sources: ['reference network-operator.md 2.5', 'kubernetes apiextensions validation'],
  check,
  remedy: (findings, facts) => {
    const name = findings[0]?.sameAs ?? 'CRD';
    return [
      {
        text: 'Back the objects up.',
        command: `${facts.cli} get ${name} -A -o yaml > backup.yaml`,
      },
      {
        text: 'If there are none, delete the CRD and upgrade again. Else rewrite every object in a version that the new CRD serves, and take the old one out of status.storedVersions.',
        command: `${facts.cli} patch crd ${name} --subresource status --type merge -p '{"status":{"storedVersions":["NEW"]}}'`,
        risk: 'an object that is still stored in the old version can then not be read any more',
      },
      { text: 'Unsafe: deleting the CRD while it has objects; they go with it.' },
    ];
  },
  cases: [
    {
      name: 'refused in a hook',
      kind: 'broken',
      objects: [crd(['v1alpha0'])],
      texts: { 'helm.txt': LINE },
      says: 'v1alpha0 is still among its stored versions',
    },
    { name: 'mended since', kind: 'healthy', objects: [crd(['v1alpha1'])], texts: { 'helm.txt': LINE } },
    {
      name: 'a CRD that is refused for its schema',
      kind: 'look-alike',
      objects: [],
      texts: {
        'helm.txt':
          'Error: CustomResourceDefinition.apiextensions.k8s.io "a.example.net" is invalid: spec.versions[0].schema: Required value\n',
      },
    },
  ],
});
