/** A grant as YAML documents that can be piped into `kubectl apply -f -`, after the reason why. */
import yaml from 'js-yaml';
import type { KubeObject } from '../../../core/model/kube-object.ts';

export const grantYaml = (objects: readonly KubeObject[]): string =>
  objects.map((object) => `---\n${yaml.dump(object, { lineWidth: -1, noRefs: true })}`).join('');
