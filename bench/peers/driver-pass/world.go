package main

import (
	"fmt"
	"time"

	"github.com/NVIDIA/k8s-operator-libs/pkg/upgrade"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// The world of workload U, as bench/driver-world.ts makes it.
const (
	namespace = "nvidia-network-operator"
	daemonSet = "mofed-ubuntu24.04-ds"
	newHash   = "7d9f8b6c55"
	oldHash   = "5c6b7d8f99"
)

var (
	driverLabels = map[string]string{"nvidia.com/ofed-driver": "", "app": daemonSet}
	since        = metav1.NewTime(time.Date(2025, 11, 24, 16, 0, 0, 0, time.UTC))
)

type place struct {
	state    string
	hash     string
	ready    bool
	cordoned bool
}

// Of a hundred nodes in scenario mixed, so many in a row are at each place.
var mixed = []struct {
	count int
	at    place
}{
	{50, place{upgrade.UpgradeStateUpgradeRequired, oldHash, true, false}},
	{25, place{upgrade.UpgradeStateDone, newHash, true, false}},
	{5, place{upgrade.UpgradeStateCordonRequired, oldHash, true, false}},
	{3, place{upgrade.UpgradeStateWaitForJobsRequired, oldHash, true, true}},
	{3, place{upgrade.UpgradeStateDrainRequired, oldHash, true, true}},
	{4, place{upgrade.UpgradeStatePodRestartRequired, oldHash, true, true}},
	{4, place{upgrade.UpgradeStatePodRestartRequired, newHash, true, true}},
	{2, place{upgrade.UpgradeStateFailed, newHash, false, true}},
	{4, place{upgrade.UpgradeStateUncordonRequired, newHash, true, true}},
}

func placeOf(scenario string, index int) place {
	switch scenario {
	case "steady":
		return place{upgrade.UpgradeStateDone, newHash, true, false}
	case "first":
		return place{upgrade.UpgradeStateDone, oldHash, true, false}
	}
	left := index % 100
	for _, group := range mixed {
		if left < group.count {
			return group.at
		}
		left -= group.count
	}
	panic("mixed does not add up to a hundred")
}

func nodeName(index int) string { return fmt.Sprintf("node-%05d", index) }

func resources() corev1.ResourceList {
	list := corev1.ResourceList{}
	for name, amount := range map[corev1.ResourceName]string{
		"cpu": "224", "memory": "2113412580Ki", "pods": "110", "nvidia.com/gpu": "8", "nvidia.com/resibp0": "8",
		"ephemeral-storage": "1843218412Ki",
	} {
		list[name] = resource.MustParse(amount)
	}
	return list
}

func makeNode(index int, at place) *corev1.Node {
	node := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name: nodeName(index), UID: types.UID(fmt.Sprintf("00000000-0000-4000-8000-%012d", index)), CreationTimestamp: since,
			Labels: map[string]string{
				"kubernetes.io/hostname": nodeName(index), "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
				"node-role.kubernetes.io/worker": "", "topology.kubernetes.io/zone": fmt.Sprintf("rack-%03d", index/40),
				"feature.node.kubernetes.io/pci-15b3.present":             "true",
				"feature.node.kubernetes.io/rdma.capable":                 "true",
				"feature.node.kubernetes.io/system-os_release.ID":         "ubuntu",
				"feature.node.kubernetes.io/system-os_release.VERSION_ID": "24.04",
				"feature.node.kubernetes.io/kernel-version.full":          "6.8.0-60-generic",
				upgrade.GetUpgradeStateLabelKey():                         at.state,
			},
			Annotations: map[string]string{
				"node.alpha.kubernetes.io/ttl":                           "0",
				"volumes.kubernetes.io/controller-managed-attach-detach": "true",
			},
		},
		Spec: corev1.NodeSpec{PodCIDR: fmt.Sprintf("10.%d.%d.0/24", index/256, index%256), Unschedulable: at.cordoned},
		Status: corev1.NodeStatus{
			Capacity: resources(), Allocatable: resources(),
			Addresses: []corev1.NodeAddress{
				{Type: corev1.NodeInternalIP, Address: fmt.Sprintf("172.16.%d.%d", index/256, index%256)},
				{Type: corev1.NodeHostName, Address: nodeName(index)},
			},
			NodeInfo: corev1.NodeSystemInfo{
				KernelVersion: "6.8.0-60-generic", OSImage: "Ubuntu 24.04.2 LTS", KubeletVersion: "v1.32.2",
			},
		},
	}
	for flag := range 20 {
		node.Labels[fmt.Sprintf("feature.node.kubernetes.io/cpu-cpuid.F%02d", flag)] = "true"
	}
	for _, kind := range []corev1.NodeConditionType{
		"NetworkUnavailable", "MemoryPressure", "DiskPressure", "PIDPressure", "Ready",
	} {
		status := corev1.ConditionFalse
		if kind == corev1.NodeReady {
			status = corev1.ConditionTrue
		}
		node.Status.Conditions = append(node.Status.Conditions, corev1.NodeCondition{
			Type: kind, Status: status, Reason: "Kubelet" + string(kind), Message: "kubelet reports " + string(kind),
			LastHeartbeatTime: since, LastTransitionTime: since,
		})
	}
	for image := range 30 {
		node.Status.Images = append(node.Status.Images, corev1.ContainerImage{
			Names: []string{
				fmt.Sprintf("registry.example/image-%02d@sha256:%064d", image, image),
				fmt.Sprintf("registry.example/image-%02d:v1.0", image),
			},
			SizeBytes: 123456789,
		})
	}
	return node
}

