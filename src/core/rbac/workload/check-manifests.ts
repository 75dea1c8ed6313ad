/**
 * Rendered manifests and their scripts -> for each container what it needs and lacks, for each account the least grant and
 * what it has beyond its needs. How findings are listed is left to check-findings.ts.
 */
import type { UserInfo } from '../../ports/kube-api.ts';
import type { ReadYaml } from '../../ports/read-yaml.ts';
import { dig, digList, digText } from '../../model/dig.ts';
import type { Gap, Origin, Snapshot, SnapshotObject } from '../../snapshot/snapshot.ts';
import { serviceAccount } from '../caller.ts';
import { findGap } from '../gap.ts';
import type { Excess } from '../gap.ts';
import { inPlaceEdits } from '../in-place-edit.ts';
import type { InPlaceEdit } from '../in-place-edit.ts';
import { judgeScript } from '../judge-script.ts';
import type { ScriptJudgement } from '../judge-script.ts';
import { leastGrant, rolesOf } from '../least-grant.ts';
import type { LeastGrant } from '../least-grant.ts';
import type { Role } from '../policy.ts';
import { rbacWorld } from '../rbac-world.ts';
import type { RbacWorld } from '../rbac-world.ts';
import type { ResourceTypes } from '../resource-types.ts';
import type { CallShare } from '../script/recorder.ts';
import { configMapsOf } from './container-environment.ts';
import type { GivenScript } from './container-start.ts';
import { containersOf, podTemplates } from './pod-template.ts';
import type { PodTemplate } from './pod-template.ts';
import { readContainer, readLooseScript } from './read-container.ts';
import type { ContainerNeeds, ReadingContext } from './read-container.ts';
import type { LinesOf } from './text-place.ts';
import { uncalledScripts } from './uncalled-scripts.ts';
import type { UncalledScript } from './uncalled-scripts.ts';

export interface CheckedContainer extends ContainerNeeds {
  readonly judgement: ScriptJudgement;
}

export interface CheckedAccount {
  readonly caller: UserInfo;
  readonly namespace: string;
  readonly name: string;
  readonly containers: readonly CheckedContainer[];
  /** Bound to it, without the defaults of every cluster. */
  readonly roles: readonly Role[];
  readonly grant: LeastGrant;
  /** Only where they were asked for. */
  readonly inPlace: readonly InPlaceEdit[];
  /** Undefined when a program or an unresolved call of the account may use any of it. */
  readonly excess: readonly Excess[] | undefined;
  /** The kubelet puts no token of the account into these workloads. */
  readonly withoutToken: readonly string[];
}

export interface ManifestCheck {
  readonly world: RbacWorld;
  readonly accounts: readonly CheckedAccount[];
  readonly calls: CallShare;
  readonly uncalled: readonly UncalledScript[];
  readonly gaps: readonly Gap[];
  /** File and line of rule `index` of a role. */
  readonly ruleOrigin: (role: Role, index: number) => Origin | undefined;
}

export interface ManifestQuestion {
  readonly snapshot: Snapshot;
  /** Where objects that name no namespace are going to be applied. */
  readonly namespace: string;
  readonly scripts: readonly GivenScript[];
  /** Who runs scripts that no container starts. */
  readonly runAs?: { readonly namespace: string; readonly name: string };
  readonly inPlace?: boolean;
  readonly readYaml: ReadYaml;
  readonly linesOf: LinesOf;
}

const placed = (
  objects: readonly SnapshotObject[],
  namespace: string,
  types: ResourceTypes,
): readonly SnapshotObject[] =>
  objects.map((one) => {
    const { object } = one;
    if (object.metadata.namespace !== undefined || types.ofKind(object.apiVersion, object.kind)?.namespaced !== true)
      return one;
    return { ...one, object: { ...object, metadata: { ...object.metadata, namespace } } };
  });

/** Where the kubelet puts a token, and where manifests that do not want it to mount one themselves. */
const TOKEN_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

