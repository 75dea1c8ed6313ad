// Command reflector is the peer of our reflector: client-go's shared informers of nodes and pods.
//
//	reflector load -kubeconfig FILE -etcd URL -nodes N -pods N   fills a cluster with realistic objects
//	reflector sync -kubeconfig FILE -format json|protobuf        watches them until its caches are synced
//
// Each prints one line of JSON. The cluster must run without controller-manager and scheduler.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: reflector load|sync [FLAG...]"))
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "kubeconfig of the cluster")
	etcd := flags.String("etcd", "", "address of its etcd")
	nodes := flags.Int("nodes", 1000, "how many nodes to make")
	pods := flags.Int("pods", 10000, "how many pods to make")
	format := flags.String("format", "json", "what to ask the server for: json or protobuf")
	fail(flags.Parse(os.Args[2:]))

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	fail(err)
	var result any
	switch os.Args[1] {
	case "load":
		result, err = load(config, *etcd, *nodes, *pods)
	case "sync":
		result, err = syncInformers(withFormat(config, *format))
	default:
		err = fmt.Errorf("there is no command %q", os.Args[1])
	}
	fail(err)
	fail(json.NewEncoder(os.Stdout).Encode(result))
}

func withFormat(config *rest.Config, format string) *rest.Config {
	if format == "protobuf" {
		config.ContentType = "application/vnd.kubernetes.protobuf"
		config.AcceptContentTypes = config.ContentType + ",application/json"
	}
	return config
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
