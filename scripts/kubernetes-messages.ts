/**
 * node scripts/kubernetes-messages.ts
 *
 * Writes src/faces/twin-api/protobuf/data/kubernetes-messages.ts: field numbers and types of the messages that clients of
 * Kubernetes send as protobuf. They are read from k8s.io/api and k8s.io/apimachinery in the Go module cache, in the version
 * that scripts/real-parts/kubernetes/go.mod asks for; `npm run setup:real` puts them there.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';

const ROOT = path.resolve(import.meta.dirname, '..');
const OUT = path.join(ROOT, 'src/faces/twin-api/protobuf/data/kubernetes-messages.ts');

/** Short name of a package in the table, and its folder. */
const PACKAGES: readonly (readonly [name: string, module: string, folder: string])[] = [
  ['meta', 'k8s.io/apimachinery', 'pkg/apis/meta/v1'],
  ['runtime', 'k8s.io/apimachinery', 'pkg/runtime'],
  ['intstr', 'k8s.io/apimachinery', 'pkg/util/intstr'],
  ['resource', 'k8s.io/apimachinery', 'pkg/api/resource'],
  ['core', 'k8s.io/api', 'core/v1'],
  ['apiextensions', 'k8s.io/apiextensions-apiserver', 'pkg/apis/apiextensions/v1'],
  ['apps', 'k8s.io/api', 'apps/v1'],
  ['authentication', 'k8s.io/api', 'authentication/v1'],
  ['authorization', 'k8s.io/api', 'authorization/v1'],
  ['autoscaling', 'k8s.io/api', 'autoscaling/v1'],
  ['autoscaling2', 'k8s.io/api', 'autoscaling/v2'],
  ['batch', 'k8s.io/api', 'batch/v1'],
  ['certificates', 'k8s.io/api', 'certificates/v1'],
  ['coordination', 'k8s.io/api', 'coordination/v1'],
  ['events', 'k8s.io/api', 'events/v1'],
  ['networking', 'k8s.io/api', 'networking/v1'],
  ['policy', 'k8s.io/api', 'policy/v1'],
  ['rbac', 'k8s.io/api', 'rbac/v1'],
  ['scheduling', 'k8s.io/api', 'scheduling/v1'],
];

/** Whole kinds that a client may send; the messages that they are made of come along. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  meta: ['DeleteOptions', 'CreateOptions', 'UpdateOptions', 'PatchOptions'],
  core: [
    'Binding',
    'ConfigMap',
    'Endpoints',
    'Event',
    'LimitRange',
    'Namespace',
    'Node',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Pod',
    'ReplicationController',
    'ResourceQuota',
    'Secret',
    'Service',
    'ServiceAccount',
  ],
  apiextensions: ['CustomResourceDefinition'],
  apps: ['ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  authentication: ['SelfSubjectReview', 'TokenRequest', 'TokenReview'],
  authorization: [
    'LocalSubjectAccessReview',
    'SelfSubjectAccessReview',
    'SelfSubjectRulesReview',
    'SubjectAccessReview',
  ],
  autoscaling: ['Scale'],
  autoscaling2: ['HorizontalPodAutoscaler'],
  batch: ['CronJob', 'Job'],
  certificates: ['CertificateSigningRequest'],
  coordination: ['Lease'],
  events: ['Event'],
  networking: ['Ingress', 'IngressClass', 'NetworkPolicy'],
  policy: ['Eviction', 'PodDisruptionBudget'],
  rbac: ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  scheduling: ['PriorityClass'],
};

interface Field {
  readonly number: number;
  readonly name: string;
  /** `string`, `core.PodSpec`, `{resource.Quantity}` for a map from strings. */
  readonly type: string;
  readonly repeated: boolean;
}

const moduleFolder = (module: string): string => {
  const listed = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', module], {
    cwd: path.join(ROOT, 'scripts/real-parts/kubernetes'),
    encoding: 'utf8',
  });
  return listed.trim();
};

