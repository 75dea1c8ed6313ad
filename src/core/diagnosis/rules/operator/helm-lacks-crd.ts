/** Helm refuses a chart because the cluster does not know one of its kinds: the CRD has to come first, and Helm brings none at an upgrade. */
import { compareVersions, isVersion } from '../../../release/version.ts';
import { RELEASES, releaseCrds } from '../../../release/chart-facts.ts';
import { askedResources, pastedRows, type PastedOutput } from '../../../snapshot/pasted-table.ts';
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, RemedyStep, Statement } from '../../finding.ts';
import { operatorRelease } from '../../operator-release.ts';
import { defineRule } from '../../rule.ts';
import type { TellingLine } from '../../telling-lines.ts';

const RULE = 'helm-lacks-crd';

/** `NodeFeatureRule`, `nfd.k8s-sigs.io/v1alpha1` -> `nodefeaturerules.nfd.k8s-sigs.io`. */
const crdName = (kind: string, version: string): string => {
  const group = version.split('/')[0] ?? '';
  const known = RELEASES.flatMap((release) => [...releaseCrds(release)]).find(
    ([name, record]) => record.kind === kind && name.endsWith(`.${group}`),
  );
  const plural = kind.toLowerCase().replace(/y$/, 'ie');
  return known?.[0] ?? `${plural}s.${group}`;
};

const isInCluster = (facts: Facts, crd: string): boolean =>
  facts.object('CustomResourceDefinition', crd) !== undefined ||
  facts
    .pasted()
    .some(
      ({ command, lines }) =>
        askedResources(command).some((one) => /^(?:crds?|customresourcedefinitions?)$/.test(one)) &&
        lines.some(({ text }) => text.startsWith(`${crd} `)),
    );

/** A listing of CRDs, as the proof that this one is not among them. */
const listings = (facts: Facts): readonly Evidence[] =>
  facts
    .pasted()
    .filter(({ command }) => askedResources(command).some((one) => /^(?:crds?|customresourcedefinitions?)$/.test(one)))
    .map(({ source, number, command }) => textEvidence({ source, line: number }, command));

interface HelmStory {
  /** The chart that was there before. */
  readonly installed?: string;
  /** The newest chart of the repository. */
  readonly newest?: string;
  /** The command that failed. */
  readonly command?: PastedOutput;
  readonly evidence: readonly Evidence[];
}

const storyOf = (facts: Facts, { origin }: TellingLine): HelmStory => {
  const command = facts
    .pasted()
    .find(({ source, lines }) => source === origin.source && lines.some(({ number }) => number === origin.line));
  const installed = operatorRelease(facts);
  const searched = facts.pasted().flatMap((output) =>
    pastedRows(output).flatMap(({ cells, text, number }) => {
      const version = cells['CHART VERSION'] ?? '';
      return isVersion(version) && (cells['NAME'] ?? '').endsWith('/network-operator')
        ? [{ version, evidence: textEvidence({ source: output.source, line: number }, text) }]
        : [];
    }),
  );
  const newest = searched.toSorted((a, b) => compareVersions(b.version, a.version))[0];
  return {
    ...(installed?.version !== undefined && { installed: installed.version }),
    ...(newest !== undefined && { newest: newest.version }),
    ...(command !== undefined && { command }),
    evidence: [...(installed?.evidence ?? []), ...(newest === undefined ? [] : [newest.evidence])],
  };
};

const pins = (command: string): boolean => /\s--version[\s=]/.test(command);

const sentence = (kind: string, crd: string, isUpgrade: boolean, { installed, newest, command }: HelmStory): string => {
  const unpinned = command !== undefined && command.command !== '' && !pins(command.command);
  const took =
    unpinned && newest !== undefined && installed !== undefined && compareVersions(newest, installed) > 0
      ? ` Without --version it took chart ${newest}, and ${installed} is installed.`
      : '';
  return `Helm refuses the ${isUpgrade ? 'upgrade' : 'install'}: the chart has an object of kind ${kind}, and the cluster has no CRD ${crd}; Helm ${isUpgrade ? 'brings no CRDs at an upgrade' : 'brings only the CRDs of the chart itself'}, and looks up every kind before any hook runs.${took} Nothing was changed`;
};

