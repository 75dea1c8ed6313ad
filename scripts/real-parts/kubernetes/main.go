// Command realparts is a whole Kubernetes control plane, kwok and helm in one program, for tests.
// The first argument names the part; everything after it is that part's own command line.
// Only the chosen part is constructed: each of them registers global flags and feature gates.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/etcdmain"
	helm "helm.sh/helm/v4/pkg/cmd"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kwokconfig "sigs.k8s.io/kwok/pkg/config"
	kwok "sigs.k8s.io/kwok/pkg/kwok/cmd"
	kwoklog "sigs.k8s.io/kwok/pkg/log"
)

// parts maps a name to what runs it and returns the exit code.
var parts = map[string]func() int{
	"etcd":                    runEtcd,
	"kube-apiserver":          func() int { return cli.Run(apiserver.NewAPIServerCommand()) },
	"kube-controller-manager": func() int { return cli.Run(controllermanager.NewControllerManagerCommand()) },
	"kube-scheduler":          func() int { return cli.Run(scheduler.NewSchedulerCommand()) },
	"kubectl":                 func() int { return codeOf(cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand())) },
	"kwok":                    func() int { return codeOf(runKwok()) },
	"helm":                    func() int { return codeOf(runHelm()) },
}

func main() {
	if len(os.Args) < 2 || parts[os.Args[1]] == nil {
		names := make([]string, 0, len(parts))
		for name := range parts {
			names = append(names, name)
		}
		slices.Sort(names)
		fmt.Fprintln(os.Stderr, "usage: realparts PART [ARGUMENT...], where PART is one of", strings.Join(names, ", "))
		os.Exit(2)
	}
	// Each part reads os.Args itself, so that its name must stand where a program's name does.
	os.Args = os.Args[1:]
	if os.Getenv("REALPARTS_STDIN_HOLDS") == "1" {
		go exitWithStdin()
	}
	os.Exit(parts[os.Args[0]]())
}

// exitWithStdin ends this process when whoever started it is gone: their end of the pipe closes, even after a SIGKILL.
func exitWithStdin() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(1)
}

func runEtcd() int {
	etcdmain.Main(os.Args)
	return 0
}

func runKwok() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// kwok reads its configuration files before its command line is parsed as a whole.
	early := pflag.NewFlagSet("kwok", pflag.ContinueOnError)
	early.ParseErrorsAllowlist.UnknownFlags = true
	early.Usage = func() {}
	ctx, _ = kwoklog.InitFlags(ctx, early)
	ctx, err := kwokconfig.InitFlags(ctx, early)
	if err != nil {
		return err
	}
	command := kwok.NewCommand(ctx)
	// Kubernetes' packages own the global --version flag; with one of its own kwok exits at once.
	command.Version = ""
	command.PersistentFlags().AddFlagSet(early)
	return command.ExecuteContext(ctx)
}

func runHelm() error {
	command, err := helm.NewRootCmd(os.Stdout, os.Args[1:], helm.SetupLogging)
	if err != nil {
		return err
	}
	return command.Execute()
}

func codeOf(err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}
