/** Commands that several rules print, with the names that the input knows in them. */
import { digText } from '../model/dig.ts';
import type { Facts } from './facts.ts';

/** The log of the config daemon on one node: its pod by name where the input has it, else found by label. */
export const daemonLogCommand = ({ cli, podsOn, operators }: Facts, node: string, tail = 200): string => {
  const pod = podsOn(node).find(
    ({ object }) => digText(object, 'metadata', 'labels', 'app') === 'sriov-network-config-daemon',
  );
  const namespace = pod?.object.metadata.namespace ?? operators.namespaces[0] ?? 'NAMESPACE';
  if (pod !== undefined) return `${cli} logs -n ${namespace} ${pod.object.metadata.name} --tail=${tail}`;
  return `${cli} logs -n ${namespace} --tail=${tail} $(${cli} get pods -n ${namespace} -l app=sriov-network-config-daemon --field-selector spec.nodeName=${node} -o name)`;
};
