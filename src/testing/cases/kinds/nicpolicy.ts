/** Answers of core/nicpolicy to its case kinds. */
import { newMaintenance } from '../../../core/driver/node-maintenance.ts';
import { dig, digFlag, digList, digNumber, digText, digTexts, isMap } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import type { Taint, Toleration } from '../../../core/model/taint.ts';
import {
  policyStatusAfter,
  upsertStates,
  type AppliedState,
  type SyncResult,
  type SyncState,
} from '../../../core/nicpolicy/applied-states.ts';
import {
  componentOfObject,
  driftVerdict,
  driverBlockingTaints,
  removeComponent,
  removeStale,
  unmanagedAfterUpgrade,
  type ManagedObject,
} from '../../../core/nicpolicy/component-removal.ts';
import { componentOfField, POLICY_NAME } from '../../../core/nicpolicy/components.ts';
import { policyConditions } from '../../../core/nicpolicy/conditions.ts';
import { driverDaemonSetName, driverImage } from '../../../core/nicpolicy/driver-image.ts';
import { isAcceptedDriverVersion } from '../../../core/nicpolicy/driver-version.ts';
import { mofedWait } from '../../../core/nicpolicy/mofed-wait.ts';
import { policyConflicts } from '../../../core/nicpolicy/policy-overlap.ts';
import { startupMigration, UPGRADE_REQUESTED } from '../../../core/nicpolicy/startup-migration.ts';
import { driverUpgradePolicy, readPolicyBlock, ZERO_DEFAULTS } from '../../../core/nicpolicy/upgrade-policy.ts';
import { isReadyForUpstream } from '../../../core/nicpolicy/workload-health.ts';
import { RELEASES } from '../../../core/release/chart-facts.ts';
import { lineOf } from '../../../core/release/version.ts';
import type { CaseInput, CaseKind, CaseKinds, Json, JsonObject } from '../case-kind.ts';
import { exactly, inAnyOrder } from '../matchers.ts';
import { Matcher } from '../matcher.ts';

/** Where a case names no release, the newest one is meant: its sources are read there. */
const NEWEST = RELEASES.at(-1) as string;

const kind = (answer: (input: CaseInput) => Record<string, unknown>): CaseKind => ({ answer });

/** What a row gives as it stands; a row may give null or a list, which `given` cannot show. */
const rawGiven = ({ given, row }: CaseInput): Json | undefined => (row === undefined ? given : row['given']);

const text = (given: JsonObject, key: string): string | undefined => digText(given, key);

// policy_mapping

const allZero = (spec: unknown): boolean =>
  isMap(spec) && Object.values(spec).every((value) => value === '' || value === 0 || value === false);

const policyMapping = (input: CaseInput): Record<string, unknown> => {
  if (rawGiven(input) === null) return { result: null };
  const block = readPolicyBlock(input.given, ZERO_DEFAULTS);
  if (block === undefined) return { result: null };
  const policy = driverUpgradePolicy(block);
  const maintenance = newMaintenance({ id: 'requestor', prefix: 'prefix', namespace: 'default' }, 'node', policy);
  const drainSpec = dig(maintenance, 'spec', 'drainSpec');
  return {
    autoUpgrade: policy.autoUpgrade,
    maxParallelUpgrades: policy.maxParallelUpgrades,
    maxUnavailable: policy.maxUnavailable ?? null,
    podDeletion: policy.podDeletion ?? null,
    waitForCompletion: policy.waitForCompletion ?? null,
    drain: policy.drain ?? null,
    ...(text(input.given, 'mode') === 'requestor'
      ? {
          nodeMaintenance: {
            drainSpec: allZero(drainSpec) ? 'present, all values zero' : drainSpec,
            waitForPodCompletion: dig(maintenance, 'spec', 'waitForPodCompletion') ?? null,
          },
        }
      : {}),
  };
};

// applied_states, conditions, daemonset_ready

/** `[state name, value, error text]`. */
const syncResults = (rows: unknown): readonly SyncResult[] =>
  (Array.isArray(rows) ? rows : []).map((row) => {
    const error = digText(row, 2);
    return {
      state: digText(row, 0) ?? '',
      result: digText(row, 1) as SyncState,
      ...(error === undefined ? {} : { error }),
    };
  });

