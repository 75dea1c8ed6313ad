/** Archives: every container gives the same objects, nested or not; hostile ones are refused by name and end. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Header, type HeaderData } from 'tar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import { hasShared, SHARED, WHERE_ABSENT } from '../../../test/shared-folder.ts';
import { DEFAULT_LIMITS, type Limits } from './input-limits.ts';
import { loadDump } from './load-dump.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'nicwright-archive-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NODE = 'apiVersion: v1\nkind: Node\nmetadata:\n  name: w1\n  labels:\n    rack: r7\n';
const LOG = 'E0101 00:00:00.000000 1 main.go:1] failed to open the device\n';

const entry = (data: HeaderData, content: Buffer | string = ''): Buffer => {
  const bytes = Buffer.from(content);
  const header = new Header({
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: new Date(0),
    size: bytes.length,
    type: 'File',
    ...data,
  });
  const block = Buffer.alloc(512);
  header.encode(block, 0);
  return Buffer.concat([block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
};
const tarOf = (...entries: readonly Buffer[]): Buffer => Buffer.concat([...entries, Buffer.alloc(1024)]);

interface Zipped {
  readonly name: string;
  readonly content: Buffer | string;
  /** What the directory says the content unpacks to, where it lies. */
  readonly claims?: number;
  readonly isLink?: boolean;
}
const zipOf = (...files: readonly Zipped[]): Buffer => {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content, claims, isLink = false } of files) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claims ?? bytes.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((isLink ? 0o120777 : 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, tail, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end]);
};

const GOOD = tarOf(
  entry({ path: 'dump/nodes.yaml' }, NODE),
  entry({ path: 'dump/sriov-network-config-daemon-abcde.log' }, LOG),
);
const GOOD_ZIP = zipOf(
  { name: 'dump/nodes.yaml', content: NODE },
  { name: 'dump/sriov-network-config-daemon-abcde.log', content: LOG },
);

