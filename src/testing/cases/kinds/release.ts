/** Answers of core/release to its case kind. */
import { digText, isMap } from '../../../core/model/dig.ts';
import { renderFix } from '../../../core/release/explain-render.ts';
import { ignoredKeys } from '../../../core/release/ignored-keys.ts';
import { moveOf } from '../../../core/release/key-moves.ts';
import { kubernetesGate } from '../../../core/release/kubernetes-gate.ts';
import { policyFate, rendersPolicy } from '../../../core/release/policy-fate.ts';
import { predictRender } from '../../../core/release/predict-render.ts';
import { renderedImages } from '../../../core/release/rendered-images.ts';
import { requestorChanges, requestorIds } from '../../../core/release/requestor.ts';
import { upgradeValues, type ChartValues, type ReuseFlag } from '../../../core/release/upgrade-values.ts';
import { leavesOf, type Values } from '../../../core/release/values.ts';
import type { CaseKinds, Json, JsonObject } from '../case-kind.ts';
import { inAnyOrder } from '../matchers.ts';

/** Top-level keys of the values file in seeds/000, which the case kind names without repeating it. */
const SEED_KEYS = [
  'nfd', 'sriovNetworkOperator', 'nicConfigurationOperator', 'maintenanceOperator', 'deployCR', 'secondaryNetwork', 'nvIpam',
  'ofedDriver', 'rdmaSharedDevicePlugin', 'sriovDevicePlugin', 'psp', 'sriov-network-operator',
]; // prettier-ignore

const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
const values = (value: Json | undefined): Values => (isMap(value) ? value : {});

const flagOf = (value: Json | undefined): ReuseFlag =>
  value === '--reuse-values' || value === '--reset-then-reuse-values' ? value : '--reset-values';

/** With a reuse flag the user's values are those he installed with; else those he gives now. */
const seenValues = (given: JsonObject, to: string): ChartValues => {
  const [from, flag, user] = [text(given['from']), flagOf(given['flag']), values(given['userValues'])];
  const isReuse = flag !== '--reset-values';
  const base = { to, flag, stored: isReuse ? user : {}, given: isReuse ? {} : user };
  return upgradeValues(from === undefined ? base : { ...base, from });
};

const topKeys = (paths: readonly (readonly string[])[]): readonly string[] => paths.map((path) => path.join('.'));

const movedValues = (user: Values, to: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...leavesOf(user).keys()].flatMap((path) => {
      const move = moveOf(path, to);
      return move?.value === undefined ? [] : [[move.key, move.value] as const];
    }),
  );

/** Rows with a Kubernetes version ask for the chart's gate, rows without one for the rendering. */
const rowOf = (row: JsonObject): unknown =>
  row['kubeVersion'] === undefined
    ? answer(row)['render']
    : kubernetesGate(text(row['to']) ?? '', text(row['kubeVersion'])).verdict;

const isManagedByHelm = (given: JsonObject): boolean =>
  digText(given, 'cluster', 'NicClusterPolicy', 'labels', 'app.kubernetes.io/managed-by') === 'Helm';

function answer(given: JsonObject): Record<string, unknown> {
  const rows = given['rows'];
  if (Array.isArray(rows)) return { rows: rows.map((row: JsonObject) => rowOf(row)) };
  const to = text(given['to']) ?? '';
  const from = text(given['from']);
  const user = values(given['userValues']);
  const seen = seenValues(given, to);
  const [first, ...hidden] = predictRender(to, seen).errors;
  const ignored = ignoredKeys(to, user) ?? [];
  const fate = policyFate(to, seen.parent, isManagedByHelm(given));
  const before = from === undefined ? {} : requestorIds(from, seenValues({ ...given, flag: '-f' }, from).parent);
  const change = requestorChanges(before, requestorIds(to, seen.parent))[0];
  const told = {
    render: first === undefined ? 'ok' : 'error',
    hidden: hidden.map(({ at, message }) => ({ at, message })),
    images: Object.fromEntries(renderedImages(to, seen).map(({ name, image }) => [name, image])),
    ignoredKeys: inAnyOrder(topKeys(ignored)),
    ignoredKeysFromSeed: inAnyOrder(
      topKeys(ignoredKeys(to, Object.fromEntries(SEED_KEYS.map((key) => [key, {}]))) ?? []),
    ),
    nicClusterPolicyRendered: rendersPolicy(to, seen.parent),
    effective: Object.fromEntries(leavesOf(seen.parent)),
    moved: movedValues(user, to),
    nicClusterPolicyDeleted: fate.deleted,
  };
  return {
    ...told,
    ...(first === undefined
      ? {}
      : { firstError: { at: first.at, message: first.message }, fix: renderFix(to, user, first, seen.parent).values }),
    ...(fate.annotation === undefined ? {} : { annotation: fate.annotation }),
    ...(change === undefined ? {} : { requestorID: { from: change.from, to: change.to }, effect: change.because }),
  };
}

export const roomKinds: CaseKinds = { 'kind:helm_upgrade': { answer: ({ given }) => answer(given) } };
