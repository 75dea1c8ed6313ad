package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"

	"github.com/NVIDIA/k8s-operator-libs/api/upgrade/v1alpha1"
	"github.com/NVIDIA/k8s-operator-libs/pkg/upgrade"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// givenWorld is one line of the file: the objects as the API server would give them, and the policy.
type givenWorld struct {
	Policy             v1alpha1.DriverUpgradePolicySpec `json:"policy"`
	ValidationSelector string                           `json:"validationSelector"`
	Nodes              []*corev1.Node                   `json:"nodes"`
	DaemonSet          *appsv1.DaemonSet                `json:"daemonSet"`
	DriverPods         []*corev1.Pod                    `json:"driverPods"`
	Revisions          []appsv1.ControllerRevision      `json:"revisions"`
	Pods               []*corev1.Pod                    `json:"pods"`
}

type nodeAfter struct {
	Name          string            `json:"name"`
	State         string            `json:"state"`
	Unschedulable bool              `json:"unschedulable"`
	Annotations   map[string]string `json:"annotations"`
}

type outcome struct {
	Error   bool        `json:"error"`
	Nodes   []nodeAfter `json:"nodes"`
	Deleted []string    `json:"deleted"`
	Drained []string    `json:"drained"`
}

// scheduled notes which nodes a pass would drain, and drains none: drains run in the background and are no part of it.
type scheduled struct{ nodes []string }

func (s *scheduled) ScheduleNodesDrain(_ context.Context, config *upgrade.DrainConfiguration) error {
	if config.Spec == nil || !config.Spec.Enable {
		return nil
	}
	for _, node := range config.Nodes {
		s.nodes = append(s.nodes, node.Name)
	}
	return nil
}

func passOver(given *givenWorld) outcome {
	world := &cluster{
		nodes: map[string]*corev1.Node{}, pods: given.DriverPods, jobs: given.Pods, ds: given.DaemonSet,
		history: &appsv1.ControllerRevisionList{Items: given.Revisions},
	}
	for _, node := range given.Nodes {
		world.order = append(world.order, node.Name)
		world.nodes[node.Name] = node
	}
	drains := &scheduled{}
	manager := world.manager()
	manager.DrainManager = drains
	manager.WithValidationEnabled(given.ValidationSelector)
	state, err := manager.BuildState(context.Background(), namespace, driverLabels)
	if err == nil {
		err = manager.ApplyState(context.Background(), state, &given.Policy)
	}
	after := outcome{Error: err != nil, Deleted: world.deleted, Drained: drains.nodes}
	for _, name := range world.order {
		node := world.nodes[name]
		after.Nodes = append(after.Nodes, nodeAfter{
			Name: name, State: node.Labels[upgrade.GetUpgradeStateLabelKey()], Unschedulable: node.Spec.Unschedulable,
			Annotations: node.Annotations,
		})
	}
	return after
}

func passOverEach(file string, out io.Writer) error {
	input, err := os.Open(file)
	if err != nil {
		return err
	}
	defer input.Close()
	decoder, encoder := json.NewDecoder(bufio.NewReader(input)), json.NewEncoder(out)
	for {
		given := &givenWorld{}
		if err := decoder.Decode(given); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := encoder.Encode(passOver(given)); err != nil {
			return err
		}
	}
}
