/** A custom kind of the field as a short table, and the CustomResourceDefinition that makes a server know it. */
import { apiVersionOf, CUSTOM_RESOURCE_DEFINITIONS } from '../../core/model/kube-resource.ts';
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import type { PrinterColumn } from '../world/kind-rules.ts';
import type { Schema } from '../world/schema.ts';
import { fields } from './schema-words.ts';

export interface FieldKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  /** Absent: the kind in lower case. */
  readonly singular?: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly shortNames?: readonly string[];
  readonly columns?: readonly PrinterColumn[];
  readonly spec: Schema;
  readonly isSpecRequired?: boolean;
  /** Absent: the kind has no status. */
  readonly status?: Schema;
}

export const column = (name: string, jsonPath: string, type = 'string'): PrinterColumn => ({ name, type, jsonPath });

export const AGE: PrinterColumn = column('Age', '.metadata.creationTimestamp');

export const definitionOf = (field: FieldKind): KubeDraft => {
  const { group, version, plural, kind, scope, columns, spec, isSpecRequired, status } = field;
  const { singular = kind.toLowerCase(), shortNames } = field;
  return {
    apiVersion: apiVersionOf(CUSTOM_RESOURCE_DEFINITIONS),
    kind: CUSTOM_RESOURCE_DEFINITIONS.kind,
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { plural, singular, kind, ...(shortNames === undefined ? {} : { shortNames }) },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: fields(
              { spec, ...(status === undefined ? {} : { status }) },
              isSpecRequired === true ? ['spec'] : [],
            ),
          },
          ...(status === undefined ? {} : { subresources: { status: {} } }),
          ...(columns === undefined ? {} : { additionalPrinterColumns: columns }),
        },
      ],
    },
  };
};
