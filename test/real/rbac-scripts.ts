/** Scripts of our own for rbac-recorded-needs.test.ts: each kubectl command of the request tables, and shell constructs. */

export interface OwnScript {
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** With which worlds it is run; both by default. */
  readonly exists?: readonly boolean[];
}

const MANIFEST = `<<'EOF'
apiVersion: v1
kind: ConfigMap
metadata: {name: c1, namespace: dpf}
data: {a: c}
EOF`;

const line = (script: string, exists?: readonly boolean[]): OwnScript => ({
  script,
  ...(exists === undefined ? {} : { exists }),
});
const THERE = [true];

const COMMANDS: readonly OwnScript[] = [
  line('kubectl get pod p1'),
  line('kubectl get pods --field-selector metadata.name=p1 -n dpf'),
  line('kubectl get pods -w --request-timeout=1s -n dpf'),
  line('kubectl get pods --watch-only --request-timeout=1s -n dpf'),
  line('kubectl get pod p1 -o yaml --subresource=status -n dpf'),
  line('kubectl get pods,svc p1 -n dpf'),
  line('kubectl get node n1 -o jsonpath={.metadata.uid}'),
  line('kubectl get deployments.v1.apps d1 -n dpf'),
  line(`kubectl get -f - ${MANIFEST}`),
  line('kubectl get --raw "/api/v1/namespaces/dpf/pods/p1?x=y"'),
  line('kubectl -n dpf get -o json secrets s1'),
  line('kubectl get ev -n dpf'),
  line('kubectl describe pod p1 -n dpf'),
  line('kubectl describe pods -n dpf'),
  line('kubectl describe node n1'),
  line('kubectl describe deploy d1 -n dpf'),
  line('kubectl describe ds d1 -n dpf'),
  line('kubectl describe svc s1 -n dpf'),
  line('kubectl describe secret s1 -n dpf'),
  line('kubectl describe ns dpf'),
  line('kubectl describe sa s1 -n dpf'),
  line('kubectl describe pvc p1 -n dpf'),
  line('kubectl describe dpudevice d1 -n dpf'),
  line('kubectl describe role r1 -n dpf'),
  line(`kubectl create -f - ${MANIFEST}`),
  line(`kubectl create --dry-run=client -f - ${MANIFEST}`),
  line(`kubectl create --dry-run=server -f - ${MANIFEST}`),
  line('kubectl create cm c2 --from-literal=a=b -n dpf'),
  line('kubectl create secret generic s2 -n dpf --from-literal=a=b --dry-run=client -o yaml | kubectl apply -f -'),
  line('kubectl create ns n2 --dry-run=client -o yaml | kubectl apply -f -'),
  line('kubectl create token sa1 -n dpf'),
  line('kubectl create job j2 --from=cronjob/cj1 -n dpf'),
  line('kubectl create job j2 --image=x -n dpf'),
  line('kubectl create role r2 --verb=get --resource=pods -n dpf'),
  line('kubectl create rolebinding rb2 --role=r --serviceaccount=a:b -n dpf'),
  line('kubectl create clusterrolebinding rb2 --clusterrole=r --user=u'),
  line('kubectl create sa sa2 -n dpf && kubectl create deployment d2 --image=x -n dpf'),
  line('kubectl create quota q -n dpf'),
  line('kubectl create ingress i1 --rule=a/b=c:80 -n dpf'),
  line('kubectl create service clusterip s1 --tcp=80:80 -n dpf'),
  line('kubectl create pdb p1 --selector=a=b --min-available=1 -n dpf'),
  line('kubectl create priorityclass p1 --value=1'),
  line(`kubectl apply -f - ${MANIFEST}`),
  line(`kubectl apply --server-side -f - ${MANIFEST}`),
  line(`kubectl apply --dry-run=client -f - ${MANIFEST}`),
  line(`kubectl apply --dry-run=server -f - ${MANIFEST}`),
  line(`kubectl apply set-last-applied --create-annotation -f - ${MANIFEST}`),
  line('kubectl apply view-last-applied cm/c1 -n dpf'),
  line(`kubectl diff -f - ${MANIFEST}`),
  line(`kubectl diff --server-side -f - ${MANIFEST}`),
  line(`kubectl replace -f - ${MANIFEST}`),
  line(`kubectl replace --force -f - ${MANIFEST}`),
  line(`kubectl delete -f - ${MANIFEST}`),
  line(`kubectl patch -f - -p '{"data":{"a":"b"}}' ${MANIFEST}`),
  line(`kubectl label -f - a=b ${MANIFEST}`),
  line('kubectl label pod p1 a=b -n dpf'),
  line('kubectl label pods --all a=b -n dpf'),
  line('kubectl label pod p1 --list -n dpf'),
  line('kubectl label pod p1 a=b --dry-run=client -n dpf'),
  line('kubectl label node n1 n2 a- --overwrite'),
  line('kubectl annotate ds -l app=x a=b -n dpf'),
  line(`kubectl patch pod p1 -n dpf -p '{"metadata":{"labels":{"a":"b"}}}'`),
  line(`kubectl patch dpudevice d1 -n dpf --subresource=status --type=merge -p '{"status":{}}'`),
  line('kubectl taint node n1 a=b:NoSchedule'),
  line('kubectl taint nodes --all a=b:NoSchedule'),
  line('kubectl set image deploy/d1 c=img:2 -n dpf'),
  line('kubectl set image deploy d1 c=img:2 -n dpf --dry-run=client'),
  line('kubectl set env deploy/d1 A=b -n dpf'),
  line('kubectl set env deploy/d1 --list -n dpf'),
  line('kubectl set env deploy/d1 --from=secret/s1 -n dpf', THERE),
  line('kubectl set env --all deploy A=b -n dpf'),
  line('kubectl set resources deploy/d1 --limits=cpu=1 -n dpf'),
  line('kubectl set sa deploy d1 sa2 -n dpf'),
  line('kubectl set selector svc s1 a=b -n dpf'),
  line('kubectl set subject rolebinding rb --user=x -n dpf'),
  line('kubectl scale deploy d1 --replicas=3 -n dpf'),
  line('kubectl scale deploy --all --replicas=3 -n dpf'),
  line('kubectl scale deploy d1 --replicas=3 --dry-run=client -n dpf'),
  line('kubectl autoscale deploy d1 --max=3 -n dpf'),
  line('kubectl expose deploy d1 --port=80 -n dpf'),
  line('kubectl rollout restart deploy/d1 -n dpf'),
  line('kubectl rollout restart deploy -l a=b -n dpf'),
  line('kubectl rollout pause deploy/d1 -n dpf'),
  line('kubectl rollout status deploy/d1 --timeout=2s -n dpf'),
  line('kubectl rollout status ds/d1 --timeout=2s -n dpf'),
  line('kubectl rollout status sts/d1 --watch=false -n dpf'),
  line('kubectl rollout status deploy/d1 --watch=false -n dpf'),
  line('kubectl rollout history deploy/d1 -n dpf'),
  line('kubectl rollout history ds/d1 -n dpf'),
  line('kubectl delete pod p1 -n dpf'),
  line('kubectl delete pod p1 --wait=false -n dpf'),
  line('kubectl delete pod p1 --dry-run=client -n dpf'),
  line('kubectl delete pod p1 --dry-run=server -n dpf'),
  line('kubectl delete pods --all -n dpf'),
  line('kubectl delete node n1 --ignore-not-found'),
  line('kubectl delete pod/p1 svc/s1 -n dpf --now'),
  line('kubectl wait --for=condition=Ready pod/p1 --timeout=2s -n dpf'),
  line('kubectl wait --for=condition=Ready pod -l a=b --timeout=2s -n dpf'),
  line('kubectl wait --for=create pod/p1 --timeout=1s -n dpf'),
  line('kubectl wait --for=delete pod/p1 --timeout=1s -n dpf'),
  line(`kubectl wait --for=jsonpath='{.status.phase}'=Running pod/p1 --timeout=2s -n dpf`),
  line('kubectl logs p1 -n dpf -c c --previous'),
  line('kubectl logs -f deploy/d1 -n dpf'),
  line('kubectl logs -l a=b -n dpf --tail=5'),
  line('kubectl exec p1 -n dpf -- true'),
  line('kubectl exec -it deploy/d1 -n dpf -c c -- sh -c "kubectl get nodes"'),
  line('kubectl cp dpf/p1:/a ./a'),
  line('kubectl cp ./config-true p1:/a -n dpf -c c'),
  line('kubectl attach p1 -n dpf'),
  line('kubectl port-forward p1 18080:80 -n dpf'),
  line('kubectl port-forward svc/s1 18080:80 -n dpf'),
  line('kubectl port-forward deploy/d1 18080:80 -n dpf'),
  line('kubectl debug p1 --image=x -n dpf'),
  line('kubectl debug p1 --image=x --copy-to=p2 -n dpf'),
  line('kubectl debug node/n1 --image=x -n dpf'),
  line('kubectl run r1 --image=x -n dpf'),
  line('kubectl run r1 --image=x -n dpf --dry-run=client -o yaml'),
  line('kubectl top pod -n dpf'),
  line('kubectl top pod p1 -n dpf'),
  line('kubectl top pod -A', THERE),
  line('kubectl top node'),
  line('kubectl top node n1'),
  line('kubectl cordon n1'),
  line('kubectl uncordon n1'),
  line('kubectl cordon -l a=b'),
  line('kubectl drain n1 --force --timeout=2s'),
  line('kubectl drain n1 --force --dry-run=client'),
  line('kubectl drain n1 --force --disable-eviction --timeout=2s'),
  line('kubectl certificate approve csr1'),
  line('kubectl auth can-i get pods -n dpf'),
  line('kubectl auth can-i --list -n dpf'),
  line('kubectl auth whoami'),
  line('kubectl events -n dpf --for pod/p1'),
  line('kubectl cluster-info'),
  line('kubectl version; kubectl version --client; kubectl api-resources; kubectl config view'),
];

