// The RBAC authorizer of k8s.io/kubernetes over a world in a file, as the peer of bench/workloads/rbac-evaluate.ts.
//
// The file holds JSON lines: {"role"|"clusterRole"|"roleBinding"|"clusterRoleBinding": OBJECT} and {"question": QUESTION}.
// Prints one JSON line: the answers as a text of A and N, and the median time of -runs rounds over all of them. Getters are
// maps, or with -listers the client-go listers that kube-apiserver itself uses.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"sort"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
)

type question struct {
	User        string   `json:"user"`
	Groups      []string `json:"groups"`
	Verb        string   `json:"verb"`
	Group       string   `json:"group"`
	Resource    string   `json:"resource"`
	Subresource string   `json:"subresource"`
	Namespace   string   `json:"namespace"`
	Name        string   `json:"name"`
	Path        string   `json:"path"`
}

func (q *question) attributes() authorizer.Attributes {
	return authorizer.AttributesRecord{
		User: &user.DefaultInfo{Name: q.User, Groups: q.Groups}, Verb: q.Verb, Namespace: q.Namespace,
		APIGroup: q.Group, Resource: q.Resource, Subresource: q.Subresource, Name: q.Name,
		ResourceRequest: q.Path == "", Path: q.Path,
	}
}

type line struct {
	Role               *rbacv1.Role               `json:"role"`
	ClusterRole        *rbacv1.ClusterRole        `json:"clusterRole"`
	RoleBinding        *rbacv1.RoleBinding        `json:"roleBinding"`
	ClusterRoleBinding *rbacv1.ClusterRoleBinding `json:"clusterRoleBinding"`
	Question           *question                  `json:"question"`
}

func read(file string) (*world, []authorizer.Attributes, error) {
	input, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer input.Close()
	objects, questions := newWorld(), []authorizer.Attributes{}
	for decoder := json.NewDecoder(bufio.NewReader(input)); ; {
		var one line
		if err := decoder.Decode(&one); err == io.EOF {
			return objects, questions, nil
		} else if err != nil {
			return nil, nil, err
		}
		if one.Question != nil {
			questions = append(questions, one.Question.attributes())
		} else {
			objects.add(&one)
		}
	}
}

func run() error {
	file := flag.String("world", "", "the file of objects and questions")
	runs := flag.Int("runs", 3, "measured rounds, after one that is not")
	listers := flag.Bool("listers", false, "client-go listers instead of maps")
	flag.Parse()
	objects, questions, err := read(*file)
	if err != nil {
		return err
	}
	var auth *rbac.RBACAuthorizer
	if *listers {
		auth = objects.byListers()
	} else {
		auth = rbac.New(objects, objects, objects, objects)
	}
	answers := make([]byte, len(questions))
	times := []float64{}
	for round := 0; round <= *runs; round++ {
		start := time.Now()
		for at, asked := range questions {
			decision, _, _ := auth.Authorize(context.Background(), asked)
			answers[at] = 'N'
			if decision == authorizer.DecisionAllow {
				answers[at] = 'A'
			}
		}
		if round > 0 {
			times = append(times, time.Since(start).Seconds())
		}
	}
	sort.Float64s(times)
	seconds := 0.0
	if len(times) > 0 {
		seconds = times[len(times)/2]
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"answers": string(answers), "seconds": seconds})
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
