/** Whether a chart accepts a Kubernetes version, and what to do when it does not. */
import { chartOf } from './chart-facts.ts';
import { isInRange, isVersion } from './version.ts';

export interface KubernetesGate {
  readonly verdict: 'accepted' | 'refused' | 'unknown';
  readonly range: string;
  readonly because: string;
  readonly wayOut?: string;
}

export const kubernetesGate = (release: string, kubeVersion: string | undefined): KubernetesGate => {
  const range = chartOf(release).kubeVersion;
  if (kubeVersion === undefined || !isVersion(kubeVersion))
    return {
      verdict: 'unknown',
      range,
      because: `the chart wants ${range}, and the input does not tell the Kubernetes version`,
      wayOut: 'kubectl version, then --kube-version vX.Y.Z',
    };
  if (isInRange(kubeVersion, range)) return { verdict: 'accepted', range, because: `${kubeVersion} is in ${range}` };
  if (isInRange(kubeVersion.replace(/-.*$/, ''), range))
    return {
      verdict: 'refused',
      range,
      because: `${kubeVersion} has a suffix, and a plain range (${range}) does not match versions with one`,
      wayOut:
        'Helm 4 drops the suffix before it compares; with Helm 3 take a release whose range ends in -0 (26.1 and later)',
    };
  return {
    verdict: 'refused',
    range,
    because: `${kubeVersion} is not in ${range}`,
    wayOut: 'upgrade Kubernetes first',
  };
};
