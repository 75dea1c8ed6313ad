/**
 * A line of an error -> what refused, whom, and what would allow it. Only some refusals that say "forbidden" are RBAC's;
 * the table knows the others by their own words (dpf.md 6.8).
 */
import type { AccessAttributes } from '../ports/kube-api.ts';
import { accountOf } from './caller.ts';

export interface Denial {
  readonly cause: string;
  /** `sa:NS/NAME`, or the user name. */
  readonly who?: string;
  /** What was asked for and denied by RBAC; absent when RBAC did not refuse it. */
  readonly permission?: AccessAttributes;
  /** `ClusterRole/x`, for a binding whose role is gone. */
  readonly missingRole?: string;
  readonly because: string;
  readonly remedy: string;
}

const FORBIDDEN =
  /User "(?<user>[^"]*)" cannot (?<verb>\S+) resource "(?<resource>[^"]*)" in API group "(?<group>[^"]*)" (?:in the namespace "(?<namespace>[^"]*)"|at the cluster scope)/;
const FORBIDDEN_PATH = /User "(?<user>[^"]*)" cannot (?<verb>\S+) path "(?<path>[^"]*)"/;
/** `secrets "x" is forbidden: `, before the words above. */
const NAMED = /\S+ "(?<name>[^"]*)" is forbidden: User /;
const DANGLING = /RBAC: .*?(?<kind>clusterrole|role)\.rbac\.authorization\.k8s\.io "(?<role>[^"]*)" not found/;

/** Other refusals and failures, first match first. */
const OTHERS: readonly {
  readonly words: RegExp;
  readonly cause: string;
  readonly because: string;
  readonly remedy: string;
}[] = [
  {
    words: /unable to validate against any security context constraint/,
    cause: 'admission-scc',
    because:
      'OpenShift found no SecurityContextConstraints that the account may use and the pod fits; RBAC allowed the request itself',
    remedy:
      'bind the account to a SecurityContextConstraints that permits what the pod asks for: verb use on securitycontextconstraints of security.openshift.io, limited by resourceNames (privileged for a privileged pod, nonroot-v2 for a fixed user)',
  },
  {
    words: /violates PodSecurity/,
    cause: 'admission-pod-security',
    because: 'Pod Security admission refused the pod for the level that its namespace enforces; no role changes that',
    remedy:
      'make the pod fit the level, or label the namespace pod-security.kubernetes.io/enforce=privileged if it is meant for such pods',
  },
  {
    words: /admission webhook "[^"]*" denied the request/,
    cause: 'admission-webhook',
    because: 'an admission webhook refused an allowed request; its message follows in the line',
    remedy: 'read the message after "denied the request" and change the object, or the policy behind the webhook',
  },
  {
    words: /failed calling webhook/,
    cause: 'webhook-unreachable',
    because: 'an admission webhook did not answer, so the API server refused the request',
    remedy: 'look at the pods and the certificate of the service that the webhook names',
  },
  {
    words: /is attempting to grant RBAC permissions not currently held/,
    cause: 'rbac-escalation',
    because: 'a role may hand out only permissions that its writer holds (escalation prevention)',
    remedy: 'hold the permissions of the role, or have escalate on it (and bind, to bind it), limited to its name',
  },
  {
    words: /violates? .*quota|exceeded quota/,
    cause: 'admission-quota',
    because: 'a ResourceQuota refused the object; RBAC allowed the request',
    remedy: 'look at `kubectl describe quota` in that namespace',
  },
  {
    words: /error loading config file .*(?:couldn't get version\/kind|json parse error)/,
    cause: 'bad-kubeconfig',
    because: 'the file given as kubeconfig is none: an account’s token file has no apiVersion and kind in it',
    remedy:
      'leave --kubeconfig away: in a pod kubectl finds the ServiceAccount by itself; with a token file every call fails like this',
  },
  {
    words: /stat \S+: no such file or directory|error loading config file/,
    cause: 'kubeconfig-missing',
    because: 'the kubeconfig that is named cannot be read',
    remedy: 'check that the file is mounted at that path, or leave --kubeconfig and KUBECONFIG away in a pod',
  },
  {
    words: /must be logged in to the server|Unauthorized/,
    cause: 'unauthenticated',
    because:
      'the server does not know the caller: the token has expired, is for another audience, or is not sent; RBAC was not asked',
    remedy: 'check the mounted token (expiry, audience) and the clocks; a permission changes nothing here',
  },
  {
    words: /connection to the server localhost:8080 was refused/,
    cause: 'no-in-cluster-config',
    because:
      'kubectl found no kubeconfig and no in-cluster configuration: no token is mounted, or KUBERNETES_SERVICE_HOST is not set',
    remedy: 'check automountServiceAccountToken of pod and account, and that the script does not clear its environment',
  },
  {
    words: /the server doesn't have a resource type/,
    cause: 'unknown-resource',
    because: 'the server serves no such resource: its CustomResourceDefinition is not installed',
    remedy: 'install the CRD, or correct the resource’s name',
  },
  {
    words: /no matches for kind "[^"]*" in version/,
    cause: 'unknown-kind',
    because: 'the server serves no such kind in that version: the CRD is absent or of another release',
    remedy: 'compare the manifest’s apiVersion with `kubectl api-resources`',
  },
  {
    words:
      /dial tcp .*(?:i\/o timeout|no route to host|connection refused|network is unreachable)|TLS handshake timeout|Client\.Timeout/,
    cause: 'api-unreachable',
    because: 'the API server was not reached, so nothing was asked of RBAC',
    remedy:
      'check the address that the pod uses (KUBERNETES_SERVICE_HOST; in DPF overrides.kubernetesAPIServerVIP and kubernetesAPIServerPort) and its network',
  },
  {
    words: /Timed out waiting for secret/,
    cause: 'masked-wait',
    because:
      'the script polls a Secret and drops the error, so it cannot tell an absent Secret from one that it may not read',
    remedy:
      'ask both: `kubectl get secret NAME -n NS` as an administrator, and `nicwright rbac can ACCOUNT get secrets/NAME -n NS`',
  },
];