let count = 0;
const write = (name: string, bytes: Buffer): string => {
  count += 1;
  const file = path.join(folder, String(count), name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
};

const load = async (file: string, limits: Partial<Limits> = {}): Promise<Snapshot> => {
  const loaded = await loadDump([file], { limits: { ...DEFAULT_LIMITS, ...limits } });
  if (!loaded.ok) throw new Error(loaded.fault.message);
  return loaded.value;
};

const reasons = ({ gaps }: Snapshot, file: string): readonly string[] =>
  gaps.map(({ what, because }) => `${what.replace(file, 'ARCHIVE')}: ${because}`);

const names = ({ objects }: Snapshot): readonly string[] => objects.map(({ object }) => object.metadata.name);

const xz = (bytes: Buffer): Buffer => execFileSync('xz', ['-c'], { input: bytes });
const hasXz = spawnSync('xz', ['--version']).status === 0;

describe('a dump is the same', () => {
  test.each<[string, () => Buffer]>([
    ['as tar', () => GOOD],
    ['as tgz', () => gzipSync(GOOD)],
    ['as zip', () => GOOD_ZIP],
    ['as tgz inside a zip', () => zipOf({ name: 'case/dump.tgz', content: gzipSync(GOOD) })],
    ['as zip inside a tar', () => tarOf(entry({ path: 'dump.zip' }, GOOD_ZIP))],
    ...(hasXz ? [['as txz', () => xz(GOOD)] as [string, () => Buffer]] : []),
  ])('%s, whatever its name', async (_how, make) => {
    const file = write('download(1).bin', make());
    const { objects, texts, gaps } = await load(file);
    expect(gaps).toEqual([]);
    expect(
      objects.map(({ object, lineOf }) => [object.metadata.name, lineOf?.(['metadata', 'labels', 'rack'])]),
    ).toEqual([['w1', 6]]);
    expect(objects[0]?.origin.source.startsWith(`${file}!`)).toBe(true);
    expect(texts.map(({ kind, pod, text }) => [kind, pod, text])).toEqual([
      ['log', 'sriov-network-config-daemon-abcde', LOG],
    ]);
  });

  test.skipIf(!hasShared)(`real ones in four containers and a rotated log${WHERE_ABSENT}`, async () => {
    const bundles = path.join(SHARED, 'data/samples-cluster/bundles');
    for (const name of [
      'omc-must-gather.tar',
      'omc-must-gather.tar.gz',
      'omc-must-gather.tar.xz',
      'omc-must-gather.zip',
    ]) {
      const loaded = await loadDump([path.join(bundles, name)]);
      // Its two files are empty, and that is what is said.
      expect(!loaded.ok && loaded.fault.message, name).toMatch(/Nothing could be read|holds no file/);
    }
    const rotated = await load(path.join(bundles, 'omc-must-gather-logs-rotated.tar.gz'));
    expect(rotated.texts.filter(({ kind }) => kind === 'log').map(({ pod }) => pod)).toEqual(
      Array.from({ length: 3 }, () => 'test-pod'),
    );
  });

  test('one log that is packed by itself', async () => {
    const { texts } = await load(write('mofed-ubuntu22.04-ds-w9ztk.log.gz', gzipSync(LOG)));
    expect(texts.map(({ pod }) => pod)).toEqual(['mofed-ubuntu22.04-ds-w9ztk']);
  });
});

describe('what would lead out of an archive is refused by name, and the rest is read', () => {
  test.each<[string, Buffer, string]>([
    ['a path with ..', entry({ path: '../../etc/passwd' }, 'root'), 'ARCHIVE!../../etc/passwd: its path leads out of the archive'],
    ['.. further in', entry({ path: 'a/b/../../../x.yaml' }, NODE), 'ARCHIVE!a/b/../../../x.yaml: its path leads out of the archive'],
    ['an absolute path', entry({ path: '/etc/passwd' }, 'root'), 'ARCHIVE!/etc/passwd: its path is absolute and would lead out of the archive'],
    ['a drive', entry({ path: 'C:\\x.yaml' }, NODE), 'ARCHIVE!C:\\x.yaml: its path is absolute and would lead out of the archive'],
    ['a link out', entry({ path: 'a/l', type: 'SymbolicLink', linkpath: '../../etc/shadow' }), 'ARCHIVE!a/l: it is a link that leaves the archive (to ../../etc/shadow)'],
    ['a hard link out', entry({ path: 'a/l', type: 'Link', linkpath: '/etc/shadow' }), 'ARCHIVE!a/l: it is a link that leaves the archive (to /etc/shadow)'],
    ['a device', entry({ path: 'dev/sda', type: 'BlockDevice' }), 'ARCHIVE!dev/sda: it is neither a file, a folder nor a link'],
    ['folders without end', entry({ path: `${'d/'.repeat(40)}x` }, NODE), `ARCHIVE!${'d/'.repeat(40)}x: folders are nested deeper than 32`],
  ])('tar: %s', async (_what, hostile, reason) => {
    const file = write('h.tgz', gzipSync(Buffer.concat([hostile, GOOD])));
    const snapshot = await load(file);
    expect(reasons(snapshot, file)).toEqual([reason]);
    expect(names(snapshot)).toEqual(['w1']);
  }); // prettier-ignore

  test('tar: a link that stays inside is no gap, and its target is read once', async () => {
    const link = entry({ path: 'dump/also.yaml', type: 'SymbolicLink', linkpath: 'nodes.yaml' });
    const snapshot = await load(write('l.tar', Buffer.concat([link, GOOD])));
    expect(snapshot.gaps).toEqual([]);
    expect(names(snapshot)).toEqual(['w1']);
  });

  test('zip: paths and links', async () => {
    const file = write(
      'h.zip',
      zipOf(
        { name: '../up.yaml', content: NODE },
        { name: '/abs.yaml', content: NODE },
        { name: 'l', content: '../../etc/shadow', isLink: true },
        { name: 'nodes.yaml', content: NODE },
      ),
    );
    const snapshot = await load(file);
    expect(reasons(snapshot, file)).toEqual([
      'ARCHIVE!../up.yaml: its path leads out of the archive',
      'ARCHIVE!/abs.yaml: its path is absolute and would lead out of the archive',
      'ARCHIVE!l: it is a link that leaves the archive (to ../../etc/shadow)',
    ]);
    expect(names(snapshot)).toEqual(['w1']);
  });
});

describe('what is made to fill memory is refused by name', () => {
  const zeros = Buffer.alloc(8 * 1024 * 1024, 0x20);
  const limits = { freeUnpackedBytes: 1024 * 1024 };

  test('a gzip bomb', async () => {
    const file = write('b.tgz', gzipSync(Buffer.concat([GOOD.subarray(0, 1024), entry({ path: 'zeros.txt' }, zeros)])));
    const snapshot = await load(file, limits);
    expect(names(snapshot)).toEqual(['w1']);
    expect(reasons(snapshot, file)[0]).toMatch(/^ARCHIVE: it unpacks to more than 250 times its size/);
  });

  test('a zip bomb, and one that lies about its size', async () => {
    const bomb = write('b.zip', zipOf({ name: 'nodes.yaml', content: NODE }, { name: 'zeros.txt', content: zeros }));
    const snapshot = await load(bomb, limits);
    expect(names(snapshot)).toEqual(['w1']);
    expect(reasons(snapshot, bomb)[0]).toMatch(/it unpacks to more than 250 times its size/);
    const liar = write(
      'l.zip',
      zipOf({ name: 'nodes.yaml', content: NODE }, { name: 'zeros.txt', content: zeros, claims: 10 }),
    );
    expect(reasons(await load(liar), liar)[0]).toMatch(/^ARCHIVE!zeros\.txt: it is broken: too many bytes/);
  });

  test('archives within archives', async () => {
    let inner = GOOD;
    for (let depth = 0; depth < 5; depth += 1) inner = tarOf(entry({ path: `${depth}.tar` }, inner));
    const loaded = await loadDump([write('n.tar', inner)]);
    expect(!loaded.ok && loaded.fault.message).toContain('archives are nested deeper than 3');
  });

  test('too many members, and one that is too large', async () => {
    const many = tarOf(...Array.from({ length: 20 }, (_, index) => entry({ path: `${index}.yaml` }, NODE)));
    const file = write('m.tar', many);
    expect(reasons(await load(file, { maxFiles: 5 }), file)).toEqual([
      'ARCHIVE: the input holds more than 5 files; the rest was not read',
    ]);
    const large = write('s.tar', tarOf(entry({ path: 'a.yaml' }, NODE), entry({ path: 'large.log' }, zeros)));
    expect(reasons(await load(large, { maxFileBytes: 1000 }), large)).toEqual([
      'ARCHIVE!large.log: it is larger than 1000 bytes',
    ]);
  });

  test('a member that claims more than there is', async () => {
    const huge = Buffer.alloc(512);
    new Header({ path: 'huge', size: 2 ** 40, type: 'File', mode: 0o644, mtime: new Date(0) }).encode(huge, 0);
    const file = write('c.tar', Buffer.concat([GOOD.subarray(0, -1024), huge]));
    const snapshot = await load(file);
    expect(names(snapshot)).toEqual(['w1']);
    expect(reasons(snapshot, file).join()).toMatch(/huge: it is larger than|cut off/);
  });
});

test('what is packed in a way that is not read is named with the program that unpacks it', async () => {
  const loaded = await loadDump([write('x.tar.bz2', Buffer.from('BZh91AY&SY'))]);
  expect(!loaded.ok && loaded.fault.message).toContain('packed by bzip2, which is not read; unpack it with `bunzip2`');
});

test('a cut-off archive gives what it holds, and says that it is cut off', async () => {
  const large = Buffer.from(Array.from({ length: 40_000 }, (_, index) => (index * 2654435761) % 251));
  const whole = gzipSync(Buffer.concat([GOOD.subarray(0, -1024), entry({ path: 'rest.bin' }, large)]));
  const file = write('cut.tgz', whole.subarray(0, whole.length - 200));
  const snapshot = await load(file);
  expect(names(snapshot)).toEqual(['w1']);
  expect(reasons(snapshot, file).join()).toMatch(/ARCHIVE: .*cut off/);
});

test('mutated archives never throw and never hang', async () => {
  const seeds = { tar: GOOD, tgz: gzipSync(GOOD), zip: GOOD_ZIP, ...(hasXz && { txz: xz(GOOD) }) };
  const change = fc.record({
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    put: fc.uint8Array({ maxLength: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.entries(seeds)),
      fc.array(change, { minLength: 1, maxLength: 5 }),
      fc.double({ min: 0.1, max: 1, noNaN: true }),
      async ([kind, seed], changes, keep) => {
        const bytes = Buffer.from(seed.subarray(0, Math.ceil(seed.length * keep)));
        for (const { at, put } of changes)
          bytes.set(put.slice(0, bytes.length - Math.floor(at * bytes.length)), Math.floor(at * bytes.length));
        const file = path.join(folder, `fuzz.${kind}`);
        writeFileSync(file, bytes);
        const loaded = await loadDump([file]);
        if (!loaded.ok) expect(loaded.fault.message).toMatch(/Nothing could be read|holds no file/);
        // Nothing is made up: what is read is a node or nothing.
        else for (const { object } of loaded.value.objects) expect(object.kind).toBe('Node');
      },
    ),
    { numRuns: 250 },
  );
});

test('reads an example of this project packed as it lies there', async () => {
  const example = path.resolve(import.meta.dirname, '../../../examples/dgx-incident');
  const file = path.join(folder, 'example.tar');
  execFileSync('tar', ['-cf', file, '-C', path.dirname(example), path.basename(example)]);
  const [packed, plain] = [await load(file), await load(example)];
  expect(names(packed).toSorted()).toEqual(names(plain).toSorted());
  expect(packed.texts.length).toBe(plain.texts.length);
  expect(readFileSync(file).length).toBeGreaterThan(0);
});
