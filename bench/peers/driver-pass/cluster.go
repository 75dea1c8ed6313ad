package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"

	"github.com/NVIDIA/k8s-operator-libs/pkg/upgrade"
	"github.com/go-logr/logr"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/fake"
	k8stesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/record"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// The API is replaced by the cheapest thing that is still honest: maps that give deep copies, as the cache of
// controller-runtime does. What the library asks of a clientset (cordon, pod delete, lists of pods and revisions) is
// answered by reactors, so that no fake tracker is measured.

// cluster is the API server of the measurement: nodes by name, everything else as it was made.
type cluster struct {
	client.Client
	mu      sync.Mutex
	order   []string
	nodes   map[string]*corev1.Node
	pods    []*corev1.Pod
	jobs    []*corev1.Pod
	ds      *appsv1.DaemonSet
	history *appsv1.ControllerRevisionList
	patches int
	others  int
	deleted []string
}

func (c *cluster) Get(_ context.Context, key client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	node, wanted := into.(*corev1.Node)
	if !wanted {
		return fmt.Errorf("only nodes are read one by one, not %T", into)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	stored, known := c.nodes[key.Name]
	if !known {
		return apierrors.NewNotFound(schema.GroupResource{Resource: "nodes"}, key.Name)
	}
	stored.DeepCopyInto(node)
	return nil
}

func (c *cluster) List(_ context.Context, into client.ObjectList, _ ...client.ListOption) error {
	switch list := into.(type) {
	case *corev1.PodList:
		list.Items = make([]corev1.Pod, len(c.pods))
		for i := range c.pods {
			c.pods[i].DeepCopyInto(&list.Items[i])
		}
	case *appsv1.DaemonSetList:
		list.Items = []appsv1.DaemonSet{*c.ds.DeepCopy()}
	default:
		return fmt.Errorf("only pods and DaemonSets are listed, not %T", into)
	}
	return nil
}

type metadataPatch struct {
	Metadata struct {
		Labels      map[string]*string `json:"labels"`
		Annotations map[string]*string `json:"annotations"`
	} `json:"metadata"`
	Spec *struct {
		Unschedulable *bool `json:"unschedulable"`
	} `json:"spec"`
}

func merge(into map[string]string, changes map[string]*string) map[string]string {
	if into == nil {
		into = map[string]string{}
	}
	for key, value := range changes {
		if value == nil {
			delete(into, key)
		} else {
			into[key] = *value
		}
	}
	return into
}

func (c *cluster) patchNode(name string, data []byte) (*corev1.Node, error) {
	var patch metadataPatch
	if err := json.Unmarshal(data, &patch); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	node := c.nodes[name].DeepCopy()
	node.Labels = merge(node.Labels, patch.Metadata.Labels)
	node.Annotations = merge(node.Annotations, patch.Metadata.Annotations)
	if patch.Spec != nil {
		node.Spec.Unschedulable = patch.Spec.Unschedulable != nil && *patch.Spec.Unschedulable
		c.others++
	} else {
		c.patches++
	}
	c.nodes[name] = node
	return node.DeepCopy(), nil
}

func (c *cluster) Patch(_ context.Context, object client.Object, patch client.Patch, _ ...client.PatchOption) error {
	into, wanted := object.(*corev1.Node)
	if !wanted {
		return errors.New("only nodes are patched")
	}
	data, err := patch.Data(object)
	if err != nil {
		return err
	}
	node, err := c.patchNode(object.GetName(), data)
	if err == nil {
		node.DeepCopyInto(into)
	}
	return err
}

// clientset answers the calls that the library makes past the controller-runtime client.
func (c *cluster) clientset() *fake.Clientset {
	set := fake.NewSimpleClientset()
	set.PrependReactor("patch", "nodes", func(action k8stesting.Action) (bool, runtime.Object, error) {
		patch := action.(k8stesting.PatchAction)
		node, err := c.patchNode(patch.GetName(), patch.GetPatch())
		return true, node, err
	})
	set.PrependReactor("delete", "pods", func(action k8stesting.Action) (bool, runtime.Object, error) {
		c.others++
		c.deleted = append(c.deleted, action.(k8stesting.DeleteAction).GetName())
		return true, nil, nil
	})
	set.PrependReactor("list", "pods", func(action k8stesting.Action) (bool, runtime.Object, error) {
		limits := action.(k8stesting.ListAction).GetListRestrictions()
		return true, c.podsWhere(limits.Labels, limits.Fields), nil
	})
	set.PrependReactor("list", "controllerrevisions", func(k8stesting.Action) (bool, runtime.Object, error) {
		return true, c.history.DeepCopy(), nil
	})
	return set
}

func (c *cluster) podsWhere(wanted labels.Selector, where fields.Selector) *corev1.PodList {
	list := &corev1.PodList{}
	for _, pod := range c.jobs {
		if wanted.Matches(labels.Set(pod.Labels)) && where.Matches(fields.Set{"spec.nodeName": pod.Spec.NodeName}) {
			list.Items = append(list.Items, *pod.DeepCopy())
		}
	}
	return list
}

func (c *cluster) checksum() string {
	sum := fnv.New32a()
	for _, name := range c.order {
		node := c.nodes[name]
		fmt.Fprintf(sum, "%s %s %v\n", name, node.Labels[upgrade.GetUpgradeStateLabelKey()], node.Spec.Unschedulable)
	}
	for _, pod := range c.deleted {
		fmt.Fprintf(sum, "deleted %s\n", pod)
	}
	return fmt.Sprintf("%08x", sum.Sum32())
}

func (c *cluster) manager() *upgrade.ClusterUpgradeStateManagerImpl {
	log := logr.Discard()
	events := record.EventRecorder(&silent{})
	set := c.clientset()
	states := upgrade.NewNodeUpgradeStateProvider(c, log, events)
	return &upgrade.ClusterUpgradeStateManagerImpl{
		Log: log, K8sClient: c, K8sInterface: set, EventRecorder: events,
		NodeUpgradeStateProvider: states,
		CordonManager:            upgrade.NewCordonManager(set, log),
		PodManager:               upgrade.NewPodManager(set, states, log, nil, events),
		DrainManager:             upgrade.NewDrainManager(set, states, log, events),
		ValidationManager:        upgrade.NewValidationManager(set, log, events, states, ""),
		SafeDriverLoadManager:    upgrade.NewSafeDriverLoadManager(states, log),
	}
}

type silent struct{}

func (silent) Event(runtime.Object, string, string, string)                                      {}
func (silent) Eventf(runtime.Object, string, string, string, ...any)                             {}
func (silent) AnnotatedEventf(runtime.Object, map[string]string, string, string, string, ...any) {}