const mountsToken = (container: unknown): boolean =>
  digList(container, 'volumeMounts').some((mount) => digText(mount, 'mountPath') === TOKEN_FOLDER);

const hasToken = ({ spec }: PodTemplate, account: SnapshotObject | undefined): boolean => {
  const ofPod = dig(spec, 'automountServiceAccountToken');
  const set = typeof ofPod === 'boolean' ? ofPod : dig(account?.object, 'automountServiceAccountToken');
  return set !== false;
};

const checkAccount = (
  world: RbacWorld,
  containers: readonly ContainerNeeds[],
  accountObject: SnapshotObject | undefined,
  versionOf: ((role: Role) => string | undefined) | undefined,
): CheckedAccount | undefined => {
  const [first] = containers;
  if (first === undefined) return undefined;
  const { namespace, account: name } = first.template;
  const caller = serviceAccount(namespace, name);
  const { index } = world;
  const judged = containers.map((one) => ({
    ...one,
    get origin() {
      return one.origin;
    },
    judgement: judgeScript(index, caller, one.needs),
  }));
  const union = findGap(
    index,
    caller,
    containers.flatMap(({ needs }) => needs.needs),
  );
  const grant = leastGrant(index, caller, [...union.missing, ...union.conditionalMissing]);
  const isWhole = containers.every(({ program, needs }) => program === undefined && needs.unresolved.length === 0);
  return {
    caller,
    namespace,
    name,
    containers: judged,
    roles: rolesOf(index, caller),
    grant,
    inPlace: versionOf === undefined ? [] : inPlaceEdits(index, caller, grant, versionOf),
    excess: isWhole ? union.excess : undefined,
    withoutToken: [
      ...new Set(
        containers
          .filter(({ template, container }) => !hasToken(template, accountObject) && !mountsToken(container.container))
          .map((one) => one.template.workload),
      ),
    ],
  };
};

const keyOf = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? ''}/${name}`;

export const checkManifests = (question: ManifestQuestion): ManifestCheck => {
  const { snapshot, namespace, scripts, runAs, readYaml, linesOf } = question;
  const { types } = rbacWorld(snapshot);
  const objects = placed(snapshot.objects, namespace, types);
  const world = rbacWorld({ ...snapshot, objects });
  const context: ReadingContext = { configMaps: configMapsOf(objects), scripts, types, readYaml, linesOf };
  const started = podTemplates(objects).flatMap((template) =>
    containersOf(template).map((container) => readContainer(template, container, context)),
  );
  const loose = scripts.filter(({ file }) => !started.some(({ followedFiles }) => followedFiles.has(file)));
  const containers = [
    ...started,
    ...(runAs === undefined ? [] : loose.map((script) => readLooseScript(script, runAs, context))),
  ];
  const byKey = new Map(
    objects.map((one) => [keyOf(one.object.kind, one.object.metadata.namespace, one.object.metadata.name), one]),
  );
  const objectOf = (role: Role): SnapshotObject | undefined => byKey.get(keyOf(role.kind, role.namespace, role.name));
  const versionOf = (role: Role): string | undefined => objectOf(role)?.object.metadata.resourceVersion;
  const accounts = [
    ...Map.groupBy(containers, ({ template }) => keyOf('ServiceAccount', template.namespace, template.account)),
  ].flatMap(
    ([key, group]) =>
      checkAccount(world, group, byKey.get(key), question.inPlace === true ? versionOf : undefined) ?? [],
  );
  return {
    world,
    accounts,
    calls: {
      total: containers.reduce((sum, { needs }) => sum + needs.calls.total, 0),
      resolved: containers.reduce((sum, { needs }) => sum + needs.calls.resolved, 0),
    },
    uncalled: uncalledScripts(objects, runAs === undefined ? loose : [], started),
    gaps: snapshot.gaps,
    ruleOrigin: (role, index) => {
      const found = objectOf(role);
      const line = found?.lineOf?.(['rules', index]) ?? found?.origin.line;
      return found === undefined ? undefined : { source: found.origin.source, ...(line === undefined ? {} : { line }) };
    },
  };
};
