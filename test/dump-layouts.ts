/** Writes one cluster's objects and logs as two kinds of dumps, so that a test can ask for the same answer of both. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dump } from 'js-yaml';
import type { KubeObject } from '../src/core/model/kube-object.ts';

export interface PodLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous?: boolean;
  readonly text: string;
}

export interface DumpParts {
  readonly objects: readonly KubeObject[];
  readonly logs?: readonly PodLog[];
  /** What people typed on hosts or beside the cluster, by file name. */
  readonly texts?: Readonly<Record<string, string>>;
}

const write = (folder: string, name: string, text: string): void => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};

/** `kubectl get ... -A -o json` in one file for each kind, and `kubectl logs` written beside them. */
const asLists = (folder: string, { objects, logs = [], texts = {} }: DumpParts): void => {
  for (const [kind, items] of Map.groupBy(objects, ({ kind: one }) => one))
    write(
      folder,
      `${kind.toLowerCase()}s.json`,
      JSON.stringify({ apiVersion: items[0]?.apiVersion, kind: `${kind}List`, items }, undefined, 2),
    );
  for (const { pod, container, previous = false, text } of logs)
    write(folder, `${pod}.${container}${previous ? '.previous' : ''}.log`, text);
  for (const [name, text] of Object.entries(texts)) write(folder, name, text);
};

const resourceOf = (kind: string): string =>
  `${kind.toLowerCase()}${kind.endsWith('y') ? '' : 's'}`.replace(/y$/, 'ies');

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : 'core');

/** The folders of a must-gather: pods one by one with their logs, other objects of a namespace as typed lists, in YAML. */
const asMustGather = (folder: string, { objects, logs = [], texts = {} }: DumpParts): void => {
  const root = path.join(folder, 'must-gather.local.42/quay-io-example-sha256-0');
  for (const object of objects) {
    const { name, namespace } = object.metadata;
    if (object.kind === 'Pod') write(root, `namespaces/${namespace ?? ''}/pods/${name}/${name}.yaml`, dump(object));
    else if (namespace === undefined)
      write(
        root,
        `cluster-scoped-resources/${groupOf(object.apiVersion)}/${resourceOf(object.kind)}/${name}.yaml`,
        dump(object),
      );
  }
  const inNamespaces = objects.filter(({ kind, metadata }) => kind !== 'Pod' && metadata.namespace !== undefined);
  const lists = Map.groupBy(
    inNamespaces,
    ({ kind, apiVersion, metadata }) =>
      `namespaces/${metadata.namespace ?? ''}/${groupOf(apiVersion)}/${resourceOf(kind)}.yaml`,
  );
  for (const [name, items] of lists)
    write(root, name, dump({ apiVersion: items[0]?.apiVersion, kind: `${items[0]?.kind ?? ''}List`, items }));
  for (const { namespace, pod, container, previous = false, text } of logs)
    write(
      root,
      `namespaces/${namespace}/pods/${pod}/${container}/${container}/logs/${previous ? 'previous' : 'current'}.log`,
      text,
    );
  for (const [name, text] of Object.entries(texts)) write(folder, name, text);
};

export const LAYOUTS: Readonly<Record<string, (folder: string, parts: DumpParts) => void>> = {
  'lists of kubectl': asLists,
  'a must-gather': asMustGather,
};
