/**
 * Addresses of BMCs as people and metal3 write them: `https://10.1.0.30/redfish/v1/Systems/DGX`, `redfish://...`,
 * `idrac-redfish://...`, `redfish-virtualmedia+https://...`, `ipmi://10.1.0.30:623`, or a bare host, which metal3 reads as
 * IPMI (baremetal-operator docs/api.md, spec.bmc.address).
 */
import { fail, ok, type Result } from '../result.ts';

export type BmcAddress =
  | {
      readonly protocol: 'redfish';
      /** Scheme, host and port: `https://10.1.0.30`. */
      readonly origin: string;
      /** Path of the system resource, where the address names one. */
      readonly system?: string;
    }
  | { readonly protocol: 'ipmi'; readonly host: string; readonly port?: number };

/** Whatever manages the host's media or firmware besides, its power is switched by Redfish. */
const REDFISH = /^(?:[a-z0-9]+-)?redfish(?:-[a-z]+)?(?:\+(https?))?$/;
const IPMI = /^(?:ipmi|libvirt)$/;
const PARTS = /^(?:([a-z0-9+-]+):\/\/)?(\[[0-9a-f:]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?(\/\S*)?$/i;

const refuse = (text: string, why: string): Result<never> =>
  fail(
    'bmc-address',
    `${JSON.stringify(text)} is no address of a BMC: ${why}; write https://HOST/redfish/v1/Systems/ID or ipmi://HOST.`,
  );

export const parseBmcAddress = (text: string): Result<BmcAddress> => {
  if (/^[a-z0-9+-]+:\/\/[^/]*@/i.test(text))
    return fail('bmc-address', 'An address of a BMC holds a user name or password; keep them in the Secret.');
  const match = PARTS.exec(text.trim());
  if (match === null) return refuse(text, 'it has no host');
  const [, scheme = 'ipmi', host = '', portText, path = ''] = match;
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (port === 0 || port > 65_535)) return refuse(text, 'its port is out of range');
  const lower = scheme.toLowerCase();
  if (IPMI.test(lower)) return ok({ protocol: 'ipmi', host, ...(port === undefined ? {} : { port }) });
  const transport = /^https?$/.test(lower)
    ? lower
    : (REDFISH.exec(lower)?.[1] ?? (REDFISH.test(lower) ? 'https' : undefined));
  if (transport === undefined) return refuse(text, `${scheme}:// is not known`);
  const origin = `${transport}://${host}${port === undefined ? '' : `:${port}`}`;
  const system = path.replace(/\/+$/, '');
  return ok({ protocol: 'redfish', origin, ...(system === '' || system === '/redfish/v1' ? {} : { system }) });
};

export const showBmcAddress = (address: BmcAddress): string =>
  address.protocol === 'ipmi'
    ? `ipmi://${address.host}${address.port === undefined ? '' : `:${address.port}`}`
    : `${address.origin}${address.system ?? '/redfish/v1'}`;
