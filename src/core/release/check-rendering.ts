/** Does Helm accept the upgrade at all: the Kubernetes version, and the templates with these values. */
import { compareVersions } from './version.ts';
import { renderFix, type RenderFix } from './explain-render.ts';
import { kubernetesGate } from './kubernetes-gate.ts';
import { predictRender } from './predict-render.ts';
import type { UpgradeFinding, UpgradeGap } from './upgrade-finding.ts';
import { ownValues, valuesAfter, type UpgradeQuestion } from './upgrade-question.ts';
import { valueAt } from './values.ts';

export const checkKubernetes = ({ to, kubeVersion }: UpgradeQuestion): readonly UpgradeFinding[] => {
  const gate = kubernetesGate(to, kubeVersion);
  if (gate.verdict !== 'refused') return [];
  return [
    {
      severity: 'stops',
      about: `Kubernetes ${kubeVersion ?? ''}`,
      because: gate.because,
      ...(gate.wayOut === undefined ? {} : { wayOut: gate.wayOut }),
    },
  ];
};

/** The errors in the order in which Helm would reveal them, one attempt after another. */
export const checkRendering = (question: UpgradeQuestion): readonly UpgradeFinding[] => {
  const seen = valuesAfter(question);
  const { errors } = predictRender(question.to, seen);
  const fixes = errors.map((error) => renderFix(question.to, ownValues(question), error, seen.parent));
  return errors.map((error, index) => {
    const fix = fixes[index] as RenderFix;
    const isSame = index > 0 && fixes[0]?.wayOut.startsWith(fix.wayOut) === true;
    return {
      severity: error.uncertain ? 'warns' : 'stops',
      about: error.key,
      because: `${index === 0 ? '' : 'hidden behind that: '}${error.at}: ${error.message}; ${fix.because}`,
      ...(isSame ? {} : { wayOut: fix.wayOut }),
    };
  });
};

/** Releases from which the NFD sub-chart brings a values schema that points to definitions on the internet. */
const REMOTE_SCHEMA_SINCE = '25.10.0';

export const checkSchema = (question: UpgradeQuestion): readonly UpgradeFinding[] =>
  compareVersions(question.to, REMOTE_SCHEMA_SINCE) >= 0 &&
  valueAt(valuesAfter(question).parent, 'nfd.enabled') !== false
    ? [
        {
          severity: 'tells',
          about: 'node-feature-discovery/values.schema.json',
          because:
            'Helm 3.18 and later, and Helm 4, download definitions that this schema points to; without the internet the upgrade stops there',
          wayOut: 'on a site without the internet add --skip-schema-validation',
        },
      ]
    : [];

export const renderingGaps = (question: UpgradeQuestion): readonly UpgradeGap[] => {
  const gate = kubernetesGate(question.to, question.kubeVersion);
  const { unknown } = predictRender(question.to, valuesAfter(question));
  return [
    ...(gate.verdict === 'unknown'
      ? [{ what: 'the Kubernetes version', because: gate.because, settle: gate.wayOut ?? '' }]
      : []),
    ...unknown.map((chart) => ({
      what: `the templates of ${chart === '' ? 'network-operator' : chart} ${question.to}`,
      because: 'they are not in the table, so their errors cannot be foreseen',
      settle: 'helm upgrade --dry-run=server with the flags you mean to use',
    })),
  ];
};
