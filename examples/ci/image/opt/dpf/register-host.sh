#!/usr/bin/env bash
# Registers the cards of a host with DPF. Written for this example, after what the init script of DPF 25.4 does.
set -euo pipefail

kubeconfig=""
external_certificate="none"
node_ref=""
namespace="dpf-operator-system"

while [ $# -gt 0 ]; do
  case "$1" in
    --kubeconfig) kubeconfig="$2"; shift 2 ;;
    --external-certificate) external_certificate="$2"; shift 2 ;;
    --kube-node-ref) node_ref="$2"; shift 2 ;;
    --namespace) namespace="$2"; shift 2 ;;
    *) echo "unknown argument $1" >&2; exit 1 ;;
  esac
done

kubectl_cmd="kubectl"
if [ -n "$kubeconfig" ]; then
  kubectl_cmd="kubectl --kubeconfig $kubeconfig"
fi

server_certificate() {
  local secret="${node_ref}-server-secret"
  for key in ca.crt tls.crt tls.key; do
    $kubectl_cmd get secret "$secret" -n "$namespace" -o "jsonpath={.data['${key}']}" | base64 -d > "/opt/dpf/dms/${key}"
  done
}

main() {
  if ! $kubectl_cmd version > /dev/null; then
    echo "the API server does not answer" >&2
    return 1
  fi
  if [ "$external_certificate" = "none" ]; then
    server_certificate
  fi
  if ! $kubectl_cmd get dpunode "$node_ref" -n "$namespace" > /dev/null 2>&1; then
    uid=$($kubectl_cmd get node "$node_ref" -o jsonpath='{.metadata.uid}')
    $kubectl_cmd create -f - <<YAML
apiVersion: provisioning.dpu.nvidia.com/v1alpha1
kind: DPUNode
metadata:
  name: ${node_ref}
  namespace: ${namespace}
  ownerReferences:
    - {apiVersion: v1, kind: Node, name: ${node_ref}, uid: ${uid}}
YAML
  fi
}

if ! main; then
  echo "registration failed" >&2
  exit 1
fi
