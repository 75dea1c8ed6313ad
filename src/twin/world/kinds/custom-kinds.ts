/** The kinds that a CustomResourceDefinition defines, one a version that it serves, with the rules of custom resources. */
import { dig, digFlag, digList, digText, isMap } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { configFault } from '../apply/typed-config.ts';
import { shapeOfSchema } from '../apply/shape.ts';
import type { ServedKind } from '../kind-registry.ts';
import { type KindRules, PLAIN, type PrinterColumn } from '../kind-rules.ts';
import { completeBySchema, type Schema } from '../schema.ts';
import { validateBySchema } from '../schema-validation.ts';
import { without } from '../stored-value.ts';

export const customKinds = (crd: KubeObject, verbs: readonly string[]): readonly ServedKind[] => {
  const versions = digList(crd, 'spec', 'versions').filter(isMap);
  const storageVersion = storageVersionOf(crd);
  return versions
    .filter((version) => version['served'] === true)
    .map((version) => {
      const rules = customRules(version);
      const name = digText(version, 'name') ?? '';
      return {
        group: digText(crd, 'spec', 'group') ?? '',
        version: name,
        plural: digText(crd, 'spec', 'names', 'plural') ?? '',
        kind: digText(crd, 'spec', 'names', 'kind') ?? '',
        namespaced: dig(crd, 'spec', 'scope') === 'Namespaced',
        verbs,
        subresources: rules.subresources,
        preferred: name === preferredOf(versions),
        shortNames: digList(crd, 'spec', 'names', 'shortNames').filter((one) => typeof one === 'string'),
        rules,
        storageVersion,
      };
    });
};

/** The version in which objects of this definition are kept. */
export const storageVersionOf = (crd: KubeObject): string =>
  digText(
    digList(crd, 'spec', 'versions').find((version) => digFlag(version, 'storage') === true),
    'name',
  ) ?? '';

/** GA before beta before alpha, then the higher number (apimachinery pkg/version/helpers.go). */
const preferredOf = (versions: readonly unknown[]): string | undefined =>
  versions
    .filter((version) => digFlag(version, 'served') === true)
    .map((version) => digText(version, 'name') ?? '')
    .toSorted((one, other) => rank(other) - rank(one))[0];

const rank = (version: string): number => {
  const found = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (found === null) return 0;
  const level = found[2] === undefined ? 3 : found[2] === 'beta' ? 2 : 1;
  return level * 1_000_000 + Number(found[1]) * 1_000 + Number(found[3] ?? 0);
};

const customRules = (version: unknown): KindRules => {
  const schema = (dig(version, 'schema', 'openAPIV3Schema') ?? {}) as Schema;
  const statusApart = isMap(dig(version, 'subresources', 'status'));
  const isScaled = isMap(dig(version, 'subresources', 'scale'));
  return {
    ...PLAIN,
    statusApart,
    countsGeneration: true,
    needsVersion: true,
    isCustom: true,
    subresources: [...(isScaled ? ['scale'] : []), ...(statusApart ? ['status'] : [])],
    columns: digList(version, 'additionalPrinterColumns') as readonly PrinterColumn[],
    selectable: digList(version, 'selectableFields').flatMap(
      (field) => digText(field, 'jsonPath')?.replace(/^\./, '') ?? [],
    ),
    shape: shapeOfSchema(schema),
    configFault: (config) => configFault(schema, config),
    complete: (object) => completeBySchema(schema, object),
    onCreate: (object) => (statusApart ? without(object, 'status') : object),
    validate: (object) => validateBySchema(schema, without(object, 'apiVersion', 'kind', 'metadata'), ''),
  };
};