const SHELL: readonly OwnScript[] = [
  { script: 'for x in a b c; do kubectl get cm "$x" -n dpf; done' },
  { script: 'for p in $(kubectl get pods -n dpf -o name); do kubectl delete -n dpf "$p" --wait=false; done' },
  { script: 'kubectl get pods -n dpf -o name | while read -r p; do kubectl label -n dpf "$p" a=b; done' },
  { script: 'kubectl get pods -n dpf -o name | cut -d/ -f2 | xargs -I{} kubectl get pod {} -n dpf' },
  {
    script: `kubectl get pods -n dpf -o jsonpath='{.items[*].metadata.name}' | xargs -r kubectl delete pod -n dpf --wait=false`,
  },
  { script: 'if kubectl get ns dpf >/dev/null 2>&1; then kubectl get pods -n dpf; else kubectl create ns dpf; fi' },
  { script: 'kubectl get cm c1 -n dpf || kubectl create cm c1 -n dpf --from-literal=a=b' },
  { script: 'kubectl get cm c1 -n dpf && kubectl delete cm c1 -n dpf --wait=false' },
  { script: 'f() { kubectl get "$1" "$2" -n "${3:-dpf}"; }; f pod p1; f svc s1 other' },
  {
    script:
      'while getopts "n:t:" o; do case $o in n) ns=$OPTARG;; t) t=$OPTARG;; esac; done; kubectl get "$t" -n "$ns"',
    args: ['-n', 'dpf', '-tpods'],
  },
  {
    script:
      'args=(-n dpf get pod); kubectl "${args[@]}" p1; types=(pods svc); for t in "${types[@]}"; do kubectl get $t -n dpf; done',
  },
  { script: 'declare -A m=([a]=pods [b]=svc); for k in a b; do kubectl get "${m[$k]}" -n dpf; done' },
  {
    script:
      'set -- --name p1; while [ $# -gt 0 ]; do case $1 in --name) n=$2; shift 2;; *) shift;; esac; done; kubectl get pod "$n" -n dpf',
  },
  { script: 'cleanup() { kubectl delete cm c1 -n dpf --wait=false; }; trap cleanup EXIT; kubectl get cm c1 -n dpf' },
  {
    script:
      'f=$(mktemp); cat > "$f" <<EOF\napiVersion: v1\nkind: Secret\nmetadata:\n  name: ${N}-x\n  namespace: dpf\nEOF\nkubectl apply -f "$f"',
    env: { N: 'n1' },
  },
  {
    script: `printf 'apiVersion: v1\\nkind: %s\\nmetadata: {name: %s, namespace: dpf}\\n' ConfigMap c1 | kubectl apply -f -`,
  },
  {
    script: `cat <<'EOF' | sed 's/NAME/c9/' | kubectl create -f -\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME, namespace: dpf}\nEOF`,
  },
  { script: `i=0; until [ $i -ge 3 ]; do kubectl get pod "p$i" -n dpf; i=$((i+1)); done` },
  {
    script:
      'x=worker1.example.com; kubectl get node "${x%%.*}"; kubectl get node "${x/worker/w}"; kubectl get node "${x^^}"',
  },
  { script: 'kubectl() { command kubectl -n dpf "$@"; }; kubectl get pods' },
  {
    script:
      'NS=dpf; export NS; bash -c \'kubectl get pods -n "$NS"\'; (NS=other; kubectl get pods -n $NS); kubectl get svc -n $NS',
  },
  { script: 'k="kubectl -n dpf"; eval "$k get pods"; $k get svc' },
  { script: 'env A=b timeout 5 nice -n 5 kubectl get pods -n dpf; nohup kubectl get svc -n dpf' },
  { script: 'set -e; kubectl get pods -n dpf; false; kubectl get nodes' },
  {
    script: '[[ "$MODE" == a* && -n "$MODE" ]] && kubectl get pods -n dpf; [[ $MODE =~ ^b ]] || kubectl get svc -n dpf',
    env: { MODE: 'abc' },
  },
  {
    script: 'case "$MODE" in a|b) kubectl get pods -n dpf;;& b*) kubectl get svc -n dpf;; *) kubectl get nodes;; esac',
    env: { MODE: 'b' },
  },
  { script: 'kubectl get pods -n dpf &\nwait\nkubectl get svc -n dpf | cat' },
  {
    script:
      'read -r a b <<<"pod p1"; kubectl get "$a" "$b" -n dpf; mapfile -t l < <(printf "svc\\ncm\\n"); for t in "${l[@]}"; do kubectl get "$t" -n dpf; done',
  },
  {
    script:
      'retry() { local n=$1; shift; for i in 1 2; do "$@" && return 0; done; return 1; }; retry 2 kubectl get cm c1 -n dpf',
  },
  { script: `cat > lib.sh <<'EOF'\nhelper() { kubectl get "$@"; }\nEOF\n. ./lib.sh; helper pods -n dpf` },
];

/** Worlds that make no difference are run once. */
export const OWN_SCRIPTS: readonly OwnScript[] = [...COMMANDS, ...SHELL.map((one) => ({ exists: THERE, ...one }))];
