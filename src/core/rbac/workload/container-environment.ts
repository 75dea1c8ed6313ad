/**
 * What a container finds when it starts, as far as the manifests tell: values of its environment, and the texts of files
 * that ConfigMaps put into it. Secrets are not read: what is in them is nobody's business here.
 */
import { dig, digList, digText, digTexts } from '../../model/dig.ts';
import type { Path } from '../../model/dig.ts';
import type { SnapshotObject } from '../../snapshot/snapshot.ts';
import type { PodTemplate } from './pod-template.ts';

export interface MountedText {
  readonly text: string;
  readonly configMap: SnapshotObject;
  readonly at: Path;
}

/** ConfigMaps by `namespace/name`. */
export type ConfigMaps = ReadonlyMap<string, SnapshotObject>;

export const configMapsOf = (objects: readonly SnapshotObject[], defaultNamespace: string): ConfigMaps =>
  new Map(
    objects
      .filter(({ object }) => object.kind === 'ConfigMap')
      .map((one) => [`${one.object.metadata.namespace ?? defaultNamespace}/${one.object.metadata.name}`, one]),
  );

const fieldOf = (template: PodTemplate, path: string | undefined): string | undefined => {
  switch (path) {
    case 'metadata.namespace':
      return template.namespace;
    case 'metadata.name':
      return template.podName;
    case 'spec.serviceAccountName':
      return template.account;
    case 'spec.nodeName':
      return digText(template.spec, 'nodeName');
    default:
      return undefined;
  }
};

/** Kubernetes puts earlier variables into later values; one that does not exist stays as it is written. */
const expand = (text: string, known: ReadonlyMap<string, string | undefined>): string | undefined => {
  let isKnown = true;
  const expanded = text.replaceAll(/\$\$|\$\(([A-Za-z_.-][\w.-]*)\)/g, (all, name: string | undefined) => {
    if (name === undefined) return '$';
    if (!known.has(name)) return all;
    const value = known.get(name);
    if (value === undefined) isKnown = false;
    return value ?? '';
  });
  return isKnown ? expanded : undefined;
};

/** Every variable that is set; undefined where its value is known only at run time. */
export const environmentOf = (
  container: unknown,
  template: PodTemplate,
  configMaps: ConfigMaps,
): ReadonlyMap<string, string | undefined> => {
  const mapOf = (name: string | undefined): SnapshotObject | undefined =>
    configMaps.get(`${template.namespace}/${name ?? ''}`);
  const variables = new Map<string, string | undefined>();
  for (const source of digList(container, 'envFrom')) {
    const map = mapOf(digText(source, 'configMapRef', 'name'));
    const prefix = digText(source, 'prefix') ?? '';
    for (const [key, value] of Object.entries(digTexts(map?.object, 'data'))) variables.set(`${prefix}${key}`, value);
  }
  for (const entry of digList(container, 'env')) {
    const name = digText(entry, 'name');
    if (name === undefined) continue;
    const from = dig(entry, 'valueFrom');
    const value = digText(entry, 'value') ?? (from === undefined ? '' : undefined);
    const key = digText(from, 'configMapKeyRef', 'key');
    const ofMap =
      key === undefined ? undefined : digText(mapOf(digText(from, 'configMapKeyRef', 'name'))?.object, 'data', key);
    variables.set(
      name,
      value === undefined
        ? (ofMap ?? fieldOf(template, digText(from, 'fieldRef', 'fieldPath')))
        : expand(value, variables),
    );
  }
  return variables;
};

const join = (folder: string, file: string): string => `${folder.replace(/\/+$/, '')}/${file}`;

/** The keys of one ConfigMap volume as files below the volume's root. */
const filesOfVolume = (
  volume: unknown,
  template: PodTemplate,
  configMaps: ConfigMaps,
): readonly (MountedText & { readonly path: string })[] => {
  const sources = [
    dig(volume, 'configMap'),
    ...digList(volume, 'projected', 'sources').map((one) => dig(one, 'configMap')),
  ];
  return sources.flatMap((source) => {
    const configMap = configMaps.get(`${template.namespace}/${digText(source, 'name') ?? ''}`);
    if (configMap === undefined) return [];
    const items = digList(source, 'items');
    return Object.entries(digTexts(configMap.object, 'data')).flatMap(([key, text]) => {
      const item = items.find((one) => digText(one, 'key') === key);
      if (items.length > 0 && item === undefined) return [];
      return [{ path: digText(item, 'path') ?? key, text, configMap, at: ['data', key] }];
    });
  });
};

/** Texts by absolute path in the container. */
export const mountedTexts = (
  container: unknown,
  template: PodTemplate,
  configMaps: ConfigMaps,
): ReadonlyMap<string, MountedText> => {
  const mounted = new Map<string, MountedText>();
  for (const mount of digList(container, 'volumeMounts')) {
    const volume = digList(template.spec, 'volumes').find((one) => digText(one, 'name') === digText(mount, 'name'));
    const mountPath = digText(mount, 'mountPath');
    if (mountPath === undefined) continue;
    const subPath = digText(mount, 'subPath');
    for (const { path, ...file } of filesOfVolume(volume, template, configMaps))
      if (subPath === undefined) mounted.set(join(mountPath, path), file);
      else if (subPath === path) mounted.set(mountPath, file);
  }
  return mounted;
};
