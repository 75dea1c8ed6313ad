/** Rules about the OFED driver: its build, its replacement on a node, its upgrade over the fleet. */
import type { Rule } from '../rule.ts';
import { driverBuildFailed } from './driver/driver-build-failed.ts';
import { driverBuildOutOfTime } from './driver/driver-build-out-of-time.ts';
import { driverModuleInUse } from './driver/driver-module-in-use.ts';
import { driverModuleNotSigned } from './driver/driver-module-not-signed.ts';
import { driverPodFailing } from './driver/driver-pod-failing.ts';
import { driverRepoconfigRefused } from './driver/driver-repoconfig-refused.ts';
import { driverStillBuilding } from './driver/driver-still-building.ts';
import { driverToolkitMissing } from './driver/driver-toolkit-missing.ts';
import { driverUpgradeWaits } from './driver/driver-upgrade-waits.ts';
import { handEditStartedUpgrade } from './driver/hand-edit-started-upgrade.ts';
import { kernelPackageMissing } from './driver/kernel-package-missing.ts';
import { managementLinkOnNic } from './driver/management-link-on-nic.ts';
import { packageSourceUnreachable } from './driver/package-source-unreachable.ts';
import { podsRunWhileDriverLoads } from './driver/pods-run-while-driver-loads.ts';
import { precompiledDriverNotFound } from './driver/precompiled-driver-not-found.ts';
import { precompiledLookupInDoubt } from './driver/precompiled-lookup-in-doubt.ts';
import { storageModulesHoldDriver } from './driver/storage-modules-hold-driver.ts';

export const DRIVER_RULES: readonly Rule[] = [
  storageModulesHoldDriver,
  packageSourceUnreachable,
  kernelPackageMissing,
  driverModuleInUse,
  driverRepoconfigRefused,
  handEditStartedUpgrade,
  driverPodFailing,
  driverStillBuilding,
  managementLinkOnNic,
  driverBuildFailed,
  driverModuleNotSigned,
  precompiledDriverNotFound,
  driverToolkitMissing,
  driverBuildOutOfTime,
  podsRunWhileDriverLoads,
  driverUpgradeWaits,
  precompiledLookupInDoubt,
];
