/** What the server refuses in a pod's spec, of a pod or of a template (k8s.io/kubernetes pkg/apis/core/validation). */
import { digList, digNumber, digText, isMap } from '../../../core/model/dig.ts';
import { type Cause, duplicateValue, forbiddenValue, invalidValue, notFoundValue, requiredValue } from '../status.ts';

export const podSpecCauses = (spec: unknown, path: string): readonly Cause[] => {
  const volumes = digList(spec, 'volumes').map((volume) => digText(volume, 'name') ?? '');
  const containers = digList(spec, 'containers');
  return [
    ...namesCauses(volumes, `${path}.volumes`),
    ...digList(spec, 'volumes').flatMap((volume, at) => sourceCauses(volume, `${path}.volumes[${at}]`)),
    ...(containers.length === 0 ? [requiredValue(`${path}.containers`)] : []),
    ...['initContainers', 'containers'].flatMap((list) => {
      const all = digList(spec, list);
      return [
        ...namesCauses(
          all.map((one) => digText(one, 'name') ?? ''),
          `${path}.${list}`,
        ),
        ...all.flatMap((container, at) => containerCauses(container, volumes, `${path}.${list}[${at}]`)),
      ];
    }),
  ];
};

const namesCauses = (names: readonly string[], path: string): readonly Cause[] =>
  names.flatMap((name, at) => {
    const field = `${path}[${at}].name`;
    if (name === '') return [requiredValue(field)];
    return names.indexOf(name) < at ? [duplicateValue(field, name)] : [];
  });

const sourceCauses = (volume: unknown, path: string): readonly Cause[] =>
  (isMap(volume) ? Object.keys(volume) : [])
    .filter((key) => key !== 'name')
    .slice(1)
    .map((key) => forbiddenValue(`${path}.${key}`, 'may not specify more than 1 volume type'));

const containerCauses = (container: unknown, volumes: readonly string[], path: string): readonly Cause[] => [
  ...((digText(container, 'image') ?? '') === '' ? [requiredValue(`${path}.image`)] : []),
  ...digList(container, 'ports').flatMap((port, at) => {
    const number = digNumber(port, 'containerPort');
    const field = `${path}.ports[${at}].containerPort`;
    if (number === undefined) return [requiredValue(field)];
    return number > 0 && number < 65_536 ? [] : [invalidValue(field, number, 'must be between 1 and 65535, inclusive')];
  }),
  ...digList(container, 'env').flatMap((entry, at) =>
    (digText(entry, 'name') ?? '') === '' ? [requiredValue(`${path}.env[${at}].name`)] : [],
  ),
  ...digList(container, 'volumeMounts').flatMap((mount, at) => {
    const name = digText(mount, 'name') ?? '';
    const field = `${path}.volumeMounts[${at}]`;
    if (name === '') return [requiredValue(`${field}.name`)];
    return [
      ...(volumes.includes(name) ? [] : [notFoundValue(`${field}.name`, name)]),
      ...((digText(mount, 'mountPath') ?? '') === '' ? [requiredValue(`${field}.mountPath`)] : []),
    ];
  }),
];
