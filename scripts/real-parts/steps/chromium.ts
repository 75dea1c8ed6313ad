/** Chromium of Debian: the browser in which reports are looked at. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { installPackages, isOnPath, lackOfPackageRights } from '../debian-packages.ts';
import { pinsOf } from '../pins.ts';
import { DONE, type RealPart } from '../real-part.ts';

const name = 'chromium';
const PACKAGES = ['chromium', 'fonts-dejavu-core'];

/** Root has no sandbox; the rest keeps the browser from calling home. */
const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

const part: RealPart = {
  name,
  why: 'a browser: what the HTML report looks like, and that it asks nobody for anything',
  pins: pinsOf(name),
  run: async (bench) => {
    if (!isOnPath('chromium')) {
      const lacks = lackOfPackageRights(PACKAGES);
      if (lacks !== undefined) return { lacks };
      await installPackages(bench, PACKAGES);
    }
    const wanted = Number(pinsOf(name)['chromium']);
    const version = await bench.run('chromium', ['--version']);
    const [, major = '0'] = /Chromium (\d+)\./.exec(version) ?? [];
    if (Number(major) < wanted)
      throw new Error(`Chromium ${wanted} or newer is wanted, and this machine has: ${version.split('\n')[0] ?? ''}`);
    const wrapper = path.join(bench.cache, 'bin', name);
    await writeFile(wrapper, `#!/bin/sh\nexec chromium ${FLAGS} "$@"\n`, { mode: 0o755 });
    return DONE;
  },
};

export default part;
