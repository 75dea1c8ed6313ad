"""Runs the calls of the installed Ironic's neutron network interface with a recording Neutron client.

Input: a JSON list of [call, ports, options] on stdin, a port being {id, address, is_smartnic, llc, pxe_enabled,
physical_network, client_id, vif}. Output: a JSON list of {calls, bodies, error}: the words of core/smartnic/action.ts,
and the attributes of each create, bind, unbind and MAC reset in their order.
"""
import json
import sys
from contextlib import ExitStack
from unittest import mock

from ironic.conf import CONF
from ironic.common import neutron
from ironic.drivers.modules.network import common
from ironic.drivers.modules.network.neutron import NeutronNetwork

CONF([], project='ironic')


class Recorder:
    def __init__(self):
        self.calls, self.bodies, self.made = [], [], 0

    def say(self, word, body=None):
        self.calls.append(word)
        if body is not None:
            self.bodies.append([word, body])

    def create_port(self, **attrs):
        self.say('port:create', attrs)
        self.made += 1
        return mock.Mock(id='neutron-%d' % self.made, fixed_ips=[])

    def update(self, context, port_id, attrs, client=None):
        word = 'port:bind'
        if attrs.get('binding:host_id') == '':
            word = 'port:unbind'
        elif list(attrs) == ['mac_address']:
            word = 'port:reset_mac'
        self.say(word, attrs)
        return mock.Mock(id=port_id, fixed_ips=[])


def run(call, ports, options):
    seen = Recorder()
    client = mock.Mock(create_port=seen.create_port, delete_port=lambda port: seen.say('port:delete'))
    left = options.get('left_over', 0)
    client.ports.side_effect = lambda **params: [{'id': 'old-%d' % i, 'binding:host_id': 'h'} for i in range(left)]
    node = mock.MagicMock(uuid='node-1', instance_uuid=options.get('instance_uuid'), network_interface='neutron',
                          driver_info={})
    node.get_interface.return_value = 'neutron'
    made = [mock.MagicMock(
        uuid=p['id'], address=p.get('address'), is_smartnic=p['is_smartnic'], local_link_connection=p['llc'],
        pxe_enabled=p.get('pxe_enabled', True), physical_network=p.get('physical_network'), portgroup_id=None,
        extra={'client-id': p['client_id']} if 'client_id' in p else {},
        internal_info={'tenant_vif_port_id': p['vif']} if 'vif' in p else {}) for p in ports]
    task = mock.MagicMock(node=node, ports=made, portgroups=[])
    task.driver.boot.capabilities = ['pxe_boot']
    CONF.set_override('add_all_ports', options.get('add_all_ports', False), group='neutron')
    CONF.set_override('fail_on_port_binding_failure', options.get('fail_on_binding', False), group='neutron')
    stand_ins = [
        (neutron, 'get_client', mock.Mock(return_value=client)),
        (neutron, 'update_neutron_port', seen.update),
        (neutron, 'is_smartnic_port', lambda port: not isinstance(port, dict) and port.is_smartnic),
        (neutron, 'wait_for_host_agent', lambda c, host, target_state='up': seen.say('wait_agent:%s:%s' % (host, target_state))),
        (neutron, 'wait_for_port_status', lambda *args, **kwargs: seen.say('port:wait_active')),
        (neutron, '_verify_security_groups', mock.Mock()),
        (NeutronNetwork, 'get_cleaning_network_uuid', mock.Mock(return_value='net-1')),
    ]
    calls = {
        'add_cleaning': lambda network: network.add_cleaning_network(task),
        'remove_cleaning': lambda network: network.remove_cleaning_network(task),
        'configure_tenant': lambda network: network.configure_tenant_networks(task),
        'unconfigure_tenant': lambda network: network.unconfigure_tenant_networks(task),
    }
    error = None
    with ExitStack() as stack:
        for target, name, stand_in in stand_ins:
            stack.enter_context(mock.patch.object(target, name, stand_in))
        try:
            calls[call](NeutronNetwork())
        except Exception as raised:
            error = '%s: %s' % (type(raised).__name__, raised)
    return {'calls': seen.calls, 'bodies': seen.bodies, 'error': error}


if __name__ == '__main__':
    assert common.NetType.TENANT.vif_key == 'tenant_vif_port_id'
    json.dump([run(*asked) for asked in json.load(sys.stdin)], sys.stdout)
