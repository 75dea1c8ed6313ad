/**
 * Facts about the running host that decide whether a card can be written or reached: kernel lockdown, secure boot, kernel
 * command line, boot id, product name, and the VF counts that sysfs shows.
 */
import { pciAddress } from '../../model/pci-address.ts';
import type { Origin } from '../../snapshot/snapshot.ts';
import { taken, type HostStateReading, type Reader, type VfCountReading } from './host-reading.ts';

const LOCKDOWN = /^\s*(?=.*\bintegrity\b)(?=.*\bconfidentiality\b).*\[(none|integrity|confidentiality)\]/;
const SECURE_BOOT = /^\s*SecureBoot\s+(enabled|disabled)\s*$/;
const BOOT_ID = /^\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*$/;
const PRODUCT = /^\s*Product Name:\s*(\S.*)$/;

const stateOf = (text: string, command: string): Omit<HostStateReading, 'kind'> | undefined => {
  const lockdown = LOCKDOWN.exec(text)?.[1] as HostStateReading['lockdown'];
  if (lockdown !== undefined) return { lockdown };
  const secureBoot = SECURE_BOOT.exec(text)?.[1];
  if (secureBoot !== undefined) return { secureBoot: secureBoot === 'enabled' };
  if (/^\s*BOOT_IMAGE=/.test(text)) return { kernelCommandLine: text.trim() };
  const bootId = /boot_id/.test(command) ? BOOT_ID.exec(text)?.[1] : undefined;
  if (bootId !== undefined) return { bootId };
  const product = PRODUCT.exec(text)?.[1] ?? (/product[-_]name/.test(command) && /\S/.test(text) ? text : undefined);
  return product === undefined || /^\s*cat:/.test(product) ? undefined : { product: product.trim() };
};

export const readHostState: Reader = ({ lines, at, context }) => {
  const state = stateOf(lines[at]?.text ?? '', context.command ?? '');
  return state === undefined ? undefined : taken(at + 1, { kind: 'host-state', ...state });
};

const BOOT = /^\s*reboot\s+system boot\s+(\S+)\s+(\w{3} \w{3}\s+\d{1,2} \d\d:\d\d(?::\d\d)?(?: \d{4})?)/;
const BOOT_FOOTER = /^\s*wtmp begins /;

export const readBoots: Reader = ({ lines, at, context }) => {
  const boots: { kernel: string; time: string; origin: Origin }[] = [];
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const line = lines[here];
    const boot = BOOT.exec(line?.text ?? '');
    if (line === undefined || (boot === null && !(boots.length > 0 && BOOT_FOOTER.test(line.text)))) break;
    if (boot !== null)
      boots.push({ kernel: boot[1] ?? '', time: boot[2] ?? '', origin: { source: context.source, line: line.number } });
    next = here + 1;
  }
  return boots.length === 0 ? undefined : taken(next, { kind: 'boots', boots });
};

type Owner = Pick<VfCountReading, 'interface' | 'pci' | 'rdma'>;

const SYSFS_FILE =
  /\/sys\/(?:class\/(net|infiniband)\/([^\s/]{1,64})\/device|bus\/pci\/devices\/([0-9a-f:.]+)|devices\/[^\s:]*\/([0-9a-f]{4,8}:[0-9a-f:.]+))\/(sriov_numvfs|sriov_totalvfs)/g;

interface CountFile {
  readonly file: VfCountReading['file'];
  readonly owner: Owner;
}

/** The sriov_* files that a text names. */
const countFiles = (text: string): readonly CountFile[] =>
  [...text.matchAll(SYSFS_FILE)].map(([, kind, name = '', bus, device, file]) => {
    const pci = pciAddress(bus ?? device ?? '');
    return {
      file: file === 'sriov_numvfs' ? 'sriov_numvfs' : 'sriov_totalvfs',
      owner:
        kind === 'net'
          ? { interface: name }
          : kind === 'infiniband'
            ? { rdma: name }
            : pci === undefined
              ? {}
              : { pci },
    };
  });

const count = ({ file, owner }: CountFile, value: VfCountReading['count']): VfCountReading => ({
  kind: 'vf-count',
  file,
  ...owner,
  count: value,
});

/** More files than this are not named in one command. */
const MOST_FILES = 200;

const LOOP_ROW = /^\s*([A-Za-z][\w.-]{0,63}|[0-9a-f:.]{7,13}):\s*(\d{1,5}|not found)\s*$/;

/** Whose count a loop's row shows: `ibp24s0: 8`, `0000:18:00.0: 8`, `mlx5_4: 8`. */
const rowOwner = (name: string): Owner => {
  const pci = pciAddress(name);
  if (pci !== undefined) return { pci };
  return /^mlx\d_/.test(name) ? { rdma: name } : { interface: name };
};

export const readVfCounts: Reader = ({ lines, at, context }) => {
  const text = lines[at]?.text ?? '';
  const command = context.command ?? '';
  const named = countFiles(text)[0];
  if (named !== undefined && /No such file or directory\s*$/.test(text)) return taken(at + 1, count(named, 'absent'));
  const inline = /(?:sriov_numvfs|sriov_totalvfs)\s*[:=]\s*(\d{1,5})\s*$/.exec(text)?.[1];
  if (named !== undefined && inline !== undefined) return taken(at + 1, count(named, Number(inline)));
  const bare = /^\s*(\d{1,5})\s*$/.exec(text)?.[1];
  if (bare !== undefined && !/\bfor\b/.test(command) && at < MOST_FILES) {
    const above = lines.slice(0, at).filter((line) => /^\s*\d{1,5}\s*$/.test(line.text)).length;
    const file = countFiles(command)[above];
    if (file !== undefined) return taken(at + 1, count(file, Number(bare)));
  }
  const row = /sriov_(numvfs|totalvfs)/.test(command) ? LOOP_ROW.exec(text) : null;
  if (row === null) return undefined;
  return taken(
    at + 1,
    count(
      { file: /sriov_numvfs/.test(command) ? 'sriov_numvfs' : 'sriov_totalvfs', owner: rowOwner(row[1] ?? '') },
      row[2] === 'not found' ? 'absent' : Number(row[2]),
    ),
  );
};
