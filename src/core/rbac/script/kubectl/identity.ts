/**
 * Who a call speaks as. Without a word about it kubectl in a pod finds the pod's own ServiceAccount; a kubeconfig, a
 * context, a token or `--as` makes it somebody else, and then the account needs no permission, or another one.
 */
import type { AccessAttributes } from '../../../ports/kube-api.ts';
import { accountOf } from '../../caller.ts';
import type { Ask, Identity } from '../recorder.ts';
import type { Run } from '../shell-run.ts';
import { isEmpty, literal, showName, showText } from '../shell-value.ts';
import type { Value } from '../shell-value.ts';
import { lookUp } from '../variables.ts';
import type { KubectlCall } from './kubectl-call.ts';

export const OWN: Identity = { own: true, who: "the pod's ServiceAccount (in-cluster config)" };

/** Where the kubelet puts an account's token. It is no kubeconfig: kubectl ends with a JSON error on it. */
const TOKEN_FILE = /^\/(?:var\/)?run\/secrets\/kubernetes\.io\/serviceaccount\/token$/;

export interface CalledAs {
  readonly identity: Identity;
  /** What the account itself needs to speak as another. */
  readonly asks: readonly Ask[];
  /** The token of the account is given as a kubeconfig. */
  readonly tokenAsConfig: boolean;
}

/** KUBECONFIG as the command sees it: exported, set before the command, or of the environment given. */
const configOfEnvironment = (run: Run): Value | undefined => {
  const seen = ['exported:KUBECONFIG', 'given:KUBECONFIG'].some((key) =>
    (run.scope.get(key) ?? []).some(({ content }) => content.is === 'text'),
  );
  if (!seen && run.input.env?.['KUBECONFIG'] === undefined) return undefined;
  return lookUp(run, 'KUBECONFIG')[0]?.content.value;
};

const impersonations = (user: Value, groups: readonly Value[]): readonly Ask[] => {
  const name = showName(user);
  const account = accountOf(name);
  const impersonate = (
    resource: string,
    more: Partial<AccessAttributes> & { readonly name: string; readonly namespace?: string },
  ): Ask => ({
    request: { verb: 'impersonate', group: '', resource, ...more },
    server: true,
  });
  return [
    account === undefined ? impersonate('users', { name }) : impersonate('serviceaccounts', account),
    ...groups.map((group) => impersonate('groups', { name: showName(group) })),
  ];
};

export const calledAs = (run: Run, call: KubectlCall): CalledAs => {
  const flag = (name: string): Value | undefined => {
    const value = call.flags.get(name)?.at(-1);
    return value === undefined || isEmpty(value) === true ? undefined : value;
  };
  const config = flag('kubeconfig') ?? configOfEnvironment(run);
  const file = config === undefined ? undefined : literal(config);
  const tokenAsConfig = file !== undefined && TOKEN_FILE.test(file);
  const user = flag('as');
  const other = (who: string): CalledAs => ({ identity: { own: false, who }, asks: [], tokenAsConfig });
  if (config !== undefined && isEmpty(config) !== true)
    return other(
      tokenAsConfig
        ? 'nobody: a token file is given as kubeconfig'
        : `whoever the kubeconfig ${showText(config)} names`,
    );
  const token = flag('token');
  if (token !== undefined) return other('whoever the token of --token belongs to');
  const context = flag('context') ?? flag('user');
  if (context !== undefined) return other(`whoever the context or user ${showText(context)} of a kubeconfig names`);
  if (user !== undefined)
    return {
      identity: { own: false, who: `${showText(user)}, by impersonation` },
      asks: impersonations(user, call.flags.get('as-group') ?? []),
      tokenAsConfig,
    };
  return { identity: OWN, asks: [], tokenAsConfig };
};
