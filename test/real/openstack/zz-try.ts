import { mkdtempSync } from 'node:fs';
import { startNeutron } from './neutron.ts';
const folder = mkdtempSync('/tmp/nw/bm/n-');
console.log(folder);
const t0 = performance.now();
const n = await startNeutron(folder);
console.log('ready', (performance.now() - t0) / 1000);
try {
  const net = await n.call('POST', '/v2.0/networks', { network: { name: 'prov' } });
  const id = (net.body.network as { id: string }).id;
  await n.call('POST', '/v2.0/subnets', { subnet: { network_id: id, ip_version: 4, cidr: '10.1.0.0/24' } });
  const p = await n.call('POST', '/v2.0/ports', {
    port: { network_id: id, 'binding:vnic_type': 'smart-nic', device_id: 'd1', admin_state_up: true },
  });
  console.log(p.status, JSON.stringify(p.body).slice(0, 300));
  const pid = (p.body.port as { id: string }).id;
  const b = await n.call('PUT', `/v2.0/ports/${pid}`, {
    port: {
      'binding:host_id': n.host,
      device_owner: 'baremetal:none',
      mac_address: '52:54:00:dd:00:01',
      'binding:profile': { local_link_information: [{ hostname: n.host, port_id: 'rep0-0' }] },
    },
  });
  console.log(b.status, JSON.stringify(b.body).slice(0, 900));
  await n.until(
    'ACTIVE',
    async () =>
      ((await n.call('GET', `/v2.0/ports/${pid}`)).body.port as { status: string }).status === 'ACTIVE'
        ? true
        : undefined,
    30_000,
  );
  console.log('ACTIVE', (performance.now() - t0) / 1000);
  console.log(n.ovs.vsctl('show'));
  console.log(n.ovs.vsctl('list', 'interface', 'rep0-0'));
} catch (e) {
  console.log(e);
} finally {
  await n.stop();
}
