/**
 * Who wrote a role's rules, when, and will it stay: read from metadata.managedFields. An owner that applies from the server
 * side loses `.rules` to whoever edits it, and keeps its other fields: that is how an edit behind its back is seen.
 */
import { dig, digList, digText, isMap } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { MANAGED_BY } from './least-grant.ts';
import { isPersonsClient, ownerOf } from './owner.ts';
import { pathOf } from './policy.ts';
import { readRole } from './read-policy.ts';
import { predictRevert } from './revert.ts';
import type { RevertForecast } from './revert.ts';

export interface RoleWriter {
  readonly manager: string;
  /** `Apply` or `Update`. */
  readonly operation: string;
  /** As the API server wrote it, RFC 3339. */
  readonly time?: string;
  readonly wroteRules: boolean;
}

export interface RoleDrift {
  readonly object: string;
  /** Oldest first; empty when the managed fields were not read. */
  readonly writers: readonly RoleWriter[];
  /** Who keeps the object as it wants it. */
  readonly keeper?: string;
  /** The rules are as somebody else than the keeper wrote them. */
  readonly changedBy?: RoleWriter;
  readonly forecast: RevertForecast;
}

const writersOf = (object: KubeObject): readonly RoleWriter[] =>
  digList(object, 'metadata', 'managedFields')
    .map((entry): RoleWriter => {
      const time = digText(entry, 'time');
      return {
        manager: digText(entry, 'manager') ?? 'unknown',
        operation: digText(entry, 'operation') ?? 'Update',
        ...(time === undefined ? {} : { time }),
        wroteRules: isMap(dig(entry, 'fieldsV1', 'f:rules')),
      };
    })
    .toSorted((a, b) => (a.time ?? '').localeCompare(b.time ?? ''));

/** Undefined when the object is no Role or ClusterRole. */
export const roleDrift = (object: KubeObject): RoleDrift | undefined => {
  const role = readRole(object);
  if (role === undefined) return undefined;
  const writers = writersOf(object);
  const program = writers.findLast(({ manager }) => !isPersonsClient(manager))?.manager;
  const keeper = program ?? ownerOf(object, ['rules', 'aggregationRule']);
  const last = writers.findLast(({ wroteRules }) => wroteRules);
  const isChanged =
    keeper !== undefined && last !== undefined && last.manager !== keeper && isPersonsClient(last.manager);
  const path = pathOf(role);
  return {
    object: path,
    writers,
    ...(keeper === undefined ? {} : { keeper }),
    ...(isChanged ? { changedBy: last } : {}),
    forecast: predictRevert({
      object: path,
      own: role.labels['app.kubernetes.io/managed-by'] === MANAGED_BY,
      ...(keeper === undefined ? {} : { owner: keeper }),
    }),
  };
};
