/** Every topic, in the order in which `nicwright explain` lists them. */
import { chartCompatibility } from './chart-compatibility.ts';
import { coldRestart } from './cold-restart.ts';
import { firmwarePersists } from './firmware-persists.ts';
import { imageNames } from './image-names.ts';
import { nvIpamDeployment } from './nv-ipam-deployment.ts';
import { policyTargeting } from './policy-targeting.ts';
import { safeLoad } from './safe-load.ts';
import type { Topic } from './topic.ts';

export const TOPICS: readonly Topic[] = [
  coldRestart,
  firmwarePersists,
  chartCompatibility,
  nvIpamDeployment,
  policyTargeting,
  imageNames,
  safeLoad,
];
