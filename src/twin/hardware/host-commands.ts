/**
 * Commands on a host of the twin and what they print: the firmware tools, the files that host questions read
 * (core/model/host-question.ts), and the listing of devices. Whatever else is typed is not found there.
 */
import { pciAddress } from '../../core/model/pci-address.ts';
import type { Adapter } from './adapter.ts';
import { queryFirmware, queryReset, resetFirmware, setFirmware } from './firmware-tool.ts';
import type { Host } from './host.ts';
import { linkFiles } from './link-files.ts';

export interface CommandAnswer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const printed = (stdout: string, exitCode = 0): CommandAnswer => ({ stdout, stderr: '', exitCode });
const failed = (stderr: string, exitCode = 1): CommandAnswer => ({ stdout: '', stderr: `${stderr}\n`, exitCode });

const COUNT_FILE = /^\/sys\/bus\/pci\/devices\/([0-9a-f:.]+)\/(sriov_numvfs|sriov_totalvfs)$/;
const NET_FILE = /^\/sys\/class\/net\/([^/]+)\/device\/(sriov_numvfs|sriov_totalvfs)$/;

const LOCKDOWNS = ['none', 'integrity', 'confidentiality'] as const;

const countIn = (host: Host, pci: string, file: string): string | undefined => {
  const adapter = host.adapterOf(pci);
  if (adapter === undefined || adapter.totalVfs === 0) return undefined;
  return `${file === 'sriov_numvfs' ? adapter.vfs(pci).length : adapter.totalVfs}\n`;
};

const pciOfInterface = (host: Host, name: string): string | undefined =>
  host.adapters.flatMap(({ spec }) => spec.functions).find((fn) => fn.interface === name)?.pci;

/** The text of a file of the host; undefined where there is none. */
export const readHostFile = (host: Host, path: string): string | undefined => {
  const count = COUNT_FILE.exec(path);
  if (count !== null) return countIn(host, count[1] ?? '', count[2] ?? '');
  const ofNet = NET_FILE.exec(path);
  if (ofNet !== null) return countIn(host, pciOfInterface(host, ofNet[1] ?? '') ?? '', ofNet[2] ?? '');
  const { lockdown, kernel, platform } = host.spec;
  switch (path) {
    case '/proc/sys/kernel/random/boot_id':
      return `${host.bootId}\n`;
    case '/sys/kernel/security/lockdown':
      return `${LOCKDOWNS.map((mode) => (mode === lockdown ? `[${mode}]` : mode)).join(' ')}\n`;
    case '/proc/cmdline':
      return `BOOT_IMAGE=/boot/vmlinuz-${kernel} root=/dev/md0 ro quiet\n`;
    case '/sys/class/dmi/id/product_name':
      return `${platform.product}\n`;
    default:
      return host.disk.get(path);
  }
};

const cat = (host: Host, paths: readonly string[]): CommandAnswer => {
  const texts = paths.map((path) => ({ path, text: readHostFile(host, path) }));
  const missing = texts.filter(({ text }) => text === undefined);
  return {
    stdout: texts.map(({ text }) => text ?? '').join(''),
    stderr: missing.map(({ path }) => `cat: ${path}: No such file or directory\n`).join(''),
    exitCode: missing.length === 0 ? 0 : 1,
  };
};

/** `grep -H . FILE...`: each line behind the name of its file. */
const grepNamed = (host: Host, paths: readonly string[], shown: (path: string) => string): CommandAnswer => {
  const texts = paths.map((path) => ({ path, text: readHostFile(host, path) }));
  const missing = texts.filter(({ text }) => text === undefined);
  return {
    stdout: texts.flatMap(({ path, text }) => (text === undefined ? [] : [`${shown(path)}:${text}`])).join(''),
    stderr: missing.map(({ path }) => `grep: ${shown(path)}: No such file or directory\n`).join(''),
    exitCode: missing.length === 0 ? 0 : 2,
  };
};

/** The only folder that a question lists. */
const listFolder = (host: Host, folder: string): CommandAnswer =>
  folder === '/proc/driver/nvidia/gpus' && host.spec.gpus > 0
    ? printed(host.gpuAddresses.map((pci) => `${pci}\n`).join(''))
    : failed(`ls: cannot access '${folder}': No such file or directory`, 2);

