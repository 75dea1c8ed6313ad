package main

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// A time long past, so that every run makes the same objects.
var then = metav1.Unix(1764000000, 0)

// newNode is a GPU node as one looks after some weeks: 40 labels of feature discovery, eight pools of VFs, and the 50
// images that a kubelet reports at most. As JSON about 17 KB.
func newNode() *corev1.Node {
	labels := map[string]string{
		"beta.kubernetes.io/os":                            "linux",
		"kubernetes.io/arch":                               "amd64",
		"kubernetes.io/os":                                 "linux",
		"kubernetes.io/hostname":                           "node-00000",
		"node-role.kubernetes.io/worker":                   "",
		"topology.kubernetes.io/zone":                      "rack-000",
		"nvidia.com/gpu.product":                           "NVIDIA-H100-80GB-HBM3",
		"nvidia.com/ofed-driver-upgrade-state":             "upgrade-done",
		"network.nvidia.com/operator.mofed.wait":           "false",
		"feature.node.kubernetes.io/pci-15b3.present":      "true",
		"feature.node.kubernetes.io/network-sriov.capable": "true",
	}
	for i := range 40 {
		labels[fmt.Sprintf("feature.node.kubernetes.io/cpu-cpuid.FEATURE%02d", i)] = "true"
	}
	resources := corev1.ResourceList{
		"cpu":               resource.MustParse("224"),
		"memory":            resource.MustParse("2113412580Ki"),
		"pods":              resource.MustParse("110"),
		"ephemeral-storage": resource.MustParse("1843218412Ki"),
		"hugepages-1Gi":     resource.MustParse("0"),
		"hugepages-2Mi":     resource.MustParse("0"),
		"nvidia.com/gpu":    resource.MustParse("8"),
	}
	for i := range 8 {
		resources[corev1.ResourceName(fmt.Sprintf("nvidia.com/resibp%d", i))] = resource.MustParse("8")
	}
	return &corev1.Node{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"},
		ObjectMeta: metav1.ObjectMeta{
			Name:   "node-00000",
			Labels: labels,
			Annotations: map[string]string{
				"node.alpha.kubernetes.io/ttl":                           "0",
				"volumes.kubernetes.io/controller-managed-attach-detach": "true",
				"sriovnetwork.openshift.io/state":                        "Idle",
				"sriovnetwork.openshift.io/desired-state":                "Idle",
				"nfd.node.kubernetes.io/feature-labels":                  "cpu-cpuid.FEATURE00,cpu-cpuid.FEATURE01,pci-15b3.present",
			},
		},
		Spec: corev1.NodeSpec{PodCIDR: "10.0.0.0/24", PodCIDRs: []string{"10.0.0.0/24"}, ProviderID: "metal://node-00000"},
		Status: corev1.NodeStatus{
			Capacity:    resources,
			Allocatable: resources,
			Addresses:   []corev1.NodeAddress{{Type: "InternalIP", Address: "172.16.0.0"}, {Type: "Hostname", Address: "node-00000"}},
			Conditions:  nodeConditions(),
			Images:      images(),
			NodeInfo: corev1.NodeSystemInfo{
				MachineID:               "0123456789abcdef0123456789abcdef",
				SystemUUID:              "01234567-89ab-cdef-0123-456789abcdef",
				BootID:                  "01234567-89ab-cdef-0123-456789abcdee",
				KernelVersion:           "6.8.0-60-generic",
				OSImage:                 "Ubuntu 24.04.2 LTS",
				ContainerRuntimeVersion: "containerd://2.0.2",
				KubeletVersion:          "v1.36.3",
				Architecture:            "amd64",
				OperatingSystem:         "linux",
			},
		},
	}
}

func nodeConditions() []corev1.NodeCondition {
	conditions := []corev1.NodeCondition{}
	for _, kind := range []string{"NetworkUnavailable", "MemoryPressure", "DiskPressure", "PIDPressure", "Ready"} {
		status := corev1.ConditionFalse
		if kind == "Ready" {
			status = corev1.ConditionTrue
		}
		conditions = append(conditions, corev1.NodeCondition{
			Type: corev1.NodeConditionType(kind), Status: status, LastHeartbeatTime: then, LastTransitionTime: then,
			Reason: "KubeletReports" + kind, Message: "kubelet reports " + kind,
		})
	}
	return conditions
}

