/**
 * What is needed to speak to the BMC of one node, and where it stands: a file of the user, the Secret of the namespace, an
 * annotation of the node with a Secret for the account, or metal3's BareMetalHost. The first that names the node counts.
 */
import { z } from 'zod';
import { dig, digFlag, digText, digTexts } from '../model/dig.ts';
import { objectPath, type KubeObject } from '../model/kube-object.ts';
import { fail, ok, type Result } from '../result.ts';
import { parseBmcAddress, type BmcAddress } from './bmc-address.ts';
import { powerCommandsSchema, type PowerCommands } from './power-commands.ts';

/** Holds one entry per node, and `default` for what entries leave out (mostly the account). */
export const BMC_SECRET = 'nicwright-bmc';
/** On a node: the address of its BMC. The account is that of the Secret's `default`, or of BMC_ACCOUNT. */
export const BMC_ANNOTATION = 'nicwright.dev/bmc';
/** On a node: the name of a Secret in Nicwright's namespace with `username` and `password`. */
export const BMC_ACCOUNT_ANNOTATION = 'nicwright.dev/bmc-account';

const fingerprint = z.string().regex(/^(?:[0-9a-f]{2}:?){32}$/i, 'is no SHA-256 fingerprint');

/** The BMC of a BlueField of the node; account and certificate as those of the host's BMC where it names none. */
const armSchema = z.strictObject({
  /** PCI address of the card, with or without its function. */
  card: z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}(?:\.[0-7])?$/i, 'is no PCI address such as 0000:29:00'),
  address: z.string(),
  /** Of the BlueField: another one must not be shut down for it. */
  serial: z.string(),
  username: z.string().optional(),
  password: z.string().optional(),
  ca: z.string().optional(),
  fingerprint: fingerprint.optional(),
  auth: z.enum(['auto', 'session', 'basic']).optional(),
});

const entrySchema = z.strictObject({
  address: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  /** PEM. */
  ca: z.string().optional(),
  /** SHA-256 of the BMC's certificate. */
  fingerprint: fingerprint.optional(),
  auth: z.enum(['auto', 'session', 'basic']).optional(),
  /** Of the machine, to prove that this BMC is its own where the cluster does not know the UUID. */
  serial: z.string().optional(),
  command: powerCommandsSchema.optional(),
  arms: z.array(armSchema).optional(),
});

export type BmcEntryFields = z.infer<typeof entrySchema>;

export interface BmcEntry {
  readonly via: { readonly address: BmcAddress } | { readonly command: PowerCommands };
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string;
  readonly fingerprint?: string;
  readonly auth?: 'auto' | 'session' | 'basic';
  readonly serial?: string;
  /** BMCs of BlueFields by card (`0000:29:00`), each an entry of its own. */
  readonly arms?: Readonly<Record<string, BmcEntry>>;
  /** For reports: `Secret/nicwright-system/nicwright-bmc`. */
  readonly source: string;
}

/** What a map of entries says of a node; `default` fills what the node's own leaves out. */
export const entryOf = (
  node: string,
  map: Readonly<Record<string, unknown>>,
  source: string,
): Result<BmcEntryFields | undefined> => {
  if (!Object.hasOwn(map, node)) return ok(undefined);
  const parsed = entrySchema.safeParse({ ...fields(map['default']), ...fields(map[node]) });
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  const where = [node, ...(issue?.path ?? [])].join('.');
  return fail(
    'bmc-entry',
    `${source}: ${where}: ${issue?.message ?? 'is no entry'}; see docs/power.md for its fields.`,
  );
};

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

export const completeEntry = (node: string, entry: BmcEntryFields, source: string): Result<BmcEntry> => {
  const { address, command, arms: listed = [], ...rest } = entry;
  const arms: Record<string, BmcEntry> = {};
  for (const { card, ...arm } of listed) {
    const { serial: _serial, ...account } = defined(rest);
    const complete = completeEntry(`${node}, arms, ${card}`, { ...account, ...defined(arm) }, source);
    if (!complete.ok) return complete;
    arms[card.toLowerCase().replace(/\.[0-7]$/, '')] = complete.value;
  }
  const base = { ...defined(rest), ...(listed.length > 0 && { arms }), source };
  if (command !== undefined) return ok({ via: { command }, ...base });
  if (address === undefined)
    return fail('bmc-entry', `${source}: ${node} has neither an address nor a command; give one of them.`);
  const parsed = parseBmcAddress(address);
  if (!parsed.ok) return fail(parsed.fault.code, `${source}: ${node}: ${parsed.fault.message}`);
  if (entry.username === undefined || entry.password === undefined)
    return fail('bmc-entry', `${source}: ${node} has no user name and password; give them there, or under default.`);
  return ok({ via: { address: parsed.value }, ...base });
};

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
const defined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>;

/** Address and Secret that a node's own annotations name. */
export const annotatedBmc = (node: KubeObject): { readonly address: string; readonly account?: string } | undefined => {
  const annotations = digTexts(node, 'metadata', 'annotations');
  const address = annotations[BMC_ANNOTATION];
  const account = annotations[BMC_ACCOUNT_ANNOTATION];
  return address === undefined ? undefined : { address, ...(account === undefined ? {} : { account }) };
};

export interface MetalHost {
  readonly host: KubeObject;
  readonly address: string;
  /** In the host's own namespace; keys `username` and `password`. */
  readonly credentials: string;
  readonly serial?: string;
  /** The host says that any certificate is good; Nicwright asks for a fingerprint all the same. */
  readonly trustsAnyCertificate: boolean;
}

/** `metal3://NAMESPACE/NAME/...` of node.spec.providerID, else a host of the node's name. */
const isHostOf =
  (node: KubeObject) =>
  ({ metadata }: KubeObject): boolean => {
    const provider = /^metal3:\/\/([^/]+)\/([^/]+)/.exec(digText(node, 'spec', 'providerID') ?? '');
    if (provider !== null) return metadata.namespace === provider[1] && metadata.name === provider[2];
    return metadata.name === node.metadata.name;
  };

/** The BareMetalHost of a node. Two of the same name in two namespaces are none: it is not known which is meant. */
export const metalHostOf = (node: KubeObject, hosts: readonly KubeObject[]): Result<MetalHost | undefined> => {
  const own = hosts.filter(isHostOf(node));
  const [host, other] = own;
  if (host === undefined) return ok(undefined);
  if (other !== undefined)
    return fail(
      'bmc-entry',
      `${node.metadata.name}: ${own.map(objectPath).join(' and ')} both bear its name; say in the annotation ${BMC_ANNOTATION} which BMC is its own.`,
    );
  const address = digText(host, 'spec', 'bmc', 'address');
  const credentials = digText(host, 'spec', 'bmc', 'credentialsName');
  if (address === undefined || credentials === undefined) return ok(undefined);
  const serial = digText(host, 'status', 'hardware', 'systemVendor', 'serialNumber');
  return ok({
    host,
    address,
    credentials,
    ...(serial === undefined ? {} : { serial }),
    trustsAnyCertificate: digFlag(host, 'spec', 'bmc', 'disableCertificateVerification') === true,
  });
};

/** metal3 switches power by its own when `online` is set; two owners of one power switch hurt each other. */
export const metal3Owns = (host: KubeObject): string | undefined =>
  dig(host, 'metadata', 'annotations', 'baremetalhost.metal3.io/paused') === undefined &&
  digFlag(host, 'spec', 'online') !== undefined
    ? `metal3 (${objectPath(host)}, online: ${String(digFlag(host, 'spec', 'online'))})`
    : undefined;
