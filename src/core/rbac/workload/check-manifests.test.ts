/** What containers start, found in manifests: shells, ConfigMaps, images, environment, identities, and lines of all of it. */
import { describe, expect, test } from 'vitest';
import { readPositioned } from '../../../adapters/dump/read-positioned.ts';
import { readYaml } from '../../../adapters/dump/read-yaml.ts';
import { documentObjects } from '../../snapshot/document-objects.ts';
import { emptySnapshot } from '../../snapshot/snapshot.ts';
import { showRequest } from '../access-request.ts';
import { checkFindings } from './check-findings.ts';
import { checkManifests } from './check-manifests.ts';
import type { GivenScript } from './container-start.ts';

const check = (text: string, scripts: readonly GivenScript[] = []) => {
  const documents = readPositioned(text, 'm.yaml');
  if (!documents.ok) throw new Error(documents.fault.message);
  return checkManifests({
    snapshot: { ...emptySnapshot, objects: documentObjects(documents.value).objects },
    namespace: 'prod',
    scripts,
    readYaml,
    linesOf: () => text.split('\n'),
  });
};

/** Everything that the first container asks for, with its line. */
const asked = (text: string, scripts: readonly GivenScript[] = []): readonly string[] =>
  (check(text, scripts).accounts[0]?.containers ?? []).flatMap(({ needs, locate }) =>
    needs.needs
      .filter(({ tolerate }) => tolerate !== true)
      .flatMap(({ request, places }) =>
        places.map(({ source, line }) => {
          const at = locate(source, line);
          return `${at.source}:${at.line ?? '?'} ${showRequest(request)}`;
        }),
      ),
  );

const pod = (container: string, spec = ''): string => `apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
${spec}  containers:
    - name: c
${container.replaceAll(/^(?=.)/gm, '      ')}
`;

describe('what a container starts', () => {
  test.for([
    ['kubectl itself', 'command: [kubectl, get, pods]', 'm.yaml:7 list pods in namespace prod'],
    ['an image that is kubectl', 'image: docker.io/bitnami/kubectl:1.33\nargs: [get, nodes]', 'm.yaml:8 list nodes cluster-wide'],
    ['a text in one line', 'command: [sh, -c, kubectl get pods]', 'm.yaml:7 list pods in namespace prod'],
    ['a text of many lines', 'command:\n  - /bin/bash\n  - -ec\n  - |\n    echo\n    kubectl get pods', 'm.yaml:12 list pods in namespace prod'],
    ['a text in args', 'command: [sh, -c]\nargs:\n  - |\n    kubectl get pods', 'm.yaml:10 list pods in namespace prod'],
    ['words behind the text', 'command: [sh, -c, \'kubectl get "$1"\', name, nodes]', 'm.yaml:7 list nodes cluster-wide'],
    ['behind a wrapper', 'command: [tini, --, kubectl, get, nodes]', 'm.yaml:7 list nodes cluster-wide'],
    ['a variable of Kubernetes', 'command: [sh, -c, kubectl get $(WHAT)]\nenv: [{name: WHAT, value: nodes}]', 'm.yaml:7 list nodes cluster-wide'],
    ['a variable from a variable', 'command: [sh, -c, kubectl get "$B"]\nenv: [{name: A, value: no}, {name: B, value: $(A)des}]', 'm.yaml:7 list nodes cluster-wide'],
    ['a dollar that is escaped', "command: [sh, -c, 'kubectl get pod $$(echo x)']", 'm.yaml:7 get pods "x" in namespace prod'],
    ['the downward API', 'command: [sh, -c, kubectl get pods -n $NS]\nenv: [{name: NS, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}]', 'm.yaml:7 list pods in namespace prod'],
    ['a value known at run time only', 'command: [kubectl, get, pod, $(X)]\nenv: [{name: X, valueFrom: {secretKeyRef: {name: s, key: k}}}]', 'm.yaml:7 get pods <X> in namespace prod'],
  ] as const)('%s', ([, container, need]) => {
    expect(asked(pod(container))).toContain(need);
  }); // prettier-ignore

  test('a program is not looked into, and is named', () => {
    const [container] = check(pod('command: [/manager, --x]')).accounts[0]?.containers ?? [];
    expect(container?.program).toBe('/manager');
    expect(check(pod('image: x')).accounts[0]?.containers[0]?.program).toBe("the image's own entrypoint");
  });
  test('init containers come first, and are named as such', () => {
    const text = pod(
      'command: [kubectl, get, nodes]',
      '  initContainers: [{name: i, command: [kubectl, get, pods]}]\n',
    );
    expect(check(text).accounts[0]?.containers.map(({ container }) => `${container.name} ${container.init}`)).toEqual([
      'i true',
      'c false',
    ]);
  });
});

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata: {name: scripts}
data:
  run.sh: |
    #!/bin/sh
    . /lib/common.sh
    kubectl get pods
  common.sh: "kubectl get nodes\\n"
  spare.sh: |
    #!/bin/sh
    kubectl delete ns x
  WHAT: secrets
---
`;
const MOUNT = `volumeMounts:
  - {name: v, mountPath: /scripts}
  - {name: v, mountPath: /lib/common.sh, subPath: common.sh}
