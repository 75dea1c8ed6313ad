/**
 * Which role the account has that we log in with, as the service tells it (DSP0268 ManagerAccount.RoleId): Administrator,
 * Operator and ReadOnly are predefined. Many services show an account its own entry only, or none.
 */
import { digText } from '../../core/model/dig.ts';
import type { Signal } from '../../core/ports/clock.ts';
import { linkAt, membersOf } from './redfish-error.ts';
import { REDFISH_ROOT, type RedfishService } from './redfish-service.ts';

/** A BMC has 16 slots or fewer; a service with more is asked about no further. */
const MOST_ACCOUNTS = 16;

/** Undefined: the service does not tell. */
export const accountRole = async (
  service: RedfishService,
  username: string,
  signal?: Signal,
): Promise<string | undefined> => {
  const body = async (path: string | undefined): Promise<unknown> => {
    if (path === undefined) return undefined;
    const answer = await service.get(path, signal);
    return answer.ok ? answer.value.body : undefined;
  };
  const root = await body(REDFISH_ROOT);
  const accounts = await body(linkAt(await body(linkAt(root, 'AccountService')), 'Accounts'));
  for (const path of membersOf(accounts).slice(0, MOST_ACCOUNTS)) {
    const account = await body(path);
    if (digText(account, 'UserName') === username) return digText(account, 'RoleId');
  }
  return undefined;
};
