/** OpenSSH of Debian: an sshd to be asked, and the client that our adapter runs. */
import { installPackages, isOnPath, lackOfPackageRights } from '../debian-packages.ts';
import { pinsOf } from '../pins.ts';
import { DONE, type RealPart } from '../real-part.ts';

const name = 'ssh';
const PACKAGES = ['openssh-server', 'openssh-client'];

const part: RealPart = {
  name,
  why: 'sshd, ssh and ssh-keygen: hosts that are reached by ssh',
  pins: pinsOf(name),
  run: async (bench) => {
    if (!['sshd', 'ssh', 'ssh-keygen'].every(isOnPath)) {
      const lacks = lackOfPackageRights(PACKAGES);
      if (lacks !== undefined) return { lacks };
      await installPackages(bench, PACKAGES);
    }
    const wanted = pinsOf(name)['openssh'] ?? '';
    const version = await bench.run('sh', ['-c', 'ssh -V 2>&1']);
    if (!version.includes(`OpenSSH_${wanted}`))
      throw new Error(`OpenSSH ${wanted} is wanted, and this machine has: ${version.split('\n')[0] ?? ''}`);
    return DONE;
  },
};

export default part;
