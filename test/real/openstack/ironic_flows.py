"""Runs the flows of the installed Ironic with recording stand-ins for BMC, networks and boot, and prints their calls.

Input: a JSON list of [flow, power, [conditions]] on stdin. Output: a JSON list of lists of words, in the vocabulary of
core/smartnic/action.ts. Everything between Ironic's own lines is Ironic's; only its edges are stood in for.
"""
import json
import sys
from contextlib import ExitStack
from unittest import mock

from ironic.conf import CONF
from ironic.common import neutron, states
from ironic.conductor import steps as conductor_steps
from ironic.conductor import task_manager
from ironic.conductor import utils as manager_utils
from ironic.drivers.modules import agent, agent_base, agent_client, boot_mode_utils, deploy_utils, pxe, ramdisk
from ironic.drivers.modules.ansible import deploy as ansible
from ironic.drivers.modules.inspector import agent as inspector_agent
from ironic.drivers.modules.inspector import interface as inspector

CONF([], project='ironic')
CONF.set_override('power_off', True, group='inspector')

POWERS = {'power on': states.POWER_ON, 'power off': states.POWER_OFF}
WORDS = {states.POWER_ON: 'on', states.POWER_OFF: 'off', states.REBOOT: 'reboot'}


class Recorder:
    def __init__(self, power, conditions):
        self.calls, self.power, self.conditions = [], POWERS[power], conditions

    def act(self, word):
        return lambda *args, **kwargs: self.calls.append(word)

    def node_power_action(self, task, state, timeout=None):
        noop = '-noop' if state == states.POWER_OFF and self.power == states.POWER_OFF else ''
        self.calls.append('power:%s%s' % (WORDS[state], noop))
        self.power = states.POWER_OFF if state == states.POWER_OFF else states.POWER_ON

    def node_set_boot_device(self, task, device, persistent=False):
        if device == 'bios':
            self.calls.append('set_boot_device:bios:%s' % ('persistent' if persistent else 'once'))

    def wait_for_host_agent(self, client, host, target_state='up'):
        self.calls.append('wait_agent:%s:%s' % (host, target_state))


def make_task(seen):
    has = seen.conditions.__contains__
    port = mock.Mock(local_link_connection={'hostname': 'host1', 'port_id': 'rep0-0'})
    node = mock.MagicMock(uuid='node-1', provision_state=states.DEPLOYING, disable_power_off=has('disable-power-off'))
    # No driver rebooted the node in an earlier step.
    node.del_driver_internal_info.return_value = None
    node.driver_info = {'deploy_forces_oob_reboot': True}
    node.driver_internal_info = {'clean_steps': [] if has('no-clean-steps') else [1], 'inspector_manage_boot': True}
    node.fault = 'clean failure' if has('clean-failure') else 'service failure' if has('service-failure') else None
    task = mock.MagicMock(node=node, ports=[port], shared=False)
    # Ironic's lock decorator looks for the task by its class.
    task.__class__ = task_manager.TaskManager
    task.driver.power.get_power_state.side_effect = lambda _: seen.power
    task.driver.power.get_supported_power_states.return_value = [states.POWER_ON, states.POWER_OFF, states.REBOOT]
    task.driver.storage.should_write_image.return_value = not has('boot-from-volume')
    network, boot = task.driver.network, task.driver.boot
    network.need_power_on.return_value = True
    for purpose in ('cleaning', 'provisioning', 'rescuing', 'servicing', 'inspection'):
        for verb in ('add', 'remove'):
            word = 'net:%s_%s' % (verb, purpose)
            setattr(network, '%s_%s_network' % (verb, purpose), seen.act(word))
    network.configure_tenant_networks = seen.act('net:configure_tenant')
    network.unconfigure_tenant_networks = seen.act('net:unconfigure_tenant')
    for name in ('prepare_ramdisk', 'clean_up_ramdisk', 'prepare_instance', 'clean_up_instance'):
        setattr(boot, name, seen.act('boot:%s' % name))
    task.driver.rescue.clean_up = lambda t: agent.AgentRescue.clean_up(mock.MagicMock(), t)
    return task


def run_inspect_start(task):
    inspector.prepare_managed_inspection(task, 'http://127.0.0.1')
    inspector_agent.AgentInspect._power_on_or_reboot(mock.MagicMock(), task)


def reboot_and_finish(task):
    direct.tear_down_agent(task)
    direct.switch_to_tenant_network(task)
    direct.boot_instance(task)


