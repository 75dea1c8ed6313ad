/** CustomResourceDefinitions themselves: names filled in, accepted and established at once (the real server takes some ms). */
import { digList, digText } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { changeMap, type KindRules, orDefaults, WITH_STATUS } from '../kind-rules.ts';
import { type Cause, invalidValue, requiredValue } from '../status.ts';

const ZERO = {
  spec: { group: '', names: { plural: '', kind: '' }, scope: '', versions: null },
  status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: null },
};

const complete = (crd: KubeObject): KubeObject =>
  changeMap(crd, 'spec', (spec) =>
    orDefaults(
      changeMap(spec, 'names', (names) => {
        const kind = typeof names['kind'] === 'string' ? names['kind'] : '';
        return orDefaults(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
      }),
      { conversion: { strategy: 'None' } },
    ),
  ) as KubeObject;

const validate = (crd: KubeObject): readonly Cause[] => {
  const plural = digText(crd, 'spec', 'names', 'plural') ?? '';
  const group = digText(crd, 'spec', 'group') ?? '';
  const versions = digList(crd, 'spec', 'versions');
  const stored = versions.filter((version) => (version as { readonly storage?: boolean }).storage === true).length;
  const names = versions.map((version) => digText(version, 'name'));
  return [
    ...(crd.metadata.name === `${plural}.${group}`
      ? []
      : [invalidValue('metadata.name', crd.metadata.name, 'must be spec.names.plural+"."+spec.group')]),
    ...(digText(crd, 'spec', 'scope') === undefined ? [requiredValue('spec.scope')] : []),
    ...(stored === 1
      ? []
      : [invalidValue('spec.versions', versions, 'must have exactly one version marked as storage version')]),
    ...digList(crd, 'status', 'storedVersions')
      .map((version, at) => [version, at] as const)
      .filter(([version]) => !names.includes(version as string))
      .map(([version, at]) =>
        invalidValue(
          `status.storedVersions[${at}]`,
          version,
          `missing from spec.versions; ${String(version)} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${String(version)} and removes ${String(version)} from status.storedVersions`,
        ),
      ),
  ];
};

export const CRD_RULES: KindRules = {
  ...WITH_STATUS,
  needsVersion: true,
  zero: ZERO,
  complete,
  onCreate: (crd) => ({
    ...crd,
    status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: null },
  }),
  validate,
};

/** The status that the server's own controllers give a definition, at this time. */
export const establishedStatus = (crd: KubeObject, time: string, storageVersion: string): object => {
  const condition = (type: string, reason: string, message: string): object => ({
    type,
    status: 'True',
    lastTransitionTime: time,
    reason,
    message,
  });
  const before = digList(crd, 'status', 'storedVersions').filter((one) => typeof one === 'string');
  return {
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    acceptedNames: (crd['spec'] as { readonly names: unknown }).names,
    storedVersions: before.includes(storageVersion) ? before : [...before, storageVersion],
  };
};