func images() []corev1.ContainerImage {
	images := []corev1.ContainerImage{}
	for i := range 50 {
		name := fmt.Sprintf("nvcr.io/nvidia/image-%02d", i)
		images = append(images, corev1.ContainerImage{
			Names:     []string{fmt.Sprintf("%s@sha256:%064d", name, i), name + ":v1.0"},
			SizeBytes: int64(123456789 + i),
		})
	}
	return images
}

// newPod is a worker of a training job: two containers with probes and settings, two rails, three volumes. About 12 KB.
func newPod() *corev1.Pod {
	user, controls := int64(1000), true
	pod := &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "ns-0",
			Name:      "job-0-00000",
			Labels:    map[string]string{"app": "trainer", "team": "research", "job-name": "job-0", "pod-template-hash": "5d8c7b9f64"},
			Annotations: map[string]string{
				"k8s.v1.cni.cncf.io/networks": `[{"name":"rail-0","namespace":"default"},{"name":"rail-1","namespace":"default"}]`,
				"k8s.v1.cni.cncf.io/network-status": `[{"name":"cbr0","interface":"eth0","ips":["10.0.0.5"],"default":true,"dns":{}},` +
					`{"name":"default/rail-0","interface":"net1","ips":["10.64.0.5"],"dns":{},"device-info":{"type":"pci","version":"1.1.0",` +
					`"pci":{"pci-address":"0000:18:00.2","rdma-device":"mlx5_12"}}}]`,
			},
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "batch/v1", Kind: "Job", Name: "job-0", UID: "00000000-0000-4000-8000-000000000000",
				Controller: &controls, BlockOwnerDeletion: &controls,
			}},
		},
		Spec: corev1.PodSpec{
			NodeName:        "node-00000",
			SecurityContext: &corev1.PodSecurityContext{RunAsUser: &user},
			Tolerations:     []corev1.Toleration{{Key: "nvidia.com/gpu", Operator: "Exists", Effect: "NoSchedule"}},
			Volumes: []corev1.Volume{
				{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "config"}}}},
				{Name: "shm", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{Medium: "Memory"}}},
				{Name: "data", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
			},
		},
		Status: corev1.PodStatus{
			Phase: "Running", QOSClass: "Burstable", StartTime: &then,
			HostIP: "172.16.0.0", HostIPs: []corev1.HostIP{{IP: "172.16.0.0"}},
			PodIP: "10.0.0.5", PodIPs: []corev1.PodIP{{IP: "10.0.0.5"}},
		},
	}
	for _, kind := range []string{"PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"} {
		pod.Status.Conditions = append(pod.Status.Conditions, corev1.PodCondition{
			Type: corev1.PodConditionType(kind), Status: corev1.ConditionTrue, LastTransitionTime: then,
		})
	}
	for _, name := range []string{"worker", "sidecar"} {
		pod.Spec.Containers = append(pod.Spec.Containers, newContainer(name))
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{
			Name: name, Ready: true, Started: &controls,
			Image:       "registry.example.com/team/" + name + ":v1.2.3",
			ImageID:     fmt.Sprintf("registry.example.com/team/%s@sha256:%064d", name, 7),
			ContainerID: fmt.Sprintf("containerd://%064d", 9),
			State:       corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: then}},
		})
	}
	return pod
}

func newContainer(name string) corev1.Container {
	probe := &corev1.Probe{
		ProbeHandler:        corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromInt32(8080)}},
		InitialDelaySeconds: 5,
	}
	container := corev1.Container{
		Name:           name,
		Image:          "registry.example.com/team/" + name + ":v1.2.3",
		Command:        []string{"/bin/sh", "-c", "exec /usr/bin/" + name + " --config /etc/config/config.yaml"},
		Ports:          []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}},
		LivenessProbe:  probe,
		ReadinessProbe: probe,
		VolumeMounts:   []corev1.VolumeMount{{Name: "config", MountPath: "/etc/config"}, {Name: "shm", MountPath: "/dev/shm"}, {Name: "data", MountPath: "/data"}},
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{"cpu": resource.MustParse("500m"), "memory": resource.MustParse("1Gi"), "nvidia.com/resibp0": resource.MustParse("1")},
			Limits:   corev1.ResourceList{"memory": resource.MustParse("2Gi"), "nvidia.com/resibp0": resource.MustParse("1")},
		},
	}
	for i := range 8 {
		container.Env = append(container.Env, corev1.EnvVar{Name: fmt.Sprintf("SETTING_%d", i), Value: fmt.Sprintf("value-of-setting-%d", i)})
	}
	podIP := &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "status.podIP"}}
	container.Env = append(container.Env, corev1.EnvVar{Name: "POD_IP", ValueFrom: podIP})
	return container
}
