/** OpenIPMI's simulator and ipmitool, of Debian: a BMC that speaks IPMI, and the program that our adapter runs. */
import { installPackages, isOnPath, lackOfPackageRights } from '../debian-packages.ts';
import { pinsOf } from '../pins.ts';
import { DONE, type RealPart } from '../real-part.ts';

const name = 'ipmi';
const PACKAGES = ['openipmi', 'ipmitool'];

const part: RealPart = {
  name,
  why: 'ipmi_sim and ipmitool: power by IPMI, with its lies',
  pins: pinsOf(name),
  run: async (bench) => {
    if (!['ipmi_sim', 'ipmitool'].every(isOnPath)) {
      const lacks = lackOfPackageRights(PACKAGES);
      if (lacks !== undefined) return { lacks };
      await installPackages(bench, PACKAGES);
    }
    const wanted = pinsOf(name)['ipmitool'] ?? '';
    const version = await bench.run('ipmitool', ['-V']);
    if (!version.includes(`version ${wanted}`))
      throw new Error(`ipmitool ${wanted} is wanted, and this machine has: ${version.split('\n')[0] ?? ''}`);
    return DONE;
  },
};

export default part;