direct, ram, kick, play = agent.AgentDeploy(), ramdisk.RamdiskDeploy(), pxe.PXEAnacondaDeploy(), ansible.AnsibleDeploy()
kick.clean_up = mock.Mock()
rescue = agent.AgentRescue()
heartbeat = agent_base.HeartbeatMixin()
FLOWS = {
    'deploy.prepare': direct.prepare,
    'deploy.deploy': direct.deploy,
    'deploy.tear_down_agent': direct.tear_down_agent,
    'deploy.switch_to_tenant_network': direct.switch_to_tenant_network,
    'deploy.boot_instance': direct.boot_instance,
    'deploy.reboot_and_finish': reboot_and_finish,
    'deploy.tear_down': direct.tear_down,
    'clean.prepare': deploy_utils.prepare_inband_cleaning,
    'clean.tear_down': deploy_utils.tear_down_inband_cleaning,
    'rescue.rescue': rescue.rescue,
    'rescue.clean_up': rescue.clean_up,
    'rescue.finalize': heartbeat._finalize_rescue,
    'rescue.unrescue': rescue.unrescue,
    'ramdisk.prepare': ram.prepare,
    'ramdisk.deploy': ram.deploy,
    'anaconda.prepare': kick.prepare,
    'anaconda.deploy': kick.deploy,
    'anaconda.reboot_to_instance': kick.reboot_to_instance,
    'ansible.prepare': play.prepare,
    'ansible.deploy': play.deploy,
    'ansible.tear_down': play.tear_down,
    'ansible.prepare_cleaning': play.prepare_cleaning,
    'ansible.tear_down_cleaning': play.tear_down_cleaning,
    'inspect.start': run_inspect_start,
    'inspect.end': inspector.tear_down_managed_boot,
    'service.prepare': deploy_utils.prepare_inband_service,
    'service.tear_down': deploy_utils.tear_down_inband_service,
}


def run(flow, power, conditions):
    seen = Recorder(power, conditions)
    task = make_task(seen)
    fast = 'fast-track' in conditions
    stand_ins = [
        (manager_utils, 'node_power_action', seen.node_power_action),
        (manager_utils, 'node_set_boot_device', seen.node_set_boot_device),
        (manager_utils, 'is_fast_track', lambda _: fast),
        (manager_utils, 'remove_node_rescue_password', mock.Mock()),
        (manager_utils.time, 'sleep', seen.act('sleep:settle')),
        (neutron, 'wait_for_host_agent', seen.wait_for_host_agent),
        (neutron, 'get_client', mock.Mock()),
        (neutron, 'is_smartnic_port', lambda _: True),
        (deploy_utils, 'prepare_agent_boot', seen.act('boot:prepare_ramdisk')),
        (deploy_utils, 'populate_storage_driver_internal_info', mock.Mock()),
        (deploy_utils, 'build_instance_info_for_deploy', mock.Mock(return_value={})),
        (deploy_utils, 'tear_down_storage_configuration', mock.Mock()),
        (deploy_utils, 'agent_add_clean_params', mock.Mock()),
        (deploy_utils, 'try_set_boot_device', mock.Mock()),
        (deploy_utils, 'get_ironic_api_url', mock.Mock(return_value='http://127.0.0.1')),
        (agent.CustomAgentDeploy, 'refresh_steps', mock.Mock()),
        (agent.deployments, 'validate_deploy_steps', mock.Mock()),
        (boot_mode_utils, 'configure_secure_boot_if_needed', mock.Mock()),
        (conductor_steps, 'set_node_cleaning_steps', mock.Mock()),
        (agent_client, 'get_client', mock.Mock(return_value=mock.Mock(
            finalize_rescue=mock.Mock(return_value={'command_status': 'SUCCEEDED'}),
            sync=mock.Mock(return_value={})))),
        (inspector.utils, 'fast_track_enabled', lambda _: fast),
        (inspector.utils, 'pop_node_nested_field', mock.Mock(return_value=True)),
        (ansible.AnsibleDeploy, '_required_image_info', mock.Mock()),
    ]
    with ExitStack() as stack:
        for target, name, stand_in in stand_ins:
            stack.enter_context(mock.patch.object(target, name, stand_in))
        FLOWS[flow](task)
    return seen.calls


if __name__ == '__main__':
    answers = []
    for flow, power, conditions in json.load(sys.stdin):
        try:
            answers.append(run(flow, power, conditions))
        except Exception as error:  # the test shows it beside the flow's name
            answers.append(['raised %s: %s' % (type(error).__name__, error)])
    json.dump(answers, sys.stdout)
