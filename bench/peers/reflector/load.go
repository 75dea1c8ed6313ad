package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
)

const (
	namespaces = 100
	podsOfAJob = 10
	writers    = 16
)

type loaded struct {
	Seconds   float64 `json:"seconds"`
	NodeBytes int     `json:"nodeBytes"`
	PodBytes  int     `json:"podBytes"`
}

// load makes one node and one pod through the API, so that they have defaults and managed fields, and writes copies of
// them straight into etcd: the API server would take ten times as long.
func load(config *rest.Config, etcd string, nodes, pods int) (loaded, error) {
	ctx := context.Background()
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return loaded{}, err
	}
	node, pod, err := makeFirst(ctx, client)
	if err != nil {
		return loaded{}, err
	}
	result := loaded{NodeBytes: jsonSize(node), PodBytes: jsonSize(pod)}
	node.ResourceVersion, pod.ResourceVersion = "", ""
	store, err := clientv3.New(clientv3.Config{Endpoints: []string{etcd}})
	if err != nil {
		return loaded{}, err
	}
	defer func() { _ = store.Close() }()

	serializer := protobuf.NewSerializer(scheme.Scheme, scheme.Scheme)
	put := func(key string, object runtime.Object) error {
		encoded, err := runtime.Encode(serializer, object)
		if err != nil {
			return err
		}
		_, err = store.Put(ctx, key, string(encoded))
		return err
	}
	start := time.Now()
	var group errgroup.Group
	for writer := range writers {
		group.Go(func() error {
			// The first of each is there already.
			for i := 1 + writer; i < nodes; i += writers {
				copied := nodeNumber(node, i)
				if err := put("/registry/minions/"+copied.Name, copied); err != nil {
					return err
				}
			}
			for i := 1 + writer; i < pods; i += writers {
				copied := podNumber(pod, i, nodes)
				if err := put("/registry/pods/"+copied.Namespace+"/"+copied.Name, copied); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err = group.Wait()
	result.Seconds = time.Since(start).Seconds()
	return result, err
}

func makeFirst(ctx context.Context, client kubernetes.Interface) (*corev1.Node, *corev1.Pod, error) {
	for i := range namespaces {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("ns-%d", i)}}
		if _, err := client.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{}); err != nil {
			return nil, nil, err
		}
	}
	wantedNode, wantedPod := newNode(), newPod()
	node, err := client.CoreV1().Nodes().Create(ctx, wantedNode, metav1.CreateOptions{})
	if err != nil {
		return nil, nil, err
	}
	node.Status = wantedNode.Status
	if node, err = client.CoreV1().Nodes().UpdateStatus(ctx, node, metav1.UpdateOptions{}); err != nil {
		return nil, nil, err
	}
	pod, err := client.CoreV1().Pods(wantedPod.Namespace).Create(ctx, wantedPod, metav1.CreateOptions{})
	if err != nil {
		return nil, nil, err
	}
	pod.Status = wantedPod.Status
	if pod, err = client.CoreV1().Pods(pod.Namespace).UpdateStatus(ctx, pod, metav1.UpdateOptions{}); err != nil {
		return nil, nil, err
	}
	// A typed client drops both; etcd needs them.
	node.TypeMeta, pod.TypeMeta = wantedNode.TypeMeta, wantedPod.TypeMeta
	return node, pod, nil
}

func nodeNumber(first *corev1.Node, i int) *corev1.Node {
	node := first.DeepCopy()
	node.Name = fmt.Sprintf("node-%05d", i)
	node.UID = types.UID(fmt.Sprintf("00000000-0000-4000-8000-%012d", i))
	node.Labels["kubernetes.io/hostname"] = node.Name
	node.Labels["topology.kubernetes.io/zone"] = fmt.Sprintf("rack-%03d", i/40)
	node.Spec.ProviderID = "metal://" + node.Name
	node.Status.Addresses[0].Address = fmt.Sprintf("172.16.%d.%d", i/256, i%256)
	node.Status.Addresses[1].Address = node.Name
	return node
}

func podNumber(first *corev1.Pod, i, nodes int) *corev1.Pod {
	job := fmt.Sprintf("job-%d", i/podsOfAJob)
	pod := first.DeepCopy()
	pod.Namespace = fmt.Sprintf("ns-%d", i%namespaces)
	pod.Name = fmt.Sprintf("%s-%05x", job, i)
	pod.UID = types.UID(fmt.Sprintf("00000000-0000-4000-9000-%012d", i))
	pod.Labels["job-name"] = job
	pod.OwnerReferences[0].Name = job
	pod.OwnerReferences[0].UID = types.UID(fmt.Sprintf("00000000-0000-4000-a000-%012d", i/podsOfAJob))
	pod.Spec.NodeName = fmt.Sprintf("node-%05d", i%nodes)
	address := fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)
	pod.Status.PodIP, pod.Status.PodIPs[0].IP = address, address
	return pod
}

func jsonSize(object runtime.Object) int {
	encoded, _ := json.Marshal(object)
	return len(encoded)
}
