/**
 * Why a DaemonSet makes no pod on a node: node selector and taints, the two that matter for driver DaemonSets
 * (network-operator.md 1.8). Affinity terms and everything else of scheduling is core/placement's.
 */
import { digList, digText, digTexts } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { untolerated } from '../model/taint.ts';
import type { Taint, Toleration } from '../model/taint.ts';

/** One phrase a reason; empty when the DaemonSet selects the node. */
export const reasonsAgainst = (daemonSet: KubeObject, node: KubeObject): readonly string[] => {
  const labels = digTexts(node, 'metadata', 'labels');
  const missing = Object.entries(digTexts(daemonSet, 'spec', 'template', 'spec', 'nodeSelector'))
    .filter(([key, value]) => labels[key] !== value)
    .map(([key, value]) => `label ${key} is ${labels[key] ?? 'missing'}, not ${value}`);
  const taints = untolerated(
    digList(node, 'spec', 'taints').map(readTaint),
    digList(daemonSet, 'spec', 'template', 'spec', 'tolerations').map(readToleration),
  )
    // The DaemonSet controller adds tolerations for the node's own conditions and for cordons.
    .filter(({ effect, key }) => effect !== 'PreferNoSchedule' && !key.startsWith('node.kubernetes.io/'))
    .map(({ key, effect }) => `taint ${key}:${effect} is not tolerated`);
  return [...missing, ...taints];
};

const texts = (object: unknown, keys: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    keys.flatMap((key) => {
      const value = digText(object, key);
      return value === undefined ? [] : [[key, value]];
    }),
  );

const readTaint = (taint: unknown): Taint => ({ key: '', effect: '', ...texts(taint, ['key', 'value', 'effect']) });

const readToleration = (toleration: unknown): Toleration => texts(toleration, ['key', 'operator', 'value', 'effect']);