const shortType = (type: string, here: string): string => {
  if (/^[a-z0-9]+$/.test(type)) return type;
  const found = /^\.?k8s\.io\.(?:api|apimachinery\.pkg)\.(.+)\.([A-Za-z0-9]+)$/.exec(type);
  if (found === null) return `${here}.${type.replace(/^\./, '')}`;
  const folder = (found[1] ?? '').replaceAll('.', '/');
  const known = PACKAGES.find(([, , place]) => place === folder || place === `pkg/${folder}`);
  if (known === undefined) throw new Error(`the package of ${type} is not in the list`);
  return `${known[0]}.${found[2]}`;
};

const messagesOf = (name: string, proto: string): ReadonlyMap<string, readonly Field[]> => {
  const messages = new Map<string, readonly Field[]>();
  for (const [, message = '', body = ''] of proto.matchAll(/^message (\w+) \{\n(.*?)^\}/gms)) {
    const fields = [...body.matchAll(/^ {2}(optional|repeated|map<string, ([\w.]+)>) (?:([\w.]+) )?(\w+) = (\d+);/gm)];
    messages.set(
      `${name}.${message}`,
      fields.map(([, label = '', valueType, type = '', field = '', number]) => ({
        number: Number(number),
        name: field,
        type: valueType === undefined ? shortType(type, name) : `{${shortType(valueType, name)}}`,
        repeated: label === 'repeated',
      })),
    );
  }
  return messages;
};

/** Fields whose zero is written in JSON: pointers, and those without omitempty. `core.Pod.field`. */
const keptZeros = (name: string, types: string): readonly string[] =>
  [...types.matchAll(/^type (\w+) struct \{\n(.*?)^\}/gms)].flatMap(([, struct = '', body = '']) =>
    [...body.matchAll(/^\t\w+\s+(\*?)\S+\s+`json:"(\w+)([^"]*)"/gm)]
      .filter(([, pointer, , options = '']) => pointer === '*' || !options.includes('omitempty'))
      .map(([, , field = '']) => `${name}.${struct}.${field}`),
  );

const messages = new Map<string, readonly Field[]>();
const zeros = new Set<string>();
for (const [name, module, folder] of PACKAGES) {
  const place = path.join(moduleFolder(module), folder);
  const proto = readFileSync(path.join(place, 'generated.proto'), 'utf8');
  for (const [message, fields] of messagesOf(name, proto)) messages.set(message, fields);
  if (name === 'runtime' || name === 'intstr' || name === 'resource') continue;
  for (const zero of keptZeros(name, readFileSync(path.join(place, 'types.go'), 'utf8'))) zeros.add(zero);
}

const wanted = new Set<string>();
const want = (message: string): void => {
  const fields = messages.get(message);
  if (wanted.has(message) || fields === undefined) return;
  wanted.add(message);
  for (const { type } of fields) want(type.replaceAll(/[{}]/g, ''));
};
for (const [name, kinds] of Object.entries(KINDS)) for (const kind of kinds) want(`${name}.${kind}`);

const lines = [...wanted].sort().map((message) => {
  const fields = (messages.get(message) ?? []).map(({ number, name, type, repeated }) => {
    const shown = type.startsWith(`${message.split('.')[0]}.`) ? type.slice(type.indexOf('.')) : type;
    return `${number}${zeros.has(`${message}.${name}`) ? '!' : ''} ${name} ${shown}${repeated ? '[]' : ''}`;
  });
  return `${message}: ${fields.join(', ')}`;
});

const text = `/**
 * Written by scripts/kubernetes-messages.ts; do not edit. Field numbers and types of what clients of Kubernetes send as
 * protobuf: \`PACKAGE.MESSAGE: NUMBER[!] NAME TYPE[[]], ...\`. \`!\`: a zero is a value, not an absence. \`.X\`: message X of
 * the same package. \`{T}\`: a map from strings. \`[]\`: a list.
 */
export const KUBERNETES_MESSAGES = \`
${lines.join('\n')}
\`;
`;
writeFileSync(OUT, await format(text, { parser: 'typescript', singleQuote: true, printWidth: 120 }));
console.log(`${wanted.size} messages, ${text.length} bytes`);