`;
const VOLUME = '  volumes: [{name: v, configMap: {name: scripts}}]\n';

describe('scripts of ConfigMaps', () => {
  test.for([
    ['called by path', 'command: [/scripts/run.sh]'],
    ['given to a shell', 'command: [bash, -e, /scripts/run.sh]'],
    ['called from a text', "command: [sh, -c, 'exec /scripts/run.sh']"],
  ] as const)('%s: each line is that of the manifest', ([, command]) => {
    const needs = asked(CONFIG_MAP + pod(`${command}\n${MOUNT}`, VOLUME));
    expect(needs).toContain('m.yaml:8 list pods in namespace prod');
    // A text in quotes has no lines of its own in the file.
    expect(needs).toContain('m.yaml:9 list nodes cluster-wide');
  });
  test('a file under another name, and values for the environment', () => {
    const volume =
      '  volumes: [{name: v, projected: {sources: [{configMap: {name: scripts, items: [{key: run.sh, path: a/b}]}}]}}]\n';
    expect(asked(CONFIG_MAP + pod(`command: [sh, /scripts/a/b]\n${MOUNT}`, volume))).toContain(
      'm.yaml:8 list pods in namespace prod',
    );
    const env = 'command: [sh, -c, kubectl get $WHAT]\nenvFrom: [{configMapRef: {name: scripts}}]';
    expect(asked(CONFIG_MAP + pod(env))).toContain('m.yaml:21 list secrets in namespace prod');
  });
  test('one that nobody starts is told, one that is followed is not', () => {
    const { uncalled } = check(CONFIG_MAP + pod(`command: [/scripts/run.sh]\n${MOUNT}`, VOLUME));
    expect(uncalled.map(({ name, origin }) => `${name} ${origin.line ?? 0}`)).toEqual([
      'ConfigMap/prod/scripts spare.sh 10',
    ]);
  });
  test('a script that is not in the manifests is unresolved, with its line', () => {
    const findings = checkFindings(check(pod('command: [bash, /opt/x.sh]')));
    expect(findings.map(({ rule }) => rule)).toContain('rbac-unresolved');
  });
});

describe('scripts that lie in images', () => {
  const script = (place?: string): GivenScript => ({
    file: 'src/go.sh',
    text: 'echo\nkubectl get "$1"\n',
    ...(place === undefined ? {} : { place }),
  });
  test.for([
    ['by its file name', 'command: [/opt/go.sh, nodes]', undefined],
    ['by its path', 'command: [/opt/other, nodes]', '/opt/other'],
    ['as the entrypoint of a container', 'args: [nodes]', 'c'],
    ['from another text', "command: [sh, -c, '/opt/go.sh nodes']", undefined],
  ] as const)('%s', ([, container, place]) => {
    expect(asked(pod(container), [script(place)])).toContain('src/go.sh:2 list nodes cluster-wide');
  });
});

describe('accounts', () => {
  const workload = (kind: string, name: string, more = ''): string => `---
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}${more}}
spec: {template: {spec: {serviceAccountName: sa, containers: [{name: c, command: [kubectl, get, nodes]}]}}}
`;
  test('the needs of all containers of an account make one grant', () => {
    const { accounts } = check(workload('Deployment', 'a') + workload('DaemonSet', 'b').replace('nodes', 'pods'));
    expect(accounts).toHaveLength(1);
    expect(accounts[0]?.containers).toHaveLength(2);
    expect(accounts[0]?.grant.grants.map(({ role }) => role.kind)).toEqual(['ClusterRole', 'Role']);
  });
  test('what a workload has made is looked at once', () => {
    const made = workload(
      'ReplicaSet',
      'a-1',
      ', ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: a, controller: true}]',
    );
    expect(check(workload('Deployment', 'a') + made).accounts[0]?.containers).toHaveLength(1);
  });
  test.for([
    ['of the pod', '  automountServiceAccountToken: false\n', '', true],
    ['of the account', '', 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default}\nautomountServiceAccountToken: false\n---\n', true],
    ['of the account, which the pod overrules', '  automountServiceAccountToken: true\n', 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default}\nautomountServiceAccountToken: false\n---\n', false],
    ['of neither', '', '', false],
  ] as const)('a token that is not mounted, by the word %s', ([, spec, before, absent]) => {
    const rules = checkFindings(check(before + pod('command: [kubectl, get, nodes]', spec))).map(({ rule }) => rule);
    expect(rules.includes('rbac-no-token')).toBe(absent);
  }); // prettier-ignore
  test('a token that the container mounts itself is one', () => {
    const mounts = 'volumeMounts: [{name: t, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]';
    const text = pod(`command: [kubectl, get, nodes]\n${mounts}`, '  automountServiceAccountToken: false\n');
    expect(checkFindings(check(text)).map(({ rule }) => rule)).not.toContain('rbac-no-token');
  });

  const RULES = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r}
rules:
  - {apiGroups: [''], resources: [pods, configmaps], verbs: [list, delete, get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: r}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects: [{kind: ServiceAccount, name: default}]
---
`;
  const unused = (container: string) =>
    checkFindings(check(RULES + pod(container))).find(({ rule }) => rule === 'rbac-unused-grant');
  test('what nothing uses is told with the line of the role, and only where all could be read', () => {
    expect(unused('command: [kubectl, get, pods]')).toMatchObject({
      about: 'Role/prod/r',
      text: expect.stringContaining('list configmaps') as string,
    });
    expect(unused('command: [sh, -c, kubectl get pods; $X get pods]')).toBeUndefined();
    expect(unused('command: [/manager]')).toBeUndefined();
  });
  test('after a delete that it may not read kubectl waits for nothing', () => {
    const missing = (verbs: string): readonly string[] =>
      checkFindings(check(RULES.replace('[list, delete, get]', verbs) + pod('command: [kubectl, delete, pod, x]')))
        .filter(({ rule }) => rule.startsWith('rbac-missing'))
        .map(({ request, text }) => `${request?.verb ?? ''}${text.includes('stands still') ? ' stands still' : ''}`);
    expect(missing('[delete]')).toEqual([]);
    expect(missing('[delete, get]')).toEqual(['list stands still', 'watch stands still']);
    expect(missing('[delete, get, list]')).toEqual(['watch']);
  });
});
