/** Neutron with its OVS agent from PyPI, and RabbitMQ of Debian between them: a real binding of a smart NIC port. */
import { rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { installPackages, isOnPath, lackOfPackageRights } from '../debian-packages.ts';
import { pinsOf } from '../pins.ts';
import { lackOfPython, makeVenv } from '../python-venv.ts';
import { DONE, type RealPart } from '../real-part.ts';

const name = 'neutron';
const PROGRAMS = ['neutron-rpc-server', 'neutron-openvswitch-agent', 'neutron-db-manage'];

const part: RealPart = {
  name,
  why: 'Neutron and its OVS agent: a smart NIC port is bound, plugged into br-int and left there',
  pins: pinsOf(name),
  needs: ['ovs'],
  run: async (bench) => {
    const packages = ['rabbitmq-server'];
    const lacks = lackOfPython() ?? (isOnPath('ovs-vsctl') ? undefined : 'Open vSwitch is needed: see the step ovs.');
    if (lacks !== undefined) return { lacks };
    if (!isOnPath('rabbitmq-server')) {
      const rights = lackOfPackageRights(packages);
      if (rights !== undefined) return { lacks: rights };
      await installPackages(bench, packages);
    }
    bench.say('pip install, about a minute');
    const folder = await makeVenv(bench, name, pinsOf(name));
    for (const program of PROGRAMS) {
      const link = path.join(bench.cache, 'bin', program);
      await rm(link, { force: true });
      await symlink(path.join(folder, 'bin', program), link);
    }
    return DONE;
  },
};

export default part;
