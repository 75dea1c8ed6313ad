/** From options as a user gives them to a KubeApi. Nothing is sent yet: a server that is away shows at the first call. */
import type { KubeApi } from '../../core/ports/kube-api.ts';
import { ok, type Result } from '../../core/result.ts';
import { connect } from './connection.ts';
import { kubeApi } from './kube-api.ts';
import { findLogin, isInsecure, type LoginOptions } from './kubeconfig.ts';

export interface OpenedKubeApi {
  readonly api: KubeApi;
  /** The context's namespace, or the pod's own; `default` when neither says. */
  readonly namespace: string;
  /** One sentence when the connection is not as safe as it should be. */
  readonly warning?: string;
}

export const openKubeApi = async (options: LoginOptions): Promise<Result<OpenedKubeApi>> => {
  const login = findLogin(options);
  if (!login.ok) return login;
  const api = kubeApi(await connect(login.value, options.env));
  const warning = `The certificate of ${api.where} is not checked (insecure-skip-tls-verify).`;
  return ok({ api, namespace: login.value.namespace, ...(isInsecure(login.value) && { warning }) });
};
