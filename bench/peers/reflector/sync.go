package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

type synced struct {
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpuSeconds"`
	PeakMB     int64   `json:"peakMb"`
	Objects    int     `json:"objects"`
	Checksum   string  `json:"checksum"`
}

func syncInformers(config *rest.Config) (synced, error) {
	start, cpu := time.Now(), cpuTime()
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return synced{}, err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	nodes, pods := factory.Core().V1().Nodes(), factory.Core().V1().Pods()
	nodes.Informer()
	pods.Informer()
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Minute)
	defer stop()
	factory.Start(ctx.Done())
	for kind, done := range factory.WaitForCacheSync(ctx.Done()) {
		if !done {
			return synced{}, fmt.Errorf("%v was not synced within 5 minutes", kind)
		}
	}
	result := synced{Seconds: time.Since(start).Seconds(), CPUSeconds: (cpuTime() - cpu).Seconds(), PeakMB: peakMB()}

	var sum uint32
	add := func(line string) {
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(line))
		sum += hash.Sum32()
		result.Objects++
	}
	allNodes, err := nodes.Lister().List(labels.Everything())
	if err != nil {
		return synced{}, err
	}
	for _, node := range allNodes {
		add(fmt.Sprintf("%s %s", node.Name, node.UID))
	}
	allPods, err := pods.Lister().List(labels.Everything())
	if err != nil {
		return synced{}, err
	}
	for _, pod := range allPods {
		add(fmt.Sprintf("%s/%s %s %s", pod.Namespace, pod.Name, pod.UID, pod.Spec.NodeName))
	}
	result.Checksum = fmt.Sprintf("%08x", sum)
	return result, nil
}

func usage() syscall.Rusage {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return usage
}

func cpuTime() time.Duration {
	used := usage()
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// Linux counts in kilobytes.
func peakMB() int64 { return usage().Maxrss / 1024 }
