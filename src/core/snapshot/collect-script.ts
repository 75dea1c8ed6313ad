/**
 * What `collect` asks, as a script of kubectl for a machine where Nicwright is not: objects, logs of the operators, and what
 * hosts say through the config daemon's pods. It only reads, and --from reads the folder that it writes.
 */
import { hostCommand, type HostQuestion } from '../model/host-question.ts';
import { WATCHED_KINDS } from '../visit/others/watched-kinds.ts';
import { LIVE_KINDS } from './live-kinds.ts';
import { NAMED_KINDS } from './kind-of-plural.ts';

const HOST_QUESTIONS: readonly HostQuestion[] = [
  { ask: 'boot-id' },
  { ask: 'kernel-lockdown' },
  { ask: 'kernel-command-line' },
  { ask: 'product-name' },
];

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');

/** Secrets are left out: this script has no redaction. */
const builtIn = LIVE_KINDS.filter(({ plural }) => plural !== 'secrets').map(({ group, plural }) =>
  group === '' ? plural : `${plural}.${group}`,
);

const custom = NAMED_KINDS.flatMap(({ apiVersion, names }) => {
  const group = groupOf(apiVersion);
  const isBuiltIn = !group.includes('.') || group.endsWith('.k8s.io');
  return isBuiltIn || names[0] === undefined ? [] : [`${names[0]}.${group}`];
});

const watched = WATCHED_KINDS.map(({ plural, group }) => `${plural}.${group}`);

const lists = (): readonly string[] =>
  [...new Set([...builtIn, ...custom, ...watched])].map(
    (name) => `kubectl get ${name} -A -o json > objects/${name}.json 2> err || lacks "${name}"`,
  );

const PODS = `kubectl get pods -A -l app=sriov-network-config-daemon -o jsonpath='{range .items[*]}{.metadata.namespace} {.metadata.name} {.spec.nodeName}{"\\n"}{end}'`;

const CARDS = `kubectl get sriovnetworknodestates.sriovnetwork.openshift.io -A --field-selector "metadata.name=$node" -o jsonpath='{range .items[*].status.interfaces[?(@.vendor=="15b3")]}{.pciAddress}{"\\n"}{end}'`;

const ask = (question: HostQuestion): readonly string[] => {
  const command = hostCommand(question, '/host').join(' ');
  return [
    `    echo "$ ${command}"`,
    `    kubectl exec -n "$ns" "$pod" -c sriov-network-config-daemon -- ${command} < /dev/null 2>&1`,
  ];
};

/** `folder` is written into the script as it is. */
export const collectScript = (folder: string): string =>
  [
    '#!/bin/sh',
    '# Reads only. Secrets are not read; look through the folder before you pass it on: texts are as the cluster gave them.',
    `# Then: nicwright diagnose --from ${folder}`,
    `mkdir -p '${folder}' && cd '${folder}' && mkdir -p objects host namespaces || exit 3`,
    'lacks() {',
    '  if grep -q "have a resource type" err; then why="the server has no such kind"; else why=$(head -n 1 err); fi',
    '  echo "$1: $why" >> collection-errors.log; rm -f "objects/$1.json"',
    '}',
    '',
    ...lists(),
    '',
    '# logs of the operators, before the last restart too',
    `for ns in $(kubectl get pods -A -o jsonpath='{range .items[*]}{.metadata.namespace}{"\\n"}{end}' | sort -u | grep -E 'network-operator|sriov|dpf|nvidia|nic-'); do`,
    `  kubectl get pods -n "$ns" -o jsonpath='{range .items[*]}{.metadata.name}{" "}{.spec.initContainers[*].name}{" "}{.spec.containers[*].name}{"\\n"}{end}' |`,
    '  while read -r pod containers; do',
    '    for c in $containers; do',
    '      to="namespaces/$ns/pods/$pod/$c/$c/logs"; mkdir -p "$to"',
    '      kubectl logs -n "$ns" "$pod" -c "$c" --tail=5000 < /dev/null > "$to/current.log" 2> err || rm -f "$to/current.log"',
    '      kubectl logs -n "$ns" "$pod" -c "$c" --tail=5000 --previous < /dev/null > "$to/previous.log" 2> err || rm -f "$to/previous.log"',
    '    done',
    '  done',
    'done',
    '',
    '# what each host says, through the pod of the SR-IOV config daemon that is there',
    `${PODS} |`,
    'while read -r ns pod node; do',
    '  {',
    '    echo "=== $node ==="',
    ...HOST_QUESTIONS.flatMap(ask),
    `    for pci in $(${CARDS} < /dev/null); do`,
    ...ask({ ask: 'firmware-settings', pci: '$pci' }).map((line) => `  ${line}`),
    ...ask({ ask: 'links', pcis: ['$pci'] }).map((line) => `  ${line}`),
    ...ask({ ask: 'reset-levels', pci: '$pci' }).map((line) => `  ${line}`),
    '    done',
    '  } > "host/$node.txt"',
    'done',
    'rm -f err',
    '',
  ].join('\n');
