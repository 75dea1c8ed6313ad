/** All kinds that a room answers, in one table. A room adds its own file beside this one and one line here. */
import type { CaseKinds } from '../case-kind.ts';
import { roomKinds as drain } from './drain.ts';
import { roomKinds as driver } from './driver.ts';
import { roomKinds as firmware } from './firmware.ts';
import { roomKinds as inventory } from './inventory.ts';
import { roomKinds as ipam } from './ipam.ts';
import { roomKinds as rbac } from './rbac.ts';
import { roomKinds as release } from './release.ts';
import { roomKinds as smartnic } from './smartnic.ts';
import { roomKinds as sriov } from './sriov.ts';
import { roomKinds as nicpolicy } from './nicpolicy.ts';

export const ALL_KINDS: CaseKinds = {
  ...drain,
  ...driver,
  ...firmware,
  ...inventory,
  ...ipam,
  ...nicpolicy,
  ...rbac,
  ...release,
  ...smartnic,
  ...sriov,
};
