/** Open vSwitch of Debian: the switch of a smart NIC, run in its dummy data path, without any kernel module. */
import { installPackages, isOnPath, lackOfPackageRights } from '../debian-packages.ts';
import { pinsOf } from '../pins.ts';
import { DONE, type RealPart } from '../real-part.ts';

const name = 'ovs';
const PACKAGES = ['openvswitch-switch', 'openvswitch-common'];

const part: RealPart = {
  name,
  why: 'a real OVSDB and br-int: what a smart NIC port becomes once it is wired',
  pins: pinsOf(name),
  run: async (bench) => {
    if (!['ovsdb-server', 'ovs-vswitchd', 'ovs-vsctl'].every(isOnPath)) {
      const lacks = lackOfPackageRights(PACKAGES);
      if (lacks !== undefined) return { lacks };
      await installPackages(bench, PACKAGES);
    }
    const wanted = pinsOf(name)['openvswitch'] ?? '';
    const version = await bench.run('ovs-vsctl', ['--version']);
    if (!version.includes(`(Open vSwitch) ${wanted}`))
      throw new Error(`Open vSwitch ${wanted} is wanted, and this machine has: ${version.split('\n')[0] ?? ''}`);
    return DONE;
  },
};

export default part;
