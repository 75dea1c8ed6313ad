/**
 * The resource types that Kubernetes itself serves (1.32 to 1.36), with the short names that kubectl knows. Facts of
 * `kubectl api-resources`; the order is the one in which an ambiguous name is looked up.
 * Columns: group version plural Kind [short,names] scope(n|c) [all = in category all]
 */
export const KUBERNETES_TYPES = `
- v1 bindings Binding - n
- v1 componentstatuses ComponentStatus cs c
- v1 configmaps ConfigMap cm n
- v1 endpoints Endpoints ep n
- v1 events Event ev n
- v1 limitranges LimitRange limits n
- v1 namespaces Namespace ns c
- v1 nodes Node no c
- v1 persistentvolumeclaims PersistentVolumeClaim pvc n
- v1 persistentvolumes PersistentVolume pv c
- v1 pods Pod po n all
- v1 podtemplates PodTemplate - n
- v1 replicationcontrollers ReplicationController rc n all
- v1 resourcequotas ResourceQuota quota n
- v1 secrets Secret - n
- v1 serviceaccounts ServiceAccount sa n
- v1 services Service svc n all
admissionregistration.k8s.io v1 mutatingwebhookconfigurations MutatingWebhookConfiguration - c
admissionregistration.k8s.io v1 validatingadmissionpolicies ValidatingAdmissionPolicy - c
admissionregistration.k8s.io v1 validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding - c
admissionregistration.k8s.io v1 validatingwebhookconfigurations ValidatingWebhookConfiguration - c
apiextensions.k8s.io v1 customresourcedefinitions CustomResourceDefinition crd,crds c
apiregistration.k8s.io v1 apiservices APIService - c
apps v1 controllerrevisions ControllerRevision - n
apps v1 daemonsets DaemonSet ds n all
apps v1 deployments Deployment deploy n all
apps v1 replicasets ReplicaSet rs n all
apps v1 statefulsets StatefulSet sts n all
authentication.k8s.io v1 selfsubjectreviews SelfSubjectReview - c
authentication.k8s.io v1 tokenreviews TokenReview - c
authorization.k8s.io v1 localsubjectaccessreviews LocalSubjectAccessReview - n
authorization.k8s.io v1 selfsubjectaccessreviews SelfSubjectAccessReview - c
authorization.k8s.io v1 selfsubjectrulesreviews SelfSubjectRulesReview - c
authorization.k8s.io v1 subjectaccessreviews SubjectAccessReview - c
autoscaling v2 horizontalpodautoscalers HorizontalPodAutoscaler hpa n all
batch v1 cronjobs CronJob cj n all
batch v1 jobs Job - n all
certificates.k8s.io v1 certificatesigningrequests CertificateSigningRequest csr c
coordination.k8s.io v1 leases Lease - n
discovery.k8s.io v1 endpointslices EndpointSlice - n
events.k8s.io v1 events Event ev n
flowcontrol.apiserver.k8s.io v1 flowschemas FlowSchema - c
flowcontrol.apiserver.k8s.io v1 prioritylevelconfigurations PriorityLevelConfiguration - c
networking.k8s.io v1 ingressclasses IngressClass - c
networking.k8s.io v1 ingresses Ingress ing n
networking.k8s.io v1 networkpolicies NetworkPolicy netpol n
node.k8s.io v1 runtimeclasses RuntimeClass - c
policy v1 poddisruptionbudgets PodDisruptionBudget pdb n
rbac.authorization.k8s.io v1 clusterrolebindings ClusterRoleBinding - c
rbac.authorization.k8s.io v1 clusterroles ClusterRole - c
rbac.authorization.k8s.io v1 rolebindings RoleBinding - n
rbac.authorization.k8s.io v1 roles Role - n
resource.k8s.io v1 deviceclasses DeviceClass - c
resource.k8s.io v1 resourceclaims ResourceClaim - n
resource.k8s.io v1 resourceclaimtemplates ResourceClaimTemplate - n
resource.k8s.io v1 resourceslices ResourceSlice - c
scheduling.k8s.io v1 priorityclasses PriorityClass pc c
storage.k8s.io v1 csidrivers CSIDriver - c
storage.k8s.io v1 csinodes CSINode - c
storage.k8s.io v1 csistoragecapacities CSIStorageCapacity - n
storage.k8s.io v1 storageclasses StorageClass sc c
storage.k8s.io v1 volumeattachments VolumeAttachment - c
snapshot.storage.k8s.io v1 volumesnapshotclasses VolumeSnapshotClass vsclass,vsclasses c
snapshot.storage.k8s.io v1 volumesnapshotcontents VolumeSnapshotContent vsc,vscs c
snapshot.storage.k8s.io v1 volumesnapshots VolumeSnapshot vs n
metrics.k8s.io v1beta1 nodes NodeMetrics - c
metrics.k8s.io v1beta1 pods PodMetrics - n
`;
