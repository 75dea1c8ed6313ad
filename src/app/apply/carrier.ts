/** Who will carry a rollout out: the process that holds the lease, or this one where nobody does. */
import { digList, digNumber, digText } from '../../core/model/dig.ts';
import { DEPLOYMENTS, LEASES } from '../../core/model/kube-resource.ts';
import { SYSTEM_NAMESPACE } from '../../core/model/system-namespace.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { CONTROLLER_LEASE } from './apply-plan.ts';

export interface Carrier {
  /** Absent: this process will lead. */
  readonly holder?: string;
}

const POLL_MS = 1_000;
/** As client-go has it where a Lease says none. */
const UNSAID_SECONDS = 15;

/** A holder that died leaves its name: it counts only when its record moves within its own lease, by our clock alone. */
export const findCarrier = async (api: KubeApi, clock: Clock): Promise<Result<Carrier>> => {
  const began = clock.now();
  let first: string | undefined;
  for (;;) {
    const found = await api.get(LEASES, CONTROLLER_LEASE);
    if (!found.ok) return found.fault.code === 'kube-not-found' ? ok({}) : found;
    const { value: lease } = found;
    const holder = digText(lease, 'spec', 'holderIdentity') ?? '';
    if (holder === '') return ok({});
    const record = JSON.stringify(lease['spec']);
    first ??= record;
    if (record !== first) return ok({ holder });
    const seconds = digNumber(lease, 'spec', 'leaseDurationSeconds') ?? UNSAID_SECONDS;
    if (clock.now() - began >= seconds * 1000) return ok({});
    await clock.sleep(POLL_MS);
  }
};

/** How the controller of `nicwright install` reaches hosts, as its Deployment has it; undefined: another one, of which nothing is seen. */
export const controllerWay = async (api: KubeApi, daemonLeaves: boolean): Promise<Result<string> | undefined> => {
  const found = await api.get(DEPLOYMENTS, { namespace: SYSTEM_NAMESPACE, name: 'nicwright-controller' });
  if (!found.ok) return found.fault.code === 'kube-not-found' ? undefined : found;
  const args = digList(found.value, 'spec', 'template', 'spec', 'containers').flatMap((one) => digList(one, 'args'));
  if (args.includes('--ssh')) return ok('ssh from the controller in the cluster');
  if (args.includes('--host-pods')) return ok('privileged pods of the controller in the cluster');
  return daemonLeaves
    ? fail(
        'held-no-host-way',
        'The controller in the cluster has neither --host-pods nor --ssh, and the config daemon will be away; give Deployment/nicwright-system/nicwright-controller one of them.',
        'wait',
      )
    : ok("the config daemon's pods, from the controller in the cluster");
};
