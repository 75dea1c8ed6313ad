/** Objects as the YAML that kubectl applies. */
import yaml from 'js-yaml';
import type { KubeObject } from '../../../core/model/kube-object.ts';

export const manifestText = (objects: readonly KubeObject[]): string =>
  objects.map((object) => yaml.dump(JSON.parse(JSON.stringify(object)), { lineWidth: -1, noRefs: true })).join('---\n');
