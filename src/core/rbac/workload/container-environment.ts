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

export const configMapsOf = (objects: readonly SnapshotObject[]): ConfigMaps =>
  new Map(
    objects
      .filter(({ object }) => object.kind === 'ConfigMap')
      .map((one) => [`${one.object.metadata.namespace ?? 'default'}/${one.object.metadata.name}`, one]),
  );

/** What the downward API gives, as far as a template tells it. */
const fieldOf = (template: PodTemplate, path: string): string | undefined => {
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.namespace': template.namespace,
    'metadata.name': template.podName,
    'spec.serviceAccountName': template.account,
    'spec.nodeName': digText(template.spec, 'nodeName'),
  };
  return Object.hasOwn(fields, path) ? fields[path] : undefined;
};

/** A piece of a word: text, or a variable whose value is known only at run time. */
export type WordPiece = string | { readonly variable: string };

/** Kubernetes puts variables into commands, arguments and later values; one that does not exist stays as it is written. */
export const expandVariables = (text: string, known: ReadonlyMap<string, string | undefined>): readonly WordPiece[] => {
  const pieces: WordPiece[] = [];
  let from = 0;
  for (const match of text.matchAll(/\$\$|\$\(([A-Za-z_.-][\w.-]*)\)/g)) {
    const [all, name] = match;
    if (name !== undefined && !known.has(name)) continue;
    pieces.push(text.slice(from, match.index));
    from = match.index + all.length;
    if (name === undefined) pieces.push('$');
    else pieces.push(known.get(name) ?? { variable: name });
  }
  return [...pieces, text.slice(from)].filter((piece) => piece !== '');
};

const expandKnown = (text: string, known: ReadonlyMap<string, string | undefined>): string | undefined => {
  const pieces = expandVariables(text, known);
  return pieces.every((piece) => typeof piece === 'string') ? pieces.join('') : undefined;
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
        ? (ofMap ?? fieldOf(template, digText(from, 'fieldRef', 'fieldPath') ?? ''))
        : expandKnown(value, variables),
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
