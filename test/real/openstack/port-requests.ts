/** Requests on Ironic ports that the shared cases do not hold, to be asked of us and of the real server alike. */
import type { JsonObject } from '../../../src/testing/cases/case-kind.ts';

export interface PortRequest {
  readonly name: string;
  readonly given: JsonObject;
}

const LINK = { hostname: 'host1', port_id: 'rep0-0' };
const CLASSIC = { switch_id: '0A:1B:2C:3D:4E:5F', port_id: 'Gig0/1' };
const post = (name: string, body: JsonObject, more: JsonObject = {}): PortRequest => ({
  name: `post ${name}`,
  given: { post: body, ...more },
});
const patch = (name: string, operations: JsonObject['patch'], more: JsonObject = {}): PortRequest => ({
  name: `patch ${name}`,
  given: { patch: operations ?? null, ...more },
});
const set = (path: string, value: JsonObject[string]): JsonObject => ({ op: 'add', path, value });

export const PORT_REQUESTS: readonly PortRequest[] = [
  post('link null', { is_smartnic: true, local_link_connection: null }),
  post('hostname only', { is_smartnic: true, local_link_connection: { hostname: 'h' } }),
  post('port_id only', { is_smartnic: true, local_link_connection: { port_id: 'p' } }),
  post('unmanaged link', { is_smartnic: true, local_link_connection: { network_type: 'unmanaged' } }),
  post('unmanaged link, no smart NIC', { local_link_connection: { network_type: 'unmanaged' } }),
  post('managed only', { local_link_connection: { network_type: 'managed' } }),
  post('unknown network type', { local_link_connection: { ...LINK, network_type: 'x' } }),
  post('number in the link', { local_link_connection: { ...LINK, switch_info: 1 } }),
  post('link is a text', { local_link_connection: 'x' }),
  post('datapath id', { local_link_connection: { switch_id: '0000AABBCCDDEEFF', port_id: 'p' } }),
  post('switch_id is neither', { is_smartnic: true, local_link_connection: { ...LINK, switch_id: 'zz' } }),
  post('classic link', { local_link_connection: CLASSIC }),
  post('flag yes', { is_smartnic: 'yes', local_link_connection: LINK }),
  post('flag 1', { is_smartnic: '1', local_link_connection: LINK }),
  post('flag ON', { is_smartnic: 'ON', local_link_connection: LINK }),
  post('flag is a number', { is_smartnic: 1, local_link_connection: LINK }),
  post('flag null', { is_smartnic: null }),
  post('pxe_enabled null', { pxe_enabled: null }),
  post('version 1.52 without the flag', { local_link_connection: CLASSIC }, { api_version: '1.52' }),
  post('vtep link with 1.82', {
    local_link_connection: { port_id: 'p', 'vtep-logical-switch': 'a', 'vtep-physical-switch': 'b' },
  }),
  post('no flag', { local_link_connection: CLASSIC }),
  post('unknown key', { bogus: 1 }),
  post('address is none', { address: 'nomac' }),
  post('address with dashes', { address: '52-54-00-AA-CC-02' }),
  post('unknown node', { node_uuid: '00000000-0000-0000-0000-000000000000' }),
  post('physical network empty', { physical_network: '' }),
  post('physical network too long', { physical_network: 'x'.repeat(65) }),
  post('version 1.18 with a link', { local_link_connection: CLASSIC }, { api_version: '1.18' }),
  post('version 1.33 with a physical network', { physical_network: 'p' }, { api_version: '1.33' }),
  post(
    'version 1.63 with a network type',
    { local_link_connection: { ...CLASSIC, network_type: 'managed' } },
    { api_version: '1.63' },
  ),
  post('version too high', {}, { api_version: '1.999' }),
  post('wrong major version', {}, { api_version: '9.9' }),
  patch('flag true', [{ op: 'replace', path: '/is_smartnic', value: true }], { is_smartnic: false }),
  patch('flag True', [set('/is_smartnic', 'True')], { is_smartnic: false }),
  patch('flag null', [{ op: 'replace', path: '/is_smartnic', value: null }]),
  patch('flag with version 1.52', [set('/is_smartnic', true)], { api_version: '1.52' }),
  patch('unknown path', [set('/nope', 1)]),
  patch('read-only path', [set('/created_at', 'x')]),
  patch('op test', [{ op: 'test', path: '/is_smartnic', value: true }]),
  patch('op missing', [{ path: '/is_smartnic', value: true }]),
  patch('not a list', { a: 1 }),
  patch('remove of a missing member', [{ op: 'remove', path: '/extra/nope' }]),
  patch('replace of a missing member', [{ op: 'replace', path: '/extra/nope', value: 1 }]),
  patch('one key of the link', [set('/local_link_connection/port_id', 'rep0-7')]),
  patch('unknown key of the link', [set('/local_link_connection/bogus', 'x')]),
  patch('link without hostname', [{ op: 'remove', path: '/local_link_connection/hostname' }], { is_smartnic: false }),
  patch('three at once', [set('/extra/a', 'b'), set('/pxe_enabled', 'False'), set('/physical_network', 'physnet1')]),
  patch('address removed', [{ op: 'remove', path: '/address' }]),
  patch('address in upper case', [set('/address', '52:54:00:AA:CC:77')]),
  patch('pxe_enabled removed', [{ op: 'remove', path: '/pxe_enabled' }]),
  ...['enroll', 'inspecting', 'inspect wait', 'available', 'active', 'clean failed'].flatMap((state) =>
    ['extra', 'address', 'local_link_connection', 'is_smartnic', 'pxe_enabled', 'physical_network'].flatMap(
      (attribute) =>
        [false, true].map((maintenance) => ({
          name: `patch ${attribute} while ${state}${maintenance ? ' in maintenance' : ''}`,
          given: { node_state: state, patch_attr: attribute, maintenance },
        })),
    ),
  ),
  {
    name: 'patch extra while inspecting, 1.38',
    given: { node_state: 'inspecting', patch_attr: 'extra', api_version: '1.38' },
  },
  {
    name: 'patch address of a node with an instance',
    given: { node_state: 'available', patch_attr: 'address', instance_uuid: '7d3a2c1e-0000-4000-8000-000000000001' },
  },
  { name: 'delete', given: { delete: 'port' } },
  { name: 'delete while active', given: { delete: 'port', node_state: 'active' } },
  { name: 'get 1.82', given: { get: 'port' } },
  { name: 'get 1.1', given: { get: 'port', api_version: '1.1' } },
  { name: 'get 1.18', given: { get: 'port', api_version: '1.18' } },
  { name: 'get 1.33', given: { get: 'port', api_version: '1.33' } },
  { name: 'get fields with 1.52', given: { get: 'port', fields: 'uuid,is_smartnic', api_version: '1.52' } },
  { name: 'list fields', given: { get: 'ports?fields=uuid,is_smartnic' } },
  { name: 'list fields with 1.52', given: { get: 'ports?fields=uuid,is_smartnic', api_version: '1.52' } },
  { name: 'list limit -1', given: { get: 'ports?limit=-1' } },
  { name: 'list limit x', given: { get: 'ports?limit=x' } },
  { name: 'list marker unknown', given: { get: 'ports?marker=00000000-0000-0000-0000-000000000000' } },
  { name: 'list sort key bogus', given: { get: 'ports?sort_key=bogus' } },
  { name: 'list sort key extra', given: { get: 'ports?sort_key=extra' } },
  { name: 'list sort key is_smartnic with 1.52', given: { get: 'ports?sort_key=is_smartnic', api_version: '1.52' } },
  { name: 'list detail and fields', given: { get: 'ports?detail=true&fields=uuid' } },
];
