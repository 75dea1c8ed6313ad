/** A Redfish service that is not ours, and two Redfish clients: what our client talks to, and what talks to the twin's BMCs. */
import { symlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { pinsOf } from '../pins.ts';
import { lackOfPython, makeVenv } from '../python-venv.ts';
import { DONE, type RealPart } from '../real-part.ts';

const name = 'redfish';
const PROGRAMS = ['sushy-emulator', 'redfishtool'];

const part: RealPart = {
  name,
  why: 'the emulator of sushy-tools, redfishtool and sushy: BMCs and clients of BMCs that we did not write',
  pins: pinsOf(name),
  run: async (bench) => {
    const lacks = lackOfPython();
    if (lacks !== undefined) return { lacks };
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
