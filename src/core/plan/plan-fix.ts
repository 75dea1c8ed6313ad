/**
 * Plans for findings whose remedy is one safe change: which rules have one, and its steps with their way back. A rule that has
 * none says so, and keeps the commands of its own remedy.
 */
import type { Problem } from '../diagnosis/report.ts';
import { buildInventory } from '../inventory/build-inventory.ts';
import { dig, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { COMPONENTS } from '../nicpolicy/components.ts';
import { RELEASES } from '../release/chart-facts.ts';
import { findInstalled } from '../release/installed.ts';
import { judgeImage } from '../release/judge-image.ts';
import { fail, ok, type Result } from '../result.ts';
import { objectsOf, type Snapshot } from '../snapshot/snapshot.ts';
import { fingerprintOf, planFacts } from './fingerprint.ts';
import { PLAN_VERSION, type Plan, type PlanStep } from './plan.ts';

type Fixer = (problem: Problem, snapshot: Snapshot) => Result<readonly PlanStep[]>;

const nested = (path: readonly string[], value: unknown): Readonly<Record<string, unknown>> =>
  path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Readonly<Record<string, unknown>>;

/** The image, repository and version of a component, as the installed release has them. */
const imageSteps = (policy: KubeObject, release: string): readonly PlanStep[] =>
  COMPONENTS.flatMap(({ field, images }) =>
    images.flatMap((image): readonly PlanStep[] => {
      const at = ['spec', ...field.split('.'), ...(image.field === '' ? [] : image.field.split('.'))];
      const block = dig(policy, ...at);
      const name = digText(block, 'image');
      if (name === undefined) return [];
      const given = {
        image: name,
        repository: digText(block, 'repository') ?? '',
        version: digText(block, 'version') ?? '',
      };
      const { verdict, because, right } = judgeImage(release, image.component, given);
      if ((verdict !== 'wrong-name' && verdict !== 'staging') || right === undefined) return [];
      const target = {
        apiVersion: policy.apiVersion,
        kind: policy.kind,
        plural: 'nicclusterpolicies',
        name: policy.metadata.name,
      };
      const wanted = nested(at, { image: right.image, repository: right.repository, version: right.version });
      const before = nested(at, given);
      return [
        {
          id: `image-of-${field.replaceAll('.', '-')}`,
          title: `Set ${at.join('.')} to the image of release ${release}`,
          because,
          act: { do: 'patch-object', target, patch: wanted },
          proof: { is: 'object-has', target, fields: wanted },
          back: {
            act: { do: 'patch-object', target, patch: before },
            proof: { is: 'object-has', target, fields: before },
          },
        },
      ];
    }),
  );

const componentImage: Fixer = (_problem, snapshot) => {
  const policy = objectsOf(snapshot, 'NicClusterPolicy')[0]?.object;
  if (policy === undefined) return fail('usage-fix', 'The input has no NicClusterPolicy to correct.');
  const installed = findInstalled(snapshot, [])[0]?.version;
  const release = installed !== undefined && RELEASES.includes(installed) ? installed : RELEASES.at(-1);
  const steps = release === undefined ? [] : imageSteps(policy, release);
  return steps.length > 0
    ? ok(steps)
    : fail('usage-fix', 'Which image would be right is not in our tables; correct the NicClusterPolicy by hand.');
};

const restart =
  (app: string, what: string): Fixer =>
  ({ nodes, summary }, snapshot) => {
    const pod = objectsOf(snapshot, 'Pod').find(({ object }) => object.metadata.labels?.['app'] === app)?.object;
    if (pod === undefined || nodes.length === 0)
      return fail('usage-fix', `The input shows no pod of ${what} on the nodes of the finding.`);
    const pods = { namespace: pod.metadata.namespace ?? 'default', selector: `app=${app}`, nodes: [...nodes] };
    return ok([
      {
        id: `restart-${app}`,
        title: `Restart ${what} on ${nodes.join(', ')}, one node after the other`,
        because: summary,
        act: { do: 'restart-pods', ...pods },
        proof: { is: 'pods-restarted', ...pods },
        back: { none: 'a restarted pod has no way back, and needs none' },
      },
    ]);
  };

const FIXERS: Readonly<Record<string, Fixer>> = {
  'component-image-wrong': componentImage,
  'device-plugin-config-stale': restart('sriov-device-plugin', 'the SR-IOV device plugin'),
  'resource-missing': restart('sriov-device-plugin', 'the SR-IOV device plugin'),
  'stale-annotation': restart('sriov-network-config-daemon', 'the SR-IOV config daemon'),
};

/** Findings that have a plan of their own. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'cold-restart-pending': 'nicwright plan activate-firmware',
  'firmware-change-pending': 'nicwright plan activate-firmware',
};

export const FIXABLE: readonly string[] = Object.keys(FIXERS);

/** A plan for one problem of a report. */
export const planFix = (problem: Problem, snapshot: Snapshot): Result<Plan> => {
  const { rule, title, nodes, remedy, summary } = problem;
  const own = ELSEWHERE[rule];
  if (own !== undefined) return fail('usage-fix', `${rule} is mended by restarts node by node: ${own} plans them.`);
  const fixer = FIXERS[rule];
  if (fixer === undefined) {
    const commands = remedy.map(({ text, command }) => (command === undefined ? text : `${text} ${command}`)).join(' ');
    return fail('refused-fix', `${rule} has no change that is safe to make unseen. What helps: ${commands}`);
  }
  const steps = fixer(problem, snapshot);
  if (!steps.ok) return steps;
  const facts = planFacts(snapshot, buildInventory(snapshot), []);
  const fingerprint = fingerprintOf(facts);
  return ok({
    apiVersion: PLAN_VERSION,
    kind: 'Plan',
    metadata: { name: `fix-${rule}-${fingerprint.slice(0, 6)}`, from: [...snapshot.sources] },
    goal: `mend: ${title}`,
    fingerprint,
    facts,
    visits: [],
    judged: 0,
    untold: [],
    waves: [],
    minutes: nodes.length * 2,
    effects: [summary],
    blockers: [],
    gaps: [],
    steps: [...steps.value],
  });
};
