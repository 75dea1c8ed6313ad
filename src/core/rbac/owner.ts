/**
 * Who writes an object and would undo a change of ours. An owner reference, an ApplySet mark or a field manager that is
 * not a person's client counts; labels such as app.kubernetes.io/managed-by are taken for what they say.
 */
import { digList, digText, digTexts, isMap, dig } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';

/** Field managers of people's clients (their default names), and our own. What they set, nobody puts back. */
const PEOPLE = /^(?:kubectl|oc|nicwright)\b|^(?:Mozilla|node-fetch|curl|HashiCorp)/;

export const isPersonsClient = (manager: string): boolean => PEOPLE.test(manager);

/** The field manager that last wrote one of `fields`, from metadata.managedFields (entries are ordered by time there). */
export const managerOf = (object: KubeObject, fields: readonly string[]): string | undefined =>
  digList(object, 'metadata', 'managedFields')
    .filter((entry) => fields.some((field) => isMap(dig(entry, 'fieldsV1', `f:${field}`))))
    .toSorted((a, b) => (digText(a, 'time') ?? '').localeCompare(digText(b, 'time') ?? ''))
    .map((entry) => digText(entry, 'manager'))
    .findLast((manager) => manager !== undefined);

/** Undefined when nothing says that anybody keeps this object as it is. */
export const ownerOf = (object: KubeObject, fields: readonly string[]): string | undefined => {
  const controller = digList(object, 'metadata', 'ownerReferences').find((owner) => dig(owner, 'controller') === true);
  if (controller !== undefined)
    return `${digText(controller, 'kind') ?? 'owner'}/${digText(controller, 'name') ?? 'unknown'}`;
  const manager = managerOf(object, fields);
  if (manager !== undefined && !isPersonsClient(manager)) return manager;
  const labels = digTexts(object, 'metadata', 'labels');
  if (labels['applyset.kubernetes.io/part-of'] !== undefined) return 'an ApplySet';
  const release = digTexts(object, 'metadata', 'annotations')['meta.helm.sh/release-name'];
  if (release !== undefined) return `Helm release ${release}`;
  if (labels['kubernetes.io/bootstrapping'] === 'rbac-defaults') return 'kube-apiserver';
  const managedBy = labels['app.kubernetes.io/managed-by'];
  return managedBy === undefined || managedBy === 'nicwright' ? undefined : managedBy;
};
