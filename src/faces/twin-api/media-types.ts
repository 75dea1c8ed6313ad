/**
 * Which form of an answer a client accepts, and which form its body has. The server knows JSON and YAML, each as the
 * object itself, as a Table, or as metadata alone; protobuf is read and never written, since every client that asks for
 * it takes JSON too.
 */

export interface MediaType {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Form {
  readonly encoding: 'json' | 'yaml';
  readonly as?: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'APIGroupDiscoveryList';
  /** Of `as`: `v1`, `v2`. */
  readonly version?: string;
}

export const mediaTypes = (header: string): readonly MediaType[] =>
  header
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [type = '', ...parameters] = entry.split(';').map((part) => part.trim());
      const pairs = parameters.map((pair): [string, string] => {
        const [key = '', value = ''] = pair.split('=');
        return [key.trim().toLowerCase(), value.trim().replaceAll('"', '')];
      });
      return { type: type.toLowerCase(), parameters: Object.fromEntries(pairs) };
    });

const ENCODINGS: Readonly<Record<string, Form['encoding']>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/*': 'json',
  '*/*': 'json',
};

const AS: Readonly<Record<string, { readonly group: string; readonly versions: readonly string[] }>> = {
  Table: { group: 'meta.k8s.io', versions: ['v1', 'v1beta1'] },
  PartialObjectMetadata: { group: 'meta.k8s.io', versions: ['v1', 'v1beta1'] },
  PartialObjectMetadataList: { group: 'meta.k8s.io', versions: ['v1', 'v1beta1'] },
  APIGroupDiscoveryList: { group: 'apidiscovery.k8s.io', versions: ['v2', 'v2beta1'] },
};

/** The first form of the Accept header that can be given; undefined when none can (406). */
export const acceptedForm = (header: string | undefined): Form | undefined => {
  const types = mediaTypes(header ?? '');
  if (types.length === 0) return { encoding: 'json' };
  for (const { type, parameters } of types) {
    const encoding = ENCODINGS[type];
    if (encoding === undefined) continue;
    const { as, g: group, v: version } = parameters;
    if (as === undefined) return { encoding };
    const known = AS[as];
    if (known !== undefined && known.group === group && version !== undefined && known.versions.includes(version))
      return { encoding, as: as as NonNullable<Form['as']>, version };
  }
  return undefined;
};
