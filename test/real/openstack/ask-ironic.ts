/** Asks a real Ironic what a smart NIC case asks: the same node state, the same port, the same request. */
import { digText, isMap } from '../../../src/core/model/dig.ts';
import type { JsonObject } from '../../../src/testing/cases/case-kind.ts';
import { existingPort, NODE_UUID, patchBodyOf, postBodyOf } from '../../../src/testing/cases/kinds/smartnic-port.ts';
import type { Ironic, IronicAnswer } from './ironic.ts';

export interface AskedIronic {
  readonly http: number;
  readonly message?: string;
  /** The port as Ironic shows it with the newest version asked for. */
  readonly stored?: Readonly<Record<string, unknown>>;
  readonly shown?: Readonly<Record<string, unknown>>;
}

/** Makes everything anew, so that no request sees what another one left. */
const prepare = async (ironic: Ironic, given: JsonObject): Promise<void> => {
  ironic.sql('DELETE FROM ports');
  ironic.sql('DELETE FROM node_inventory');
  ironic.sql('DELETE FROM nodes');
  const made = await ironic.call('POST', '/v1/nodes', '1.82', {
    uuid: NODE_UUID,
    driver: 'fake-hardware',
    network_interface: 'noop',
  });
  if (made.status !== 201) throw new Error(`no node: ${made.message ?? made.status}`);
  const existing = Array.isArray(given['existing']) ? given['existing'] : [];
  for (const address of existing) await ironic.call('POST', '/v1/ports', '1.82', { node_uuid: NODE_UUID, address });
};

const makePort = async (ironic: Ironic, given: JsonObject): Promise<string> => {
  const {
    uuid,
    internal_info: _info,
    portgroup_uuid: _group,
    physical_network: _network,
    ...body
  } = existingPort(given);
  // Made with the flag off and then set, since a create refuses what a later PATCH lets through.
  const made = await ironic.call('POST', '/v1/ports', '1.82', { ...body, uuid });
  if (made.status !== 201) throw new Error(`no port: ${made.message ?? made.status}`);
  return uuid;
};

const setState = (ironic: Ironic, given: JsonObject): void => {
  ironic.sql(
    'UPDATE nodes SET provision_state=?, maintenance=?, instance_uuid=?, reservation=NULL',
    digText(given, 'node_state') ?? 'enroll',
    given['maintenance'] === true ? 1 : 0,
    digText(given, 'instance_uuid') ?? null,
  );
};

const answerOf = ({ status, message, body }: IronicAnswer): AskedIronic => ({
  http: status,
  ...(message === undefined ? {} : { message }),
  ...(status < 300 && isMap(body) ? { stored: body, shown: body } : {}),
});

export const askIronic = async (ironic: Ironic, given: JsonObject): Promise<AskedIronic> => {
  const version = digText(given, 'api_version') ?? '1.82';
  await prepare(ironic, given);
  if ('post' in given) {
    setState(ironic, given);
    return answerOf(await ironic.call('POST', '/v1/ports', version, postBodyOf(given)));
  }
  const uuid = await makePort(ironic, given);
  setState(ironic, given);
  const vif = digText(given, 'vif');
  if (vif !== undefined) {
    ironic.sql('UPDATE ports SET internal_info=?', JSON.stringify({ tenant_vif_port_id: vif }));
    ironic.sql("UPDATE nodes SET network_interface='flat'");
  }
  if (given['delete'] !== undefined) return answerOf(await ironic.call('DELETE', `/v1/ports/${uuid}`, version));
  const what = digText(given, 'get');
  if (what === undefined) return answerOf(await ironic.call('PATCH', `/v1/ports/${uuid}`, version, patchBodyOf(given)));
  if (what.startsWith('ports')) {
    const answer = await ironic.call('GET', `/v1/${what}`, version);
    const [first] = (answer.body as { ports?: readonly unknown[] }).ports ?? [];
    return { ...answerOf(answer), ...(isMap(first) ? { shown: first } : {}) };
  }
  const fields = digText(given, 'fields');
  return answerOf(
    await ironic.call('GET', `/v1/ports/${uuid}${fields === undefined ? '' : `?fields=${fields}`}`, version),
  );
};