const check = (facts: Facts): readonly Statement[] => {
  const byKind = new Map(facts.lines(`${RULE}/refused`).map((line) => [`${line.groups['kind'] ?? ''} ${line.groups['version'] ?? ''}`, line]));
  return [...byKind.values()].flatMap((line): readonly Statement[] => {
    const kind = line.groups['kind'] ?? '';
    const crd = crdName(kind, line.groups['version'] ?? '');
    if (isInCluster(facts, crd)) return [{ says: 'clear', scope: {}, saw: 'CRDs that Helm once missed are there now' }];
    const story = storyOf(facts, line);
    return [
      {
        says: 'finding',
        scope: { object: `CustomResourceDefinition/${crd}` },
        because: sentence(kind, crd, /UPGRADE FAILED/.test(line.line), story),
        confidence: 'proven',
        sameAs: crd,
        evidence: [textEvidence(line.origin, line.line), ...story.evidence, ...listings(facts)],
        lacks: [
          {
            what: 'what the upgrade was for',
            why: 'a change of values needs no new chart',
            settle: 'helm history RELEASE -n NAMESPACE, and the person who typed it',
          },
        ],
      },
    ];
  });
}; // prettier-ignore

const remedyOf = (facts: Facts): readonly RemedyStep[] => {
  const installed = operatorRelease(facts)?.version;
  const [namespace = 'NAMESPACE'] = facts.operators.namespaces;
  return [
    {
      text: 'If only values were to change, stay with the chart that is installed.',
      command: `helm upgrade RELEASE CHART -n ${namespace} --version ${installed ?? 'INSTALLED'} -f VALUES`,
    },
    {
      text: 'For the new chart apply its CRDs first, those of its sub-charts too (helm leaves them out), then compare the values, then upgrade.',
      command: `helm pull CHART --version TARGET --untar; find network-operator -path '*crds*' -name '*.yaml' -exec ${facts.cli} apply --server-side -f {} +; nicwright release check --to TARGET`,
    },
    {
      text: 'Unsafe: uninstall and install again; it deletes the NicClusterPolicy and with it everything that runs.',
    },
  ];
};

const FAILED =
  'Error: UPGRADE FAILED: resource mapping not found for name: "nvidia-nics-rules" namespace: "" from "": no matches for kind "NodeFeatureRule" in version "nfd.k8s-sigs.io/v1alpha1"\nensure CRDs are installed first\n';

export const helmLacksCrd = defineRule({
  id: RULE,
  title: 'A CRD is missing for the chart',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: {
    refused:
      /(?:UPGRADE FAILED|INSTALLATION FAILED|unable to build kubernetes objects)[^\n]*no matches for kind "(?<kind>\w+)" in version "(?<version>[\w./-]+)"/,
  },
  explain:
    'Helm installs the files under crds/ of a chart at the first install and never again, and it looks up every kind of the rendered chart before it runs hooks. A release whose chart has a new kind therefore needs its CRDs applied beforehand. ' +
    'For the network operator this is NodeFeatureRule, which came after 23.4.',
  sources: ['reference network-operator.md 2.5, 2.6', 'network-operator #833, #557, #571'],
  check,
  remedy: (_findings, facts) => remedyOf(facts),
  cases: [
    {
      name: 'NodeFeatureRule at an upgrade without a version',
      kind: 'broken',
      objects: [],
      texts: {
        'helm.txt': `$ helm upgrade network-operator nvidia/network-operator -n x -f v.yaml\n${FAILED}\n$ helm list -n x\nNAME\tNAMESPACE\tREVISION\tUPDATED\tSTATUS\tCHART\tAPP VERSION\nnetwork-operator\tx\t1\t2024-02-21\tdeployed\tnetwork-operator-23.4.0\tv23.4.0\n\n$ helm search repo nvidia/network-operator\nNAME\tCHART VERSION\tAPP VERSION\nnvidia/network-operator\t24.1.0\tv24.1.0\n`,
      },
      says: 'took chart 24.1.0, and 23.4.0 is installed',
    },
    {
      name: 'the CRD was applied since',
      kind: 'healthy',
      objects: [],
      texts: {
        'helm.txt': `${FAILED}$ kubectl get crd\nNAME   CREATED AT\nnodefeaturerules.nfd.k8s-sigs.io   2024-02-22T02:15:30Z\n`,
      },
    },
    {
      name: 'kubectl, not Helm, does not know a kind',
      kind: 'look-alike',
      objects: [],
      texts: { 'a.txt': 'error: no matches for kind "Foo" in version "example.net/v1"\n' },
    },
  ],
});