const ANONYMOUS = 'system:anonymous';

const whoOf = (user: string): string => {
  const account = accountOf(user);
  return account === undefined ? user : `sa:${account.namespace}/${account.name}`;
};

const explainRbac = (line: string): Denial | undefined => {
  const path = FORBIDDEN_PATH.exec(line)?.groups;
  if (path !== undefined)
    return {
      cause: 'rbac',
      who: whoOf(path['user'] ?? ''),
      permission: { verb: path['verb'] ?? '', path: path['path'] ?? '' },
      because: 'no ClusterRole that is bound cluster-wide to this caller has the path in nonResourceURLs',
      remedy:
        'bind a ClusterRole with the path in nonResourceURLs by a ClusterRoleBinding; most callers need system:discovery only',
    };
  const found = FORBIDDEN.exec(line)?.groups;
  if (found === undefined) return undefined;
  const [resource = '', subresource] = (found['resource'] ?? '').split('/');
  const name = NAMED.exec(line)?.groups?.['name'];
  const dangling = DANGLING.exec(line)?.groups;
  const permission: AccessAttributes = {
    verb: found['verb'] ?? '',
    group: found['group'] ?? '',
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(found['namespace'] === undefined ? {} : { namespace: found['namespace'] }),
    ...(name === undefined || name === '' ? {} : { name }),
  };
  const who = whoOf(found['user'] ?? '');
  if (dangling !== undefined) {
    const missingRole =
      dangling['kind'] === 'clusterrole' ? `ClusterRole/${dangling['role'] ?? ''}` : `Role/${dangling['role'] ?? ''}`;
    return {
      cause: 'rbac-dangling-roleref',
      who,
      permission,
      missingRole,
      because: `a binding of this caller points at ${missingRole}, which does not exist, so it grants nothing`,
      remedy: `restore ${missingRole}, or bind a role that exists; roleRef cannot be changed, so the binding has to be made anew`,
    };
  }
  if (who === ANONYMOUS)
    return {
      cause: 'rbac',
      who,
      permission,
      because:
        'the caller sent no credentials, so the server took it for anonymous; nobody should be granted anything as that',
      remedy:
        'log in: give kubectl a kubeconfig or, in a pod, the token of the ServiceAccount; grant to the account that then asks',
    };
  return {
    cause: 'rbac',
    who,
    permission,
    because: 'no rule that is bound to this caller allows the request',
    remedy:
      'grant exactly this, by an own Role and RoleBinding for the caller (shown below), not by widening a role that others use',
  };
};

/** Undefined when the line is none of the refusals known here. */
export const explainDenial = (line: string): Denial | undefined => {
  // Shells and logs escape quotes; a pasted line may have either form.
  const plain = line.replaceAll('\\"', '"');
  const rbac = explainRbac(plain);
  if (rbac !== undefined) return rbac;
  const other = OTHERS.find(({ words }) => words.test(plain));
  return other === undefined ? undefined : { cause: other.cause, because: other.because, remedy: other.remedy };
};
