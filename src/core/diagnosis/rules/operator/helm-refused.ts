/** Helm refuses an installation before it changes anything: an object of somebody else, or a Kubernetes that the chart does not take. */
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';

const RULE = 'helm-refused';

const ours = (text: string): boolean =>
  /network-operator|sriov|nfd|node-feature|maintenance-operator|nic-configuration|dpf/i.test(text);

const check = (facts: Facts): readonly Statement[] => {
  const owned = facts
    .lines(`${RULE}/owned`)
    .filter(({ line, text }) => ours(line) || ours(text.text.slice(0, 20_000)))
    .map((line): Statement => {
      const { kind = 'an object', name = '' } = line.groups;
      return {
        says: 'finding',
        scope: {},
        because: `Helm refuses the release since ${kind} ${name} is there already and belongs to no release, or to another one; nothing was changed`,
        confidence: 'proven',
        sameAs: `owned ${kind} ${name}`,
        evidence: [textEvidence(line.origin, line.line)],
      };
    });
  const conflicts = facts
    .lines(`${RULE}/conflict`)
    .filter(({ line, text }) => ours(line) || ours(text.text.slice(0, 20_000)))
    .map((line): Statement => {
      const { name = '', manager = '' } = line.groups;
      return {
        says: 'finding',
        scope: {},
        because: `Helm refuses the release since its definition of ${name} differs from the one that ${manager} put there: two charts bring the same definition`,
        confidence: 'proven',
        sameAs: `conflict ${name}`,
        evidence: [textEvidence(line.origin, line.line)],
      };
    });
  const versions = facts
    .lines(`${RULE}/version`)
    .filter(({ text }) => ours(text.text.slice(0, 20_000)))
    .map((line): Statement => {
      const { range = '', version = '' } = line.groups;
      const isSuffix = /-/.test(version) && !/-0\b/.test(range);
      return {
        says: 'finding',
        scope: {},
        because: `The chart takes Kubernetes ${range.trim()}, and the cluster is ${version}${isSuffix ? ': a version with a suffix fits no range that has none' : ''}; nothing was changed`,
        confidence: 'proven',
        sameAs: `version ${version}`,
        evidence: [textEvidence(line.origin, line.line)],
      };
    });
  const found = [...owned, ...conflicts, ...versions];
  return found.length > 0 || facts.lines(`${RULE}/deployed`).length === 0 ? found : [{ says: 'clear', scope: {}, saw: 'Helm deployed its release' }];
}; // prettier-ignore

const COMMAND = '$ helm install network-operator nvidia/network-operator -n nic-operator --version 25.4.0\n';

export const helmRefused = defineRule({
  id: RULE,
  title: 'Helm refuses the release',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: {
    owned: /(?<kind>[A-Z]\w+) "(?<name>[^"]+)"(?: in namespace "[^"]*")? exists and cannot be imported into the current release/,
    conflict:
      /conflict occurred while applying object \S*?(?<name>[\w.-]+) apiextensions[^\n]*conflict with \\?"(?<manager>[^"\\]+)\\?"/,
    version: /chart requires kubeVersion: (?<range>[^\n]+?) which is incompatible with Kubernetes (?<version>v[\w.+-]+)/,
    deployed: /^STATUS: deployed/,
  },
  explain:
    'Helm takes no object into a release that it did not make there, unless labels and annotations say that it may: what an earlier installation left behind, or a second node-feature-discovery, stops it. Charts up to 25.10 ask for ">= 1.21.0", which no version with a suffix such as v1.31.2-eks fits.',
  sources: ['reference network-operator.md 2.1', 'helm pkg/action/validate.go'],
  check,
  remedy: (findings) =>
    findings[0]?.sameAs?.startsWith('owned') === true
      ? [
          { text: 'Find out who uses the object. If it is a leftover, delete it; if another release or NFD owns it, switch that part off in the values (nfd.enabled: false, for example).', risk: 'deleting a CRD deletes every object of its kind' },
          { text: 'Or hand it over: set its label app.kubernetes.io/managed-by=Helm and the annotations meta.helm.sh/release-name and release-namespace.' },
        ]
      : findings[0]?.sameAs?.startsWith('conflict') === true
        ? [{ text: 'Bring both to one state: apply the newer definition with the tool that owns it, or install with --skip-crds.', risk: 'the older program has to understand the newer definition' }]
      : [{ text: 'Take a chart whose range fits (26.1 and later take suffixes), or pull it and widen kubeVersion in its Chart.yaml.' }],
  cases: [
    { name: 'a leftover', kind: 'broken', objects: [], texts: { 'helm.txt': `${COMMAND}Error: INSTALLATION FAILED: Unable to continue with install: ClusterRole "network-operator" in namespace "" exists and cannot be imported into the current release: invalid ownership metadata; label validation error\n` }, says: 'ClusterRole network-operator is there already' },
    { name: 'a suffix', kind: 'broken', objects: [], texts: { 'helm.txt': `${COMMAND}Error: INSTALLATION FAILED: chart requires kubeVersion: >= 1.21.0 which is incompatible with Kubernetes v1.31.2-eks-7f9249a\n` }, says: 'suffix' },
    { name: 'two charts bring one definition', kind: 'broken', objects: [], texts: { 'helm.txt': `${COMMAND}Error: INSTALLATION FAILED: failed to install CRD crds/k8s.cni.cncf.io_networkattachmentdefinitions_crd.yaml: conflict occurred while applying object /network-attachment-definitions.k8s.cni.cncf.io apiextensions.k8s.io/v1, Kind=CustomResourceDefinition: Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apiextensions.k8s.io/v1: .spec.names.shortNames\n` }, says: 'network-attachment-definitions.k8s.cni.cncf.io' },
    { name: 'deployed', kind: 'healthy', objects: [], texts: { 'helm.txt': `${COMMAND}NAME: network-operator\nSTATUS: deployed\n` } },
    { name: 'another chart', kind: 'look-alike', objects: [], texts: { 'helm.txt': 'Error: chart requires kubeVersion: >= 1.21.0 which is incompatible with Kubernetes v1.31.2-eks-7f9249a\n' } },
  ],
}); // prettier-ignore