const appliedStates = ({ given }: CaseInput): Record<string, unknown> => {
  const results = syncResults(given['results']);
  const previous: readonly AppliedState[] = syncResults(given['previous']).map(({ state, result, error }) => ({
    name: state,
    state: result,
    message: error ?? '',
  }));
  const status = policyStatusAfter(text(given, 'policyName') ?? POLICY_NAME, previous, results);
  return {
    overall: status.state,
    order: results.map(({ state }) => state),
    appliedStates: status.appliedStates,
    appliedStatesNames: status.appliedStates.map(({ name }) => name),
    secondSync: upsertStates(status.appliedStates, results),
    ...(status.reason === undefined ? {} : { reasonContains: status.reason }),
  };
};

const conditions = (input: CaseInput): Record<string, unknown> => {
  const given = rawGiven(input);
  const results = syncResults(Array.isArray(given) ? given : input.given['results']);
  const rows = policyConditions(results).map(({ type, status, reason }) => [type, [status, reason]] as const);
  // The types are data: one condition too many must fail as well.
  return exactly(Object.fromEntries(rows)) as unknown as Record<string, unknown>;
};

const daemonSetReady = ({ given }: CaseInput): Record<string, unknown> => {
  const number = (key: string): number => digNumber(given, key) ?? 0;
  const object: KubeObject = {
    apiVersion: 'apps/v1',
    kind: text(given, 'kind') ?? 'DaemonSet',
    metadata: { name: 'workload' },
    status: {
      desiredNumberScheduled: number('desired'),
      numberAvailable: number('available'),
      updatedNumberScheduled: number('updated'),
    },
  };
  return { result: isReadyForUpstream(object) };
};

// component_removal, migration

const managedObject = (object: Json): ManagedObject => ({
  kind: digText(object, 'kind') ?? '',
  name: digText(object, 'name') ?? '',
  labels: digTexts(object, 'labels'),
});

const names = (objects: readonly ManagedObject[]): Matcher => inAnyOrder([...new Set(objects.map(({ name }) => name))]);

const removedSection = (
  given: JsonObject,
  field: string,
  objects: readonly ManagedObject[],
): Record<string, unknown> => {
  const component = componentOfField(field);
  if (component === undefined) throw new Error(`no component has the field ${field}`);
  const removal = removeComponent(component, text(given, 'toVersion') ?? NEWEST, objects);
  return {
    deleted: names(removal.deleted),
    states: removal.states,
    state: removal.states[0],
    wait: removal.deleted.length > 0,
    orphans: names(removal.orphans),
    ...(removal.destroys.length === 0 ? {} : { sideEffect: removal.because }),
  };
};

const componentRemoval = ({ given }: CaseInput): Record<string, unknown> => {
  const objects = digList(given, 'objects').map((object) => managedObject(object as Json));
  const field = text(given, 'unset');
  if (field !== undefined) return removedSection(given, field, objects);
  if (Array.isArray(given['labelled'])) {
    const labelled = digList(given, 'labelled').map(String);
    return { ...removeStale(labelled, digList(given, 'desired').map(String)) };
  }
  if (given['revisionAnnotation'] !== undefined) {
    const [, name = ''] = (text(given, 'object') ?? '').split('/');
    const isDriver = componentOfObject({ kind: 'DaemonSet', name: `${name}-ds`, labels: {} })?.field === 'ofedDriver';
    const drift = driftVerdict(text(given, 'revisionAnnotation') === 'same as desired', isDriver);
    return { updated: drift.updated, upgradeController: drift.because };
  }
  if (isMap(given['node'])) {
    const taints = digList(given, 'node', 'taints') as readonly Taint[];
    const tolerations = digList(given, 'policyTolerations') as readonly Toleration[];
    const blocks = driverBlockingTaints(text(given, 'toVersion') ?? NEWEST, taints, tolerations).length > 0;
    return { deleted: blocks ? ['mofed-*-ds'] : [], state: blocks ? 'notReady' : 'ready' };
  }
  const unmanaged = unmanagedAfterUpgrade(text(given, 'toVersion') ?? NEWEST, objects);
  const owners = digNumber(given, 'objects', 0, 'ownerReferences') ?? 0;
  return { orphans: names(unmanaged), deleted: [], ownerReferences: unmanaged.length > 0 ? 0 : owners };
};

const migration = ({ given }: CaseInput): Record<string, unknown> => {
  const podLabels = isMap(given['podLabels']) ? digTexts(given, 'podLabels') : undefined;
  const daemonSetLabels = isMap(given['daemonset'])
    ? digList(given, 'daemonset', 'labels').map((label) => String(label).split('=')[0] ?? '')
    : undefined;
  const result = startupMigration({
    release: text(given, 'toVersion') ?? NEWEST,
    policyHasDriver: text(given, 'policy') === 'with ofedDriver',
    ...(podLabels === undefined ? {} : { podLabels }),
    ...(daemonSetLabels === undefined ? {} : { daemonSetLabels }),
  });
  if (!result.deletesDaemonSet && result.podLabels === undefined) return { result: 'unchanged' };
  return {
    ...(result.deletesDaemonSet
      ? { daemonset: 'deleted, pods orphaned', nodeAnnotation: `${UPGRADE_REQUESTED}=true` }
      : {}),
    ...(result.podLabels === undefined ? {} : { podLabels: exactly(result.podLabels) }),
  };
};

