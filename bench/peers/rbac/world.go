package main

import (
	"context"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/informers"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
)

// world keeps roles and bindings in maps: the best case of the authorizer, which asks for them at every question.
type world struct {
	roles               map[string]*rbacv1.Role
	clusterRoles        map[string]*rbacv1.ClusterRole
	roleBindings        map[string][]*rbacv1.RoleBinding
	clusterRoleBindings []*rbacv1.ClusterRoleBinding
}

func newWorld() *world {
	return &world{
		roles:        map[string]*rbacv1.Role{},
		clusterRoles: map[string]*rbacv1.ClusterRole{},
		roleBindings: map[string][]*rbacv1.RoleBinding{},
	}
}

func (w *world) add(one *line) {
	switch {
	case one.Role != nil:
		w.roles[one.Role.Namespace+"/"+one.Role.Name] = one.Role
	case one.ClusterRole != nil:
		w.clusterRoles[one.ClusterRole.Name] = one.ClusterRole
	case one.RoleBinding != nil:
		namespace := one.RoleBinding.Namespace
		w.roleBindings[namespace] = append(w.roleBindings[namespace], one.RoleBinding)
	case one.ClusterRoleBinding != nil:
		w.clusterRoleBindings = append(w.clusterRoleBindings, one.ClusterRoleBinding)
	}
}

func (w *world) GetRole(_ context.Context, namespace, name string) (*rbacv1.Role, error) {
	if role := w.roles[namespace+"/"+name]; role != nil {
		return role, nil
	}
	return nil, apierrors.NewNotFound(rbacv1.Resource("roles"), name)
}

func (w *world) GetClusterRole(_ context.Context, name string) (*rbacv1.ClusterRole, error) {
	if role := w.clusterRoles[name]; role != nil {
		return role, nil
	}
	return nil, apierrors.NewNotFound(rbacv1.Resource("clusterroles"), name)
}

func (w *world) ListRoleBindings(_ context.Context, namespace string) ([]*rbacv1.RoleBinding, error) {
	return w.roleBindings[namespace], nil
}

func (w *world) ListClusterRoleBindings(_ context.Context) ([]*rbacv1.ClusterRoleBinding, error) {
	return w.clusterRoleBindings, nil
}

// byListers is the authorizer as kube-apiserver wires it: every question copies the list of ClusterRoleBindings.
func (w *world) byListers() *rbac.RBACAuthorizer {
	shared := informers.NewSharedInformerFactory(nil, 0).Rbac().V1()
	for _, role := range w.roles {
		_ = shared.Roles().Informer().GetIndexer().Add(role)
	}
	for _, role := range w.clusterRoles {
		_ = shared.ClusterRoles().Informer().GetIndexer().Add(role)
	}
	for _, bindings := range w.roleBindings {
		for _, binding := range bindings {
			_ = shared.RoleBindings().Informer().GetIndexer().Add(binding)
		}
	}
	for _, binding := range w.clusterRoleBindings {
		_ = shared.ClusterRoleBindings().Informer().GetIndexer().Add(binding)
	}
	return rbac.New(
		&rbac.RoleGetter{Lister: shared.Roles().Lister()},
		&rbac.RoleBindingLister{Lister: shared.RoleBindings().Lister()},
		&rbac.ClusterRoleGetter{Lister: shared.ClusterRoles().Lister()},
		&rbac.ClusterRoleBindingLister{Lister: shared.ClusterRoleBindings().Lister()},
	)
}
