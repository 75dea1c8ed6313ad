/** Objects of several versions of one kind: kept in one, shown in the one that is asked for. */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { apiVersionOf } from '../../core/model/kube-resource.ts';
import type { ServedKind } from './kind-registry.ts';

export const inStorage = (kind: ServedKind, object: KubeObject): KubeObject =>
  inVersion(object, kind.group, kind.storageVersion);

/** In the version that was asked for. Conversion changes the name of the version and nothing else. */
export const shownIn = (kind: ServedKind, object: KubeObject): KubeObject =>
  inVersion(object, kind.group, kind.version);

const inVersion = (object: KubeObject, group: string, version: string): KubeObject => {
  const apiVersion = apiVersionOf({ group, version });
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
};
