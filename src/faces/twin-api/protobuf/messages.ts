/** The messages of data/kubernetes-messages.ts as maps, read when the first protobuf body comes. */
import { KUBERNETES_MESSAGES } from './data/kubernetes-messages.ts';

export interface MessageField {
  readonly name: string;
  /** `string`, `int32`, `bytes`, `core.PodSpec`, ... */
  readonly type: string;
  readonly shape: 'one' | 'list' | 'map';
  /** A zero is a value, not an absence. */
  readonly keepsZero: boolean;
  /** A struct that Go embeds: in JSON its fields stand beside those of the message around it. */
  readonly isEmbedded: boolean;
}

export type Message = ReadonlyMap<number, MessageField>;

let read: ReadonlyMap<string, Message> | undefined;

/** `core.ConfigMap`; undefined for messages that are not in the table. */
export const messageNamed = (name: string): Message | undefined => (read ??= readTable()).get(name);

const readTable = (): ReadonlyMap<string, Message> =>
  new Map(
    KUBERNETES_MESSAGES.trim()
      .split('\n')
      .map((line): [string, Message] => {
        const [name = '', fields = ''] = line.split(/: ?/, 2);
        const home = name.slice(0, name.indexOf('.'));
        return [name, new Map(fields === '' ? [] : fields.split(', ').map((field) => fieldOf(field, home)))];
      }),
  );

const EMBEDDED: ReadonlySet<string> = new Set([
  'volumeSource',
  'persistentVolumeSource',
  'localObjectReference',
  'handler',
  'ephemeralContainerCommon',
]);

/** Fields whose JSON is spelled otherwise. */
const JSON_NAMES: Readonly<Record<string, string>> = {
  uID: 'uid',
  xKubernetesEmbeddedResource: 'x-kubernetes-embedded-resource',
  xKubernetesIntOrString: 'x-kubernetes-int-or-string',
  xKubernetesListMapKeys: 'x-kubernetes-list-map-keys',
  xKubernetesListType: 'x-kubernetes-list-type',
  xKubernetesMapType: 'x-kubernetes-map-type',
  xKubernetesPreserveUnknownFields: 'x-kubernetes-preserve-unknown-fields',
  xKubernetesValidations: 'x-kubernetes-validations',
};

/** `core` of `core/v1`: groups by the short names of the table; those of the same name are left out. */
const PACKAGES: Readonly<Record<string, string>> = {
  v1: 'core',
  'autoscaling/v2': 'autoscaling2',
  'meta.k8s.io/v1': 'meta',
};

/** `core.Pod` of `v1` and `Pod`. Whether there is such a message is another question. */
export const messageOf = (apiVersion: string, kind: string): string => {
  const [group = ''] = apiVersion.split('/');
  return `${PACKAGES[apiVersion] ?? group.split('.')[0] ?? ''}.${kind}`;
};

const fieldOf = (text: string, home: string): [number, MessageField] => {
  const [number = '', name = '', written = ''] = text.split(' ');
  const bare = written.replaceAll(/[[\]{}]/g, '');
  const shape = written.endsWith('[]') ? 'list' : written.startsWith('{') ? 'map' : 'one';
  return [
    Number.parseInt(number, 10),
    {
      name: JSON_NAMES[name] ?? name,
      type: bare.startsWith('.') ? home + bare : bare,
      shape,
      keepsZero: number.endsWith('!'),
      isEmbedded: EMBEDDED.has(name),
    },
  ];
};
