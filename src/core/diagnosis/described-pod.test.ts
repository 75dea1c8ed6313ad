import { expect, test } from 'vitest';
import { initFailure } from './rules/dpf/init-failure.ts';
import { withDescribed } from './described-objects.ts';

const TEXT = `$ kubectl describe pod -n dpf-operator-system worker1-dms
Name:             worker1-dms
Namespace:        dpf-operator-system
Priority:         0
Service Account:  dpf-provisioning-dms-service-account
Node:             worker1/192.0.2.31
Start Time:       Tue, 01 Jul 2025 09:00:00 +0000
Labels:           provisioning.dpu.nvidia.com/component=dms
                  app=dms
Annotations:      <none>
Status:           Pending
IP:               192.0.2.31
Controlled By:    DPFOperatorConfig/dpfoperatorconfig
Init Containers:
  rshim-preflight:
    Image:         ghcr.io/nvidia/dms:v25.4.0
    State:          Terminated
      Reason:       Completed
      Exit Code:    0
    Ready:          True
    Restart Count:  0
  dms-init:
    Image:         ghcr.io/nvidia/dms:v25.4.0
    Args:
      /opt/dpf/dmsinit.sh --cmd register --external-certificate TODO
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       Error
      Message:      no card
      Exit Code:    1
    Ready:          False
    Restart Count:  14
    Environment:    <none>
Containers:
  dms:
    Image:          ghcr.io/nvidia/dms:v25.4.0
    State:          Waiting
      Reason:       PodInitializing
    Ready:          False
    Restart Count:  0
Conditions:
  Type              Status
  Initialized       False
  Ready             False
Volumes:
  dev:
    Type:          HostPath (bare host directory volume)
Events:
  Type     Reason   Age                   From     Message
  ----     ------   ----                  ----     -------
  Warning  BackOff  2m (x60 over 50m)     kubelet  Back-off restarting failed container dms-init
`;

test('a described pod is a pod again: where, as whom, and which init container fails', () => {
  const { objects } = withDescribed({
    objects: [],
    texts: [{ kind: 'host', text: TEXT, origin: { source: 'describe.txt' } }],
    gaps: [],
    listed: new Set(),
    sources: [],
  });
  const [pod, event] = objects;
  expect(pod?.object).toMatchObject({
    kind: 'Pod',
    metadata: { name: 'worker1-dms', namespace: 'dpf-operator-system', labels: { app: 'dms' } },
    spec: { nodeName: 'worker1', serviceAccountName: 'dpf-provisioning-dms-service-account' },
    status: { phase: 'Pending', conditions: [{ type: 'Initialized' }, { type: 'Ready', status: 'False' }] },
  });
  expect(pod === undefined ? undefined : initFailure(pod)).toMatchObject({
    container: 'dms-init',
    state: 'Init:CrashLoopBackOff',
    exitCode: 1,
    restarts: 14,
    message: 'no card',
  });
  expect(event?.object).toMatchObject({ kind: 'Event', reason: 'BackOff', involvedObject: { name: 'worker1-dms' } });
});
