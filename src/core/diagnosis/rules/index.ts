/** Every rule, in the order in which they are asked. A new rule is one file beside this one and one line here. */
import type { Rule } from '../rule.ts';
import { coldRestartPending } from './cold-restart-pending.ts';
import { componentImageWrong } from './component-image-wrong.ts';
import { firmwareChangePending } from './firmware-change-pending.ts';
import { imagePullFailing } from './image-pull-failing.ts';
import { kernelLockdown } from './kernel-lockdown.ts';
import { nodeStateNotSynced } from './node-state-not-synced.ts';
import { nvAccessError } from './nv-access-error.ts';
import { podsWaitForResource } from './pods-wait-for-resource.ts';
import { resourceMissing } from './resource-missing.ts';
import { vfsMissing } from './vfs-missing.ts';

export const ALL_RULES: readonly Rule[] = [
  coldRestartPending,
  firmwareChangePending,
  kernelLockdown,
  nvAccessError,
  componentImageWrong,
  nodeStateNotSynced,
  vfsMissing,
  resourceMissing,
  podsWaitForResource,
  imagePullFailing,
];