func makePod(index int, at place) *corev1.Pod {
	controller := true
	ready := corev1.ConditionFalse
	if at.ready {
		ready = corev1.ConditionTrue
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: fmt.Sprintf("%s-%05d", daemonSet, index), Namespace: namespace, CreationTimestamp: since,
			UID: types.UID(fmt.Sprintf("00000000-0000-4000-9000-%012d", index)),
			Labels: map[string]string{
				"app": daemonSet, "nvidia.com/ofed-driver": "", upgrade.PodControllerRevisionHashLabelKey: at.hash,
				"pod-template-generation": "2",
			},
			OwnerReferences: []metav1.OwnerReference{
				{APIVersion: "apps/v1", Kind: "DaemonSet", Name: daemonSet, UID: "ds-uid-1", Controller: &controller},
			},
		},
		Spec: corev1.PodSpec{
			NodeName: nodeName(index), ServiceAccountName: "ofed-driver", HostNetwork: true,
			Containers: []corev1.Container{
				{Name: "mofed-container", Image: "registry.example/doca-driver:25.04-0.6.1.0-2-ubuntu24.04-amd64"},
			},
		},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, StartTime: &since,
			Conditions: []corev1.PodCondition{
				{Type: corev1.PodReady, Status: ready, LastTransitionTime: since},
				{Type: corev1.PodScheduled, Status: corev1.ConditionTrue, LastTransitionTime: since},
			},
			ContainerStatuses: []corev1.ContainerStatus{{Name: "mofed-container", Ready: at.ready}},
		},
	}
}

func newCluster(scenario string, nodes int) *cluster {
	world := &cluster{nodes: map[string]*corev1.Node{}, history: &appsv1.ControllerRevisionList{}}
	for index := range nodes {
		at := placeOf(scenario, index)
		node := makeNode(index, at)
		world.order = append(world.order, node.Name)
		world.nodes[node.Name] = node
		world.pods = append(world.pods, makePod(index, at))
	}
	world.ds = &appsv1.DaemonSet{
		ObjectMeta: metav1.ObjectMeta{Name: daemonSet, Namespace: namespace, UID: "ds-uid-1", Labels: driverLabels},
		Spec: appsv1.DaemonSetSpec{
			Selector:       &metav1.LabelSelector{MatchLabels: map[string]string{"app": daemonSet}},
			UpdateStrategy: appsv1.DaemonSetUpdateStrategy{Type: appsv1.OnDeleteDaemonSetStrategyType},
		},
		Status: appsv1.DaemonSetStatus{DesiredNumberScheduled: int32(nodes), NumberReady: int32(nodes)},
	}
	for number, hash := range []string{oldHash, newHash} {
		world.history.Items = append(world.history.Items, appsv1.ControllerRevision{
			ObjectMeta: metav1.ObjectMeta{
				Name: daemonSet + "-" + hash, Namespace: namespace,
				Labels: map[string]string{"app": daemonSet, upgrade.PodControllerRevisionHashLabelKey: hash},
			},
			Revision: int64(number + 1),
		})
	}
	return world
}
