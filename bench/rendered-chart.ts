/**
 * A rendered chart of workloads whose scripts call kubectl: for each a ServiceAccount, a role, its binding, a ConfigMap with
 * the script, and the workload. The same on every machine; a tenth lacks a permission.
 */

export const benchScript = (at: number): string => `#!/usr/bin/env bash
set -euo pipefail
namespace="\${NAMESPACE:-app-${at}}"
mode=install
timeout=60
while [ $# -gt 0 ]; do
  case "$1" in
    --mode) mode="$2"; shift 2 ;;
    --timeout=*) timeout="\${1#*=}"; shift ;;
    *) echo "unknown argument $1" >&2; exit 1 ;;
  esac
done

log() { printf '%s %s\\n' "$(date +%T)" "$*"; }
retry() {
  local tries=$1; shift
  for i in $(seq 1 "$tries"); do "$@" && return 0; sleep 1; done
  return 1
}
config() {
  cat <<YAML
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings-${at}
  namespace: \${namespace}
data:
  mode: \${mode}
YAML
}
wait_for_pods() {
  kubectl -n "$namespace" rollout status deployment/server-${at} --timeout="\${timeout}s"
}
clean() {
  for job in $(kubectl -n "$namespace" get jobs -l run=${at} -o name); do
    kubectl -n "$namespace" delete "$job" --wait=false || true
  done
}
trap clean EXIT

case "$mode" in
  install)
    config | kubectl apply -f -
    retry 3 wait_for_pods
    ;;
  check)
    kubectl -n "$namespace" get configmap settings-${at} -o jsonpath='{.data.mode}' > /tmp/mode
    ;;
esac
if ! kubectl get node "\${NODE_NAME}" >/dev/null 2>&1; then
  log "node is gone"
  exit 1
fi
kubectl label node "\${NODE_NAME}" example.com/ready=true --overwrite
`;

const indent = (text: string, by: string): string => text.replaceAll(/^(?=.)/gm, by);

const workload = (at: number): string => {
  const namespace = `app-${at}`;
  const nodeVerbs = at % 10 === 0 ? '[get]' : '[get, patch]';
  return `---
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner, namespace: ${namespace}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: runner-${at}}
rules:
  - apiGroups: ['']
    resources: [nodes]
    verbs: ${nodeVerbs}
  - apiGroups: ['', apps, batch]
    resources: [configmaps, deployments, jobs, namespaces]
    verbs: [get, list, watch, create, patch, delete]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: runner-${at}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: runner-${at}}
subjects: [{kind: ServiceAccount, name: runner, namespace: ${namespace}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: scripts, namespace: ${namespace}}
data:
  run.sh: |
${indent(benchScript(at), '    ')}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: server-${at}, namespace: ${namespace}}
spec:
  template:
    spec:
      serviceAccountName: runner
      initContainers:
        - name: prepare
          image: registry.example/tools:1
          command: [/scripts/run.sh]
          args: [--mode, install]
          env:
            - {name: NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
          volumeMounts: [{name: scripts, mountPath: /scripts}]
      containers:
        - {name: server, image: 'registry.example/server:1'}
      volumes: [{name: scripts, configMap: {name: scripts, defaultMode: 0755}}]
`;
};

/** As many workloads as make `objects` objects, five each. */
export const renderedChart = (objects: number): string =>
  Array.from({ length: Math.floor(objects / 5) }, (_, at) => workload(at)).join('');
