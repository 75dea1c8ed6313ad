/**
 * The example of the DGX incident put into a real API server: its objects as custom resources of the operators' groups,
 * its nodes and config daemon pods with a stub for their kubelets, which answers what the host's texts hold.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readYaml } from '../../src/adapters/dump/read-yaml.ts';
import { digList, digText } from '../../src/core/model/dig.ts';
import type { KubeObject } from '../../src/core/model/kube-object.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES, type KubeResource } from '../../src/core/model/kube-resource.ts';
import type { KubeApi } from '../../src/core/ports/kube-api.ts';
import { type ContainerAnswers, good } from '../../src/testing/contracts/kube-api/world.ts';
import type { KubeletStub } from './kubelet-stub.ts';

export const INCIDENT = path.join(import.meta.dirname, '../../examples/dgx-incident');

const objectsIn = (file: string): readonly KubeObject[] =>
  readYaml(readFileSync(path.join(INCIDENT, file), 'utf8')).flatMap((document) =>
    digList(document, 'items'),
  ) as KubeObject[];

/** What a host's text holds below each of its prompts: the answers of the commands that the daemon's pod is asked. */
const answersOf = (node: string): ContainerAnswers => {
  const outputs = new Map<string, string>();
  for (const file of ['mstconfig', 'devices']) {
    const text = readFileSync(path.join(INCIDENT, `host/${node}-${file}.txt`), 'utf8');
    for (const part of text.split(/^\$ /m).slice(1)) {
      const end = part.indexOf('\n');
      outputs.set(part.slice(0, end), part.slice(end + 1));
    }
  }
  const find = (...words: readonly string[]): string | undefined =>
    [...outputs].find(([command]) => words.every((word) => command.includes(word)))?.[1];
  const daemonLog = readdirSync(path.join(INCIDENT, 'logs'));
  return {
    logs: {
      'sriov-network-config-daemon': readFileSync(
        path.join(INCIDENT, 'logs', daemonLog[node === 'dgx030' ? 0 : 1] ?? ''),
        'utf8',
      ),
    },
    previousLogs: {},
    exec: ([program = '', ...args]) => {
      const stdout =
        program === 'mstconfig'
          ? find('mstconfig', args[1] ?? '')
          : program === 'cat'
            ? find(`cat ${(args[0] ?? '').replace('/host', '')}`)
            : undefined;
      return stdout === undefined
        ? { stderr: `${program}: no such thing here\n`, exitCode: 1 }
        : { stdout, exitCode: 0 };
    },
  };
};

/** A definition that takes any content: the objects are those of the incident, whatever release they are of. */
const openDefinition = ({
  apiVersion,
  kind,
  metadata,
}: KubeObject): { readonly crd: KubeObject; readonly resource: KubeResource } => {
  const [group = '', version = ''] = apiVersion.split('/');
  const plural = `${kind.toLowerCase()}s`.replace(/ys$/, 'ies');
  const namespaced = metadata.namespace !== undefined;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { plural, singular: kind.toLowerCase(), kind },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
  return { crd, resource: { group, version, plural, kind, namespaced } };
};

export const buildIncident = async (api: KubeApi, stub: KubeletStub): Promise<void> => {
  const namespaces = new Set(
    ['pods.yaml', 'sriov-policies.yaml', 'sriovnetworknodestates.yaml']
      .flatMap(objectsIn)
      .flatMap((one) => one.metadata.namespace ?? []),
  );
  for (const name of namespaces)
    if (name !== 'default')
      good(await api.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  const custom = ['sriov-policies.yaml', 'sriovnetworknodestates.yaml'].flatMap(objectsIn);
  const definitions = new Map(custom.map((object) => [object.kind, openDefinition(object)]));
  for (const { crd } of definitions.values()) good(await api.create(CUSTOM_RESOURCE_DEFINITIONS, crd));
  for (const object of custom) {
    const resource = definitions.get(object.kind)?.resource;
    if (resource === undefined) continue;
    const { resourceVersion: _version, uid: _uid, ...metadata } = object.metadata;
    await createServed(api, resource, { ...object, metadata });
  }
  for (const node of objectsIn('nodes.yaml'))
    await stub.addNode(api, node.metadata.name, {
      ...node,
      metadata: { ...node.metadata, uid: undefined as never, resourceVersion: undefined as never },
    });
  for (const pod of objectsIn('pods.yaml')) {
    const { ownerReferences: _owners, ...metadata } = pod.metadata;
    const node = digText(pod, 'spec', 'nodeName');
    if (node === undefined || digText(pod, 'metadata', 'labels', 'app') !== 'sriov-network-config-daemon') continue;
    await stub.startPod(api, node, { ...pod, metadata, status: undefined }, answersOf(node));
  }
};

/** A definition that was just made takes a moment to be served. */
const createServed = async (api: KubeApi, resource: KubeResource, object: KubeObject): Promise<void> => {
  for (let tries = 0; tries < 100; tries += 1) {
    const made = await api.create(resource, object);
    if (made.ok) return;
    if (made.fault.code !== 'kube-kind-absent') throw new Error(made.fault.message);
    await sleep(50);
  }
  throw new Error(`${resource.plural} were not served within 5 s`);
};
