/** From options as a user gives them to a KubeApi. Nothing is sent yet: a server that is away shows at the first call. */
import type { Clock } from '../../core/ports/clock.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import { ok, type Result } from '../../core/result.ts';
import { connect } from './connection.ts';
import { kubeApi } from './kube-api.ts';
import { serverClock } from './server-clock.ts';
import { findLogin, isInsecure, type LoginOptions } from './kubeconfig.ts';

export interface OpenedKubeApi {
  readonly api: KubeApi;
  /** The context's namespace, or the pod's own; `default` when neither says. */
  readonly namespace: string;
  /** One sentence when the connection is not as safe as it should be. */
  readonly warning?: string;
  /** By which the server's time passes: a twin's is its own. Asks a server on this machine, and no other. */
  readonly clock: () => Promise<Clock>;
}

export const openKubeApi = async (options: LoginOptions): Promise<Result<OpenedKubeApi>> => {
  const login = findLogin(options);
  if (!login.ok) return login;
  const connection = await connect(login.value, options.env);
  const api = kubeApi(connection);
  const clock = (): Promise<Clock> => serverClock(login.value.server, connection);
  const warning = `The certificate of ${api.where} is not checked (insecure-skip-tls-verify).`;
  return ok({ api, namespace: login.value.namespace, clock, ...(isInsecure(login.value) && { warning }) });
};
