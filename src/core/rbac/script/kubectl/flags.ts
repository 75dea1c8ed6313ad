/**
 * The flags of kubectl and oc that take a value. Facts of `kubectl options` and of every command's --help (1.32); what is
 * not listed is a switch. A short flag may mean different things in different commands.
 */

const VALUE_FLAGS = new Set(
  `as as-group as-uid cache-dir certificate-authority client-certificate client-key cluster context kubeconfig
  log-flush-frequency namespace password profile profile-output request-timeout server tls-server-name token user username
  v vmodule field-manager field-selector filename kustomize output resource-version selector template grace-period
  prune-allowlist subresource timeout container pod-running-timeout cpu-percent max min name namespaces output-directory
  retries aggregation-rule non-resource-url resource resource-name verb clusterrole group serviceaccount role from-env-file
  from-file from-literal image restart schedule port replicas annotation class default-backend rule max-unavailable
  min-available description preemption-policy value hard scopes docker-email docker-password docker-server docker-username
  type cert key clusterip tcp external-name node-port audience bound-object-kind bound-object-name bound-object-uid duration
  raw copy-to custom env image-pull-policy set-image target chunk-size concurrency pod-selector
  skip-wait-for-delete-timeout for types cluster-ip external-ip labels load-balancer-ip override-type overrides protocol
  session-affinity target-port label-columns sort-by limit-bytes max-log-requests since since-time tail patch patch-file
  address revision to-revision annotations current-replicas containers from keys prefix limits requests accept-hosts
  accept-paths api-prefix api-group api-version categories verbs level to-image param param-file local-port role-namespace
  image-stream docker-image strategy node-name as-user source-dir dest-dir`.split(/\s+/),
);

/** Switches that may carry a value after `=`, and never in the next word: `--dry-run=server`, `--cascade`, `--wait=false`. */
const SHORT: Readonly<Record<string, string>> = {
  n: 'namespace',
  f: 'filename',
  l: 'selector',
  o: 'output',
  A: 'all-namespaces',
  w: 'watch',
  c: 'container',
  p: 'patch',
  k: 'kustomize',
  L: 'label-columns',
  s: 'server',
  v: 'v',
  R: 'recursive',
  i: 'stdin',
  t: 'tty',
  q: 'quiet',
  e: 'env',
  r: 'replicas',
  z: 'serviceaccount',
  h: 'help',
  P: 'www-prefix',
};

const SHORT_BY_COMMAND: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  logs: { f: 'follow', p: 'previous' },
  proxy: { p: 'port', w: 'www' },
  'create deployment': { r: 'replicas' },
  process: { p: 'param', f: 'filename' },
  rsh: { c: 'container' },
};

/** Switches of one command whose name is a value flag elsewhere. */
const SWITCHES: Readonly<Record<string, ReadonlySet<string>>> = {
  'config view': new Set(['raw']),
  exec: new Set(['env']),
};

export const longName = (command: string, short: string): string =>
  SHORT_BY_COMMAND[command]?.[short] ?? SHORT[short] ?? short;

export const takesValue = (command: string, flag: string): boolean =>
  VALUE_FLAGS.has(flag) && SWITCHES[command]?.has(flag) !== true;
