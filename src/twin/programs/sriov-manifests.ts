/** The objects that the SR-IOV operator makes on a cluster, with the images of a network operator release. */
import type { KubeObject } from '../../core/model/kube-object.ts';
import { releaseImages } from '../../core/release/chart-facts.ts';
import { imageText } from '../../core/release/judge-image.ts';

export const imageFor = (release: string, component: string): string => {
  const image = releaseImages(release).get(component);
  if (image === undefined) throw new Error(`release ${release} has no image of ${component}`);
  return imageText(image);
};

export interface NodeAgent {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly container: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A privileged pod on each selected node, on the host's network and with its root at /host; `app` is the set's name. */
export const nodeAgent = ({ name, namespace, image, container, nodeSelector, env = {} }: NodeAgent): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace, labels: { app: name } },
  spec: {
    selector: { matchLabels: { app: name } },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '33%' } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        hostNetwork: true,
        hostPID: true,
        nodeSelector,
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            name: container,
            image,
            securityContext: { privileged: true },
            env: [
              { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
              ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
            ],
            resources: { requests: { cpu: '100m', memory: '100Mi' } },
            volumeMounts: [{ name: 'host', mountPath: '/host' }],
          },
        ],
        volumes: [{ name: 'host', hostPath: { path: '/' } }],
      },
    },
  },
});
