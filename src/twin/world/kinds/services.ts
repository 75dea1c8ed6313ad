/**
 * Services: defaults, and an address of their own. The real server gives addresses out of a range and gives them back; here
 * each follows from the Service's uid.
 */
import { dig, digList, digText } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { fnv1a } from '../../fnv.ts';
import { changeEach, changeMap, type KindRules, orDefaults, WITH_STATUS } from '../kind-rules.ts';
import { type Cause, duplicateValue, invalidValue, requiredValue } from '../status.ts';
import type { JsonMap } from '../stored-value.ts';

const HEADLESS = 'None';

const addressOf = (uid: string): string => {
  const drawn = fnv1a(uid) % 65_000;
  return `10.96.${Math.floor(drawn / 254)}.${(drawn % 254) + 1}`;
};

const withAddress = (service: KubeObject, before?: KubeObject): KubeObject =>
  changeMap(service, 'spec', (spec) => {
    if (spec['type'] === 'ExternalName') return spec;
    const kept = dig(before, 'spec', 'clusterIP');
    const clusterIP = spec['clusterIP'] ?? kept ?? addressOf(service.metadata.uid ?? '');
    // A headless Service without a selector is for addresses of any family.
    const isAnyFamily = clusterIP === HEADLESS && spec['selector'] === undefined && before === undefined;
    const families: JsonMap = isAnyFamily
      ? { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' }
      : { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
    return orDefaults(spec, { clusterIP, clusterIPs: [clusterIP], ...families });
  }) as KubeObject;

const causes: KindRules['validate'] = (service, before) => {
  const [was, is] = [before, service].map((one) => digText(one, 'spec', 'clusterIP') ?? '');
  return was === '' || was === undefined || was === is
    ? portCauses(service)
    : [invalidValue('spec.clusterIPs[0]', [is], 'may not change once set'), ...portCauses(service)];
};

const portCauses = (service: KubeObject): readonly Cause[] => {
  const ports = digList(service, 'spec', 'ports');
  const needsNone =
    digText(service, 'spec', 'clusterIP') === HEADLESS || digText(service, 'spec', 'type') === 'ExternalName';
  if (ports.length === 0) return needsNone ? [] : [requiredValue('spec.ports')];
  const names = ports.map((port) => digText(port, 'name') ?? '');
  return names.flatMap((name, at) => {
    if (name === '') return ports.length > 1 ? [requiredValue(`spec.ports[${at}].name`)] : [];
    return names.indexOf(name) < at ? [duplicateValue(`spec.ports[${at}].name`, name)] : [];
  });
};

export const SERVICE_RULES: KindRules = {
  ...WITH_STATUS,
  countsGeneration: false,
  createsOnUpdate: true,
  names: 'label',
  subresources: ['proxy', 'status'],
  selectable: ['spec.clusterIP', 'spec.type'],
  zero: { spec: {}, status: { loadBalancer: {} } },
  complete: (service) =>
    changeMap(service, 'spec', (spec) =>
      changeEach(
        orDefaults(spec, { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster' }),
        'ports',
        (port) => orDefaults(port, { protocol: 'TCP', targetPort: port['port'] }),
      ),
    ) as KubeObject,
  onCreate: (service) => ({ ...withAddress(service), status: { loadBalancer: {} } }),
  onUpdate: withAddress,
  validate: causes,
};
