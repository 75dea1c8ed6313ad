/** Ironic and the OpenStack clients from PyPI: what ports and states really answer, and what people's commands print. */
import { symlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { pinsOf } from '../pins.ts';
import { lackOfPython, makeVenv } from '../python-venv.ts';
import { DONE, type RealPart } from '../real-part.ts';

const name = 'openstack';
const PROGRAMS = ['ironic', 'ironic-dbsync', 'openstack', 'baremetal'];

const part: RealPart = {
  name,
  why: 'Ironic and the clients baremetal and openstack: what our answers about ports and states are compared with',
  pins: pinsOf(name),
  run: async (bench) => {
    const lacks = lackOfPython();
    if (lacks !== undefined) return { lacks };
    bench.say('pip install, about half a minute');
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
