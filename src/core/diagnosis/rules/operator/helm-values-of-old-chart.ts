/** Helm renders a new chart with the values of an old one: a map that the new templates read does not exist. */
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { operatorRelease } from '../../operator-release.ts';
import { defineRule } from '../../rule.ts';

const RULE = 'helm-values-of-old-chart';

/** A fresh install of these fails in the same way: the sub-chart itself lacks the default (network-operator.md 2.9). */
const CHART_BUG = /nicFirmwareStorage|pvcName/;

const check = (facts: Facts): readonly Statement[] => {
  const byText = new Map(facts.lines(`${RULE}/nil`).map((line) => [line.line.trim(), line]));
  return [...byText.values()].map((line): Statement => {
    const { path, key } = line.groups;
    const reused = facts
      .pasted()
      .some(({ source, command }) => source === line.origin.source && command.includes('--reuse-values'));
    const isBug = CHART_BUG.test(line.line);
    return {
      says: 'finding',
      scope: {},
      because: isBug
        ? `The chart cannot be rendered: it reads ${key ?? 'pvcName'} of a map that its own defaults lack, at a fresh install too`
        : `The chart cannot be rendered with these values: ${path === undefined ? 'a map' : `${path.replace(/^\.Values\./, '')}`} is missing${reused ? ', because --reuse-values keeps the defaults of the old chart and ignores those of the new one' : ', as with --reuse-values, which keeps the defaults of the old chart'}`,
      confidence: reused || isBug ? 'proven' : 'likely',
      sameAs: path ?? key ?? '',
      evidence: [textEvidence(line.origin, line.line)],
    };
  });
};

const NIL =
  'Error: UPGRADE FAILED: template: network-operator/templates/upgrade-crd-hook.yaml:93:19: executing "network-operator/templates/upgrade-crd-hook.yaml" at <.Values.nicConfigurationOperator.enabled>: nil pointer evaluating interface {}.enabled\n';
const PVC =
  'Error: INSTALLATION FAILED: template: network-operator/charts/nic-configuration-operator-chart/templates/operator.yaml:63:22: executing "x" at <.Values.nicFirmwareStorage.pvcName>: nil pointer evaluating interface {}.pvcName\n';

export const helmValuesOfOldChart = defineRule({
  id: RULE,
  title: 'The values do not fit the chart',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: {
    nil: /executing "[^"]*" at <(?<path>[^>]+)>: nil pointer evaluating interface \{\}\.(?<key>\w+)/,
    upgraded: /Release "[^"]*network-operator[^"]*" has been upgraded/,
  },
  explain:
    'With --reuse-values Helm merges over the defaults of the chart that is installed; keys that are new in the target do not exist, and a template that reads a field of a missing map ends with a nil pointer. Helm renders the deepest paths first, so that one such error may hide others.',
  sources: ['seeds/000 Helm upgrade', 'reference network-operator.md 2.9, 2.10'],
  check: (facts) => {
    const found = check(facts);
    if (found.length > 0) return found;
    return facts.lines(`${RULE}/upgraded`).length > 0
      ? [{ says: 'clear', scope: {}, saw: 'the chart was rendered with its values' }]
      : [];
  },
  remedy: (findings, facts) => {
    const [namespace = 'NAMESPACE'] = facts.operators.namespaces;
    return [
      ...(findings.some(({ because }) => because.includes('fresh install'))
        ? [
            {
              text: 'Give the sub-chart the map that it lacks.',
              command: `helm upgrade RELEASE CHART -n ${namespace} -f VALUES --set-json 'nic-configuration-operator-chart={"nicFirmwareStorage":{}}'`,
            },
          ]
        : []),
      {
        text: "Start from the target's own defaults and put only your own values over them.",
        command: `helm get values RELEASE -n ${namespace} > mine.yaml; helm upgrade RELEASE CHART -n ${namespace} --version TARGET --reset-values -f mine.yaml`,
      },
      {
        text: 'Ask first what the target ignores and changes.',
        command: `nicwright release check --to TARGET${operatorRelease(facts)?.version === undefined ? ' --from-release INSTALLED' : ''}`,
      },
      { text: 'There is no need to uninstall: only --reuse-values is impossible, the upgrade is not.' },
    ];
  },
  cases: [
    {
      name: 'reused values',
      kind: 'broken',
      objects: [],
      texts: { 'helm.txt': `$ helm upgrade network-operator nvidia/network-operator --reuse-values --version 24.10.1\n${NIL}` },
      says: '--reuse-values keeps the defaults of the old chart',
    },
    { name: 'a bug of the sub-chart', kind: 'broken', objects: [], texts: { 'helm.txt': PVC }, says: 'at a fresh install too' },
    {
      name: 'it went through',
      kind: 'healthy',
      objects: [],
      texts: { 'helm.txt': 'Release "network-operator" has been upgraded. Happy Helming!\n' },
    },
    {
      name: 'a values file that is no YAML',
      kind: 'look-alike',
      objects: [],
      texts: { 'helm.txt': 'Error: UPGRADE FAILED: failed to parse values.yaml: yaml: line 3: mapping values are not allowed\n' },
    },
  ],
}); // prettier-ignore
