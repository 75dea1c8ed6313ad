/** The recorded outcomes of upgrades (reference page network-operator.md 2.9, 2.10), and what no values may ever do. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RELEASES } from './chart-facts.ts';
import { renderFix } from './explain-render.ts';
import { predictRender } from './predict-render.ts';
import { installValues, upgradeValues } from './upgrade-values.ts';
import type { Values } from './values.ts';

const reuse = (from: string, to: string, stored: Values = {}) =>
  predictRender(to, upgradeValues({ from, to, flag: '--reuse-values', stored, given: {} })).errors;

const HOOK = 'templates/upgrade-crd-hook.yaml';
const NIL = 'nil pointer evaluating interface {}.';
const NEWER = ['25.10.0', '26.1.0', '26.1.1', '26.1.2', '26.4.0', '26.4.1'];

// prettier-ignore
const ROWS: readonly (readonly [from: string, to: string, first: string | undefined])[] = [
  ['24.7.0', '24.10.1', `${HOOK}:93 ${NIL}enabled nicConfigurationOperator`],
  ['24.7.0', '25.1.0', `${HOOK}:93 ${NIL}enabled nicConfigurationOperator`],
  ...['25.4.0', '25.7.0'].map((to) => ['24.7.0', to, `charts/nic-configuration-operator-chart/templates/operator.yaml:63 ${NIL}pvcName nic-configuration-operator-chart.nicFirmwareStorage`] as const),
  ...['24.7.0', '24.10.1'].flatMap((from) => NEWER.map((to) => [from, to, `${HOOK}:101 ${NIL}enabled maintenanceOperator`] as const)),
  ...['25.1.0', '25.4.0', '25.7.0'].map((to) => ['24.10.1', to, `${HOOK}:96 ${NIL}enabled maintenanceOperator`] as const),
  ...['25.4.0', '25.7.0'].map((to) => ['25.1.0', to, undefined] as const),
  ...NEWER.map((to) => ['25.1.0', to, `templates/operator.yaml:97 ${NIL}useRequestor operator.maintenanceOperator`] as const),
  ['25.1.0', '26.7.0-rc.2', `templates/operator.yaml:106 ${NIL}useRequestor operator.maintenanceOperator`],
  ...RELEASES.slice(RELEASES.indexOf('25.4.0')).flatMap((from, at, late) => late.slice(at + 1).map((to) => [from, to, undefined] as const)),
];

describe('--reuse-values (000-17, 000-18)', () => {
  test.for(ROWS)('%s -> %s: %s', ([from, to, first]) => {
    const [error] = reuse(from, to);
    expect(error === undefined ? undefined : `${error.at} ${error.message} ${error.key}`).toBe(first);
  });

  test('errors hidden behind the first one are told in the order in which helm reveals them (000-19)', () => {
    expect(reuse('24.7.0', '25.7.0').map(({ at }) => at)).toEqual([
      'charts/nic-configuration-operator-chart/templates/operator.yaml:63',
      `${HOOK}:93`,
      `${HOOK}:96`,
      'templates/operator.yaml:91',
    ]);
  });

  test('each error that is mended by the value it names uncovers the next, until nothing is left', () => {
    let given: Values = {};
    for (const key of [
      'nic-configuration-operator-chart',
      'nicConfigurationOperator',
      'maintenanceOperator',
      'operator',
    ]) {
      const values = upgradeValues({ from: '24.7.0', to: '25.7.0', flag: '--reuse-values', stored: {}, given });
      const [error] = predictRender('25.7.0', values).errors;
      expect(error?.key.split('.')[0]).toBe(key);
      if (error !== undefined) given = { ...given, ...renderFix('25.7.0', given, error, values.parent).values };
    }
    const last = upgradeValues({ from: '24.7.0', to: '25.7.0', flag: '--reuse-values', stored: {}, given });
    expect(predictRender('25.7.0', last).errors).toEqual([]);
  });
});

test.for(RELEASES.flatMap((from, at) => RELEASES.slice(at + 1).map((to) => [from, to] as const)))(
  '%s -> %s renders with fresh defaults and with --reset-then-reuse-values',
  ([from, to]) => {
    const stored = { sriovNetworkOperator: { enabled: true } };
    for (const flag of ['--reset-values', '--reset-then-reuse-values'] as const)
      expect(predictRender(to, upgradeValues({ from, to, flag, stored, given: stored })).errors).toEqual([]);
  },
);

test.for([
  ['24.10.1', 'ok'],
  ['25.1.0', 'ok'],
  ['25.4.0', 'chart defect'],
  ['25.7.0', 'chart defect'],
  ['25.10.0', 'ok'],
] as const)('a fresh %s with the NIC configuration sub-chart on: %s', ([release, expected]) => {
  const user = { nicConfigurationOperator: { enabled: true } };
  const values = installValues(release, user);
  const [error] = predictRender(release, values).errors;
  const fix = error === undefined ? undefined : renderFix(release, user, error, values.parent);
  expect(fix === undefined ? 'ok' : fix.chartDefect ? 'chart defect' : 'other').toBe(expected);
});

test('values of any shape are answered, never an exception', () => {
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<unknown>(null, true, false, '', 'x', 0, 1, []),
      fc.dictionary(
        fc.constantFrom(
          'operator',
          'nfd',
          'enabled',
          'maintenanceOperator',
          'ofedDriver',
          'initContainer',
          'images',
          '__proto__',
          'sriov-network-operator',
        ),
        tie('node'),
      ),
    ),
  })).node;
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom('operator', 'nfd', 'sriov-network-operator', 'nicConfigurationOperator', 'x'),
        tree,
      ),
      fc.constantFrom(...RELEASES),
      (values, release) => {
        for (const error of predictRender(release, installValues(release, values)).errors)
          expect(error.message).toMatch(/^(nil pointer evaluating|can't evaluate field) /);
      },
    ),
    { numRuns: 200 },
  );
});
