/** Carries out one act of a plan, and tells whether a proof holds. One file per act beside this one. */
import type { PlanAct, PlanProof } from '../../core/plan/plan.ts';
import type { Result } from '../../core/result.ts';
import { areDefinitionsServed, installDefinitions } from './install-definitions.ts';
import { arePodsGone, deletePods } from './delete-pods.ts';
import { areNodesLabelled, labelNodes } from './label-nodes.ts';
import { createObject, deleteObject, isAbsent } from './make-object.ts';
import { hasFields, patchObject } from './patch-object.ts';
import { arePodsReady, restartPods } from './restart-pods.ts';
import type { StepWork } from './step-work.ts';
import { followRollout, isRolloutComplete, submitRollout } from './submit-rollout.ts';

export const proofHolds = (work: StepWork, proof: PlanProof): Promise<Result<boolean>> => {
  switch (proof.is) {
    case 'definitions-served':
      return areDefinitionsServed(work);
    case 'nodes-labelled':
      return areNodesLabelled(work, proof);
    case 'object-has':
      return hasFields(work, proof);
    case 'object-absent':
      return isAbsent(work, proof.target);
    case 'pods-gone':
      return arePodsGone(work, proof.pods);
    case 'rollout-complete':
      return isRolloutComplete(work, proof.name);
    case 'pods-restarted':
      return arePodsReady(work, proof);
  }
};

/** Whether the proof, when it holds before the act, says that the act was made: a pod that is Ready may be an old one. */
export const provesBeforehand = (proof: PlanProof): boolean => proof.is !== 'pods-restarted';

export const carryOutAct = async (work: StepWork, act: PlanAct): Promise<Result<void>> => {
  switch (act.do) {
    case 'install-definitions':
      return installDefinitions(work);
    case 'label-nodes':
      return labelNodes(work, act);
    case 'patch-object':
      return patchObject(work, act);
    case 'create-object':
      return createObject(work, act);
    case 'delete-object':
      return deleteObject(work, act);
    case 'delete-pods':
      return deletePods(work, act.pods);
    case 'rollout': {
      const submitted = await submitRollout(work, act.name, act.spec);
      return submitted.ok ? followRollout(work, act.name) : submitted;
    }
    case 'restart-pods':
      return restartPods(work, act);
  }
};

const nameOf = ({ namespace, name }: { readonly namespace?: string; readonly name: string }): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

/** What makes the object what it is; its name is said beside it. */
const contentOf = (object: Readonly<Record<string, unknown>>): unknown =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !['apiVersion', 'kind', 'metadata'].includes(key)));

/** For acts that a person should see before they are made. */
export const actLine = (act: PlanAct): string => {
  switch (act.do) {
    case 'install-definitions':
      return 'apply the CRD rollouts.nicwright.dev and the namespace nicwright-system';
    case 'label-nodes':
      return `label ${act.nodes.length} nodes: ${act.label}${act.value === null ? '-' : `=${act.value}`}`;
    case 'patch-object':
      return `patch ${act.target.kind} ${nameOf(act.target)}: ${JSON.stringify(act.patch)}`;
    case 'create-object':
      return `create ${act.target.kind} ${nameOf(act.target)}: ${JSON.stringify(contentOf(act.object))}`;
    case 'delete-object':
      return `delete ${act.target.kind} ${nameOf(act.target)}, if it is the one that the plan made`;
    case 'delete-pods':
      return `delete ${act.pods.length === 1 ? 'pod' : 'pods'} ${act.pods.map(nameOf).join(', ')}`;
    case 'rollout':
      return `submit Rollout/${act.name}`;
    case 'restart-pods':
      return `delete pods ${act.selector} in ${act.namespace}, node by node`;
  }
};