const listDevices = (host: Host): string => {
  const rows = host.adapters
    .flatMap((adapter) => {
      const { model, functions } = adapter.spec;
      return functions.map((fn) => ({ model, fn, up: adapter.isPortUp(fn.pci) }));
    })
    .toSorted((a, b) => Number(a.fn.rdma.slice(5)) - Number(b.fn.rdma.slice(5)))
    .map(
      ({ model, fn, up }) =>
        `${fn.pci} ${fn.rdma} (${model.chip} - ${model.part}) ${model.title} fw ${model.firmware} port 1 (${up ? 'ACTIVE' : 'DOWN'}) ==> ${fn.bond ?? fn.interface} (${up ? 'Up' : 'Down'})`,
    );
  return `${rows.join('\n')}\n`;
};

const withAdapter = (
  host: Host,
  words: readonly string[],
  run: (adapter: Adapter, pci: string) => { readonly stdout: string; readonly exitCode: number },
): CommandAnswer => {
  const pci = words[words.indexOf('-d') + 1] ?? '';
  const adapter = host.adapterOf(pciAddress(pci) ?? pci);
  if (adapter === undefined) return printed('-E- Failed to open the device\n', 3);
  const { stdout, exitCode } = run(adapter, pci);
  return printed(stdout, exitCode);
};

const mstconfig = (host: Host, words: readonly string[]): CommandAnswer =>
  withAdapter(host, words, (adapter, pci) => {
    const set = words.indexOf('set');
    if (set >= 0) return setFirmware(adapter, pci, words.slice(set + 1));
    return queryFirmware(adapter, pci, words.slice(Math.max(words.indexOf('q'), words.indexOf('query')) + 1));
  });

const mstfwreset = (host: Host, words: readonly string[]): CommandAnswer =>
  withAdapter(host, words, (adapter) =>
    words.includes('reset') ? resetFirmware(host, adapter, words) : queryReset(host, adapter),
  );

/** `echo 0 > FILE`, the one thing that a shell is asked for: the VFs of a function go. */
const clearVfs = (host: Host, [option, script, file = '']: readonly string[]): CommandAnswer => {
  const pci = COUNT_FILE.exec(file)?.[1];
  const adapter = pci === undefined ? undefined : host.adapterOf(pci);
  if (option !== '-c' || script !== 'echo 0 > "$0"' || pci === undefined || adapter === undefined)
    return failed(`sh: 1: cannot create ${file}: Directory nonexistent`, 2);
  adapter.setVfs(pci, []);
  return printed('');
};

const systemctl = (host: Host, verb: string | undefined): CommandAnswer => {
  const acts: Readonly<Record<string, () => boolean>> = {
    reboot: () => host.restart(),
    poweroff: () => host.shutDown(),
  };
  const act = acts[verb ?? ''];
  if (act === undefined) return failed(`Unknown command verb ${verb ?? ''}.`);
  act();
  return printed('');
};

/** Runs on the host; `root` is where its files are seen from where the command was typed (`/host` in the daemon's pod). */
export const runOnHost = (host: Host, command: readonly string[], root = ''): CommandAnswer => {
  const [program = '', ...words] = command;
  const onHost = (path: string): string =>
    root !== '' && path.startsWith(`${root}/`) ? path.slice(root.length) : path;
  switch (program) {
    case 'mstconfig':
      return mstconfig(host, words);
    case 'mstfwreset':
      return mstfwreset(host, words);
    case 'ibdev2netdev':
      return printed(listDevices(host));
    case 'cat':
      return cat(host, words.map(onHost));
    case 'ls':
      return listFolder(host, words.at(-1) ?? '');
    case 'grep': {
      const named = words.slice(words.indexOf('.') + 1).filter((word) => !word.startsWith('--'));
      if (words.includes('-rHs')) return printed(linkFiles(host, named.map(onHost), root));
      const files = named.map(onHost);
      return grepNamed(host, files, (path) => (root === '' || path.startsWith('/proc') ? path : `${root}${path}`));
    }
    case 'sh':
      return clearVfs(host, words);
    case 'systemctl':
      return systemctl(host, words[0]);
    case 'chroot':
      return words[0] === root
        ? runOnHost(host, words.slice(1))
        : failed(`chroot: cannot change root to '${words[0]}'`, 125);
    case 'hostname':
      return printed(`${host.name}\n`);
    default:
      return failed(`exec: "${program}": executable file not found in $PATH`, 127);
  }
};
