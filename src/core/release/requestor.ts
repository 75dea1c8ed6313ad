/** Who asks for NodeMaintenance objects: the id changes across releases, and the objects of an old id are orphaned. */
import { isMap } from '../model/dig.ts';
import { valueAt, type Values } from './values.ts';
import { compareVersions } from './version.ts';

export interface RequestorIds {
  /** Undefined where requestor mode is off or the release lacks it. */
  readonly driver?: string;
  readonly drainController?: string;
}

/** Requestor mode needs the maintenance operator switched on as well up to 25.7, only its own switch from 25.10. */
const ENV_UNGATED = '25.10.0';

export const requestorIds = (release: string, parent: Values): RequestorIds => {
  const settings = valueAt(parent, 'operator.maintenanceOperator');
  if (!isMap(settings)) return {};
  const gate = compareVersions(release, ENV_UNGATED) >= 0 || valueAt(parent, 'maintenanceOperator.enabled') === true;
  const on = (flag: string, id: string): string | undefined => {
    const value = settings[id];
    return gate && settings[flag] === true && typeof value === 'string' ? value : undefined;
  };
  const driver = on('useRequestor', 'requestorID');
  const drainController = on('useDrainControllerRequestor', 'drainControllerRequestorID');
  return { ...(driver === undefined ? {} : { driver }), ...(drainController === undefined ? {} : { drainController }) };
};

export interface RequestorChange {
  readonly from: string;
  readonly to: string;
  readonly because: string;
}

/** The ids that change between two renderings, where requestor mode is on in both. */
export const requestorChanges = (before: RequestorIds, after: RequestorIds): readonly RequestorChange[] =>
  (['driver', 'drainController'] as const).flatMap((kind) => {
    const [from, to] = [before[kind], after[kind]];
    if (from === undefined || to === undefined || from === to) return [];
    return [
      {
        from,
        to,
        because: `NodeMaintenance objects of ${from} are neither finished nor deleted by an operator that calls itself ${to}`,
      },
    ];
  });