// mofed_wait, driver_image, version_validation, policy_overlap

/** `>=26.4` and `<=26.1` name a range by one end of it. */
const operatorRelease = (range: string | undefined): string => (range ?? NEWEST).replace(/^[<>=\s]*/, '');

const mofedWaitAnswer = ({ given }: CaseInput): Record<string, unknown> => {
  const policies = { 'ofedDriver set': 'driver', 'no ofedDriver': 'no-driver' } as const;
  const policy = policies[text(given, 'policy') as keyof typeof policies] ?? 'none';
  const ready = digFlag(given, 'mofedContainerReady');
  const hasPod = ready !== undefined || (given['driverPod'] !== null && given['driverPod'] !== undefined);
  const { label } = mofedWait({
    policy,
    pod: !hasPod ? 'none' : ready === true ? 'ready' : 'not-ready',
    nvidiaNic: digFlag(given, 'pci15b3') ?? false,
    release: operatorRelease(text(given, 'operator')),
    woken: digFlag(given, 'pci15b3LabelAlreadyPresentAtStart') === false,
  });
  return { result: label };
};

const driverImageAnswer = ({ given }: CaseInput): Record<string, unknown> => {
  const pool = {
    os: text(given, 'os') ?? '',
    osVersion: text(given, 'osVersion') ?? '',
    arch: text(given, 'arch') ?? '',
    kernel: text(given, 'kernel') ?? '',
  };
  if (given['daemonSetName'] === true)
    return {
      result: driverDaemonSetName(
        pool,
        text(given, 'policyKind') === 'NicNodePolicy' ? text(given, 'policyName') : undefined,
      ),
    };
  const driver = {
    repository: text(given, 'repository') ?? '',
    image: text(given, 'image') ?? '',
    version: text(given, 'version') ?? '',
    forcePrecompiled: digFlag(given, 'forcePrecompiled') ?? false,
  };
  const image = driverImage(driver, pool, digFlag(given, 'precompiledTagExists') ?? false);
  return image.ok ? { result: image.value } : { state: 'error', message: image.fault.message };
};

/** The expected list names some of the release lines that we say it of. */
const among = (lines: readonly string[]): Matcher =>
  new Matcher(`among ${lines.join(', ')}`, (expected) => {
    const wrong = (Array.isArray(expected) ? expected : [expected]).filter((line) => !lines.includes(line as string));
    return wrong.length === 0 ? undefined : `${wrong.join(', ')} is not among ${lines.join(', ')}`;
  });

const versionValidation = ({ row, given }: CaseInput): Record<string, unknown> => {
  const version = text(row ?? {}, 'value') ?? text(given, 'value') ?? '';
  const lines = [...new Set(RELEASES.map(lineOf))];
  return {
    accepted: among(lines.filter((line) => isAcceptedDriverVersion(line, version))),
    rejected: among(lines.filter((line) => !isAcceptedDriverVersion(line, version))),
  };
};

const policyOverlap = ({ given }: CaseInput): Record<string, unknown> => {
  const policies = digList(given, 'nnp').map((policy) => ({
    name: digText(policy, 'name') ?? '',
    sections: digList(policy, 'sections').map(String),
    nodeSelector: digTexts(policy, 'nodeSelector'),
  }));
  const nodes = digList(given, 'nodes').map((labels, index) => ({
    name: `node${index + 1}`,
    labels: digTexts(labels),
  }));
  const conflicts = policyConflicts(digList(given, 'ncp').map(String), policies, nodes);
  return { result: conflicts.length === 0 ? 'accepted' : 'rejected' };
};

export const roomKinds: CaseKinds = {
  'kind:policy_mapping': kind(policyMapping),
  'kind:applied_states': kind(appliedStates),
  'kind:daemonset_ready': kind(daemonSetReady),
  'kind:conditions': kind(conditions),
  'kind:component_removal': kind(componentRemoval),
  'kind:migration': kind(migration),
  'kind:mofed_wait': kind(mofedWaitAnswer),
  'kind:driver_image': kind(driverImageAnswer),
  'kind:version_validation': kind(versionValidation),
  'kind:policy_overlap': kind(policyOverlap),
};
