// NVIDIA's k8s-operator-libs upgrade manager (BuildState and ApplyState), in memory.
//
// Without -worlds it measures one pass over the world of workload U, as the peer of bench/workloads/driver-pass.ts, and
// prints one JSON line a scenario. With -worlds FILE it takes one pass over each world of the file (JSON lines) and prints
// what became of it, for test/real/driver-pass.real.test.ts.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"time"

	"github.com/NVIDIA/k8s-operator-libs/api/upgrade/v1alpha1"
	"github.com/NVIDIA/k8s-operator-libs/pkg/upgrade"
	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/util/intstr"
	crlog "sigs.k8s.io/controller-runtime/pkg/log"
)

type figures struct {
	Scenario    string  `json:"scenario"`
	Seconds     float64 `json:"seconds"`
	Patches     int     `json:"patches"`
	OtherWrites int     `json:"otherWrites"`
	Checksum    string  `json:"checksum"`
}

func measure(scenario string, nodes, runs int) (figures, error) {
	quarter := intstr.FromString("25%")
	policy := &v1alpha1.DriverUpgradePolicySpec{AutoUpgrade: true, MaxParallelUpgrades: nodes / 5, MaxUnavailable: &quarter}
	var times []float64
	last := figures{Scenario: scenario}
	for run := 0; run <= runs; run++ {
		world := newCluster(scenario, nodes)
		manager := world.manager()
		start := time.Now()
		state, err := manager.BuildState(context.Background(), namespace, driverLabels)
		if err != nil {
			return last, err
		}
		if err := manager.ApplyState(context.Background(), state, policy); err != nil {
			return last, err
		}
		if run > 0 {
			times = append(times, time.Since(start).Seconds())
		}
		last.Patches, last.OtherWrites, last.Checksum = world.patches, world.others, world.checksum()
	}
	sort.Float64s(times)
	last.Seconds = times[len(times)/2]
	return last, nil
}

func main() {
	nodes := flag.Int("nodes", 10000, "nodes in the world")
	runs := flag.Int("runs", 3, "measured runs a scenario, after one that is not")
	worlds := flag.String("worlds", "", "a file of worlds to take one pass over each, instead of measuring")
	flag.Parse()
	upgrade.SetDriverName("ofed")
	crlog.SetLogger(logr.Discard())
	if *worlds != "" {
		if err := passOverEach(*worlds, os.Stdout); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", *worlds, err)
			os.Exit(1)
		}
		return
	}
	out := json.NewEncoder(os.Stdout)
	for _, scenario := range []string{"steady", "first", "mixed"} {
		result, err := measure(scenario, *nodes, *runs)
		if err == nil {
			err = out.Encode(result)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", scenario, err)
			os.Exit(1)
		}
	}
}
