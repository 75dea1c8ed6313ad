/**
 * Every file of the shared samples is read, with facts asserted here, or answered as known and not read. A new sample fails
 * this test until it stands in the table.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasShared, SHARED, WHERE_ABSENT } from '../../../../test/shared-folder.ts';
import { readYaml } from '../../../adapters/dump/read-yaml.ts';
import { readNodeState } from '../node-state.ts';
import type { HostReading } from './host-reading.ts';
import { readHostText } from './read-host-text.ts';

const FOLDER = path.join(SHARED, 'data/samples-host');
const textOf = (name: string): string => readFileSync(path.join(FOLDER, name), 'utf8');
const readSample = (name: string): readonly HostReading[] => readHostText(textOf(name), { source: name });

/** `default/current/next/new@line` with * for marked, RO for read only, ? where the header is missing; - is absent. */
const short = (reading: HostReading): unknown => {
  if (reading.kind !== 'settings' && reading.kind !== 'reset-status') return reading;
  const rows = reading.settings.map((row) => [
    row.name,
    `${row.marked ? '*' : ''}${row.readOnly ? 'RO ' : ''}${row.default ?? '-'}/${row.current ?? '-'}/${row.next ?? '-'}` +
      `${row.new === undefined ? '' : `/${row.new}`}${row.columnsStated ? '' : '?'}@${String(row.origin.line)}`,
  ]);
  return { ...reading, count: rows.length, rows: Object.fromEntries(rows) as Record<string, string> };
};

const settings = (rows: Record<string, string>, more: object = {}): object => ({ kind: 'settings', rows, ...more });
const error = (problem: string, more: object = {}): object => ({ kind: 'tool-message', problem, ...more });
const facts = (...list: object[]): object => ({ kind: 'daemon-log', facts: list });
const at = (line: number): object => ({ origin: { line } });

// prettier-ignore
const READ: Readonly<Record<string, readonly object[]>> = {
  'daemon-log.bf2-reboot-loop.txt': [facts({ fact: 'vf-change', current: 16, requested: 12, ...at(1) }, { fact: 'verdict', drain: true, reboot: true, ...at(2) })],
  'daemon-log.mstconfig-failed-to-open.txt': [facts(
    ...[1, 2, 3, 4].map((line) => ({ fact: 'query', device: '0000:3b:00.1', ...at(line) })),
    { fact: 'tool-error', problem: 'open-failed', device: '0000:3b:00.1', ...at(5) },
  )],
  'daemon-log.seed-nv-access.txt': [facts({ fact: 'tool-error', problem: 'nv-access-check-failed', ...at(1) }, { fact: 'exit-status', status: 3, ...at(2) })],
  'daemon-log.seed-reboot-loop.txt': [facts({ fact: 'vf-change', current: 16, requested: 8, ...at(1) })],
  'flint-q.cx7.txt': [{ kind: 'firmware-images', images: [{ burned: '28.43.1014', running: '28.43.1014', psid: 'MT_0000001244', secureFirmware: true }] }],
  'ibdev2netdev-v.cx5.pf-and-vfs.txt': [{ kind: 'rdma-devices', rows: [
    { pci: '0000:02:00.0', rdma: 'mlx5_0', chip: 'MT4119', part: 'MCX555A-ECAT', description: 'CX555A - ConnectX-5 QSFP28', fw: '16.26.4012', netdev: 'ib0', link: 'Up' },
    { pci: '0000:81:00.0' }, { pci: '0000:02:00.1', chip: 'MT4120', description: '', portState: 'DOWN', link: 'Down' }, {}, {}, {},
  ] }],
  'ibdev2netdev-v.cx6.txt': [{ kind: 'rdma-devices', rows: [{ part: 'MCX653105A-HDAT', fw: '20.28.1002', netdev: 'p5p1' }, {}, {}, { pci: '0000:c4:00.0', netdev: 'p3p1' }] }],
  'ibdev2netdev.h100-mixed.column-t.txt': [{ kind: 'rdma-devices', rows: Array.from({ length: 12 }, (_, index) => (index === 1 ? { rdma: 'mlx5_1', netdev: 'enp27s0f0np0', link: 'Up' } : {})) }],
  'ibdev2netdev.ib-vf.fragment.txt': [{ kind: 'rdma-devices', rows: [{ rdma: 'mlx5_19', netdev: 'ibp75s0v7', link: 'Down' }, { rdma: 'mlx5_4', netdev: 'enp97s0f0', link: 'Up' }] }],
  'ibstatus.ib-vf.down-then-active.txt': [{ kind: 'infiniband-ports', ports: [{ rdma: 'mlx5_2', state: 'DOWN', physState: 'LinkUp', lid: '0xffff', ...at(1) }, { state: 'ACTIVE', linkLayer: 'InfiniBand', ...at(10) }] }],
  'ip-link.ib-pf.vfs-disabled.txt': [{ kind: 'links', links: [{ interface: 'ib0', mtu: 2044, up: true, linkType: 'IB', vfs: [{ index: 0, linkState: 'disable' }, {}, {}, { index: 3 }] }] }],
  'ip-link.ib-vf-guids.sno-doc.txt': [{ kind: 'links', links: [{ vfs: [{ nodeGuid: '02:00:00:00:00:00:00:00' }, { index: 1, portGuid: '02:00:00:00:00:00:00:01', linkState: 'enable' }] }] }],
  'lspci-nn.cx5.txt': [{ kind: 'pci-devices', rows: [{ pci: '0000:0a:00.0', model: 'ConnectX-5', vendorId: '15b3', deviceId: '1017', virtual: false }, {}, { deviceId: '1018', virtual: true }] }],
  'lspci.cx5.pf-and-vfs.txt': [{ kind: 'pci-devices', rows: [{ class: 'Infiniband controller', virtual: false }, ...Array.from({ length: 4 }, () => ({ model: 'ConnectX-5', virtual: true })), { pci: '0000:81:00.0' }] }],
  'lspci.cx6.ib-pf-vf.fragment.txt': [{ kind: 'pci-devices', rows: [{ pci: '0000:4b:00.0', model: 'ConnectX-6' }, { pci: '0000:4b:00.1', virtual: true }] }],
  'lspci.cx7.two-domains.txt': [{ kind: 'pci-devices', rows: [{ pci: '0000:05:00.0' }, {}, { pci: '0001:05:00.0', model: 'ConnectX-7' }, {}] }],
  'mlxconfig-e-q.bf3.trimmed.txt': [settings({ NUM_OF_VFS: '16/46/46@13', INTERNAL_CPU_MODEL: 'EMBEDDED_CPU(1)/EMBEDDED_CPU(1)/EMBEDDED_CPU(1)@9' }, { device: '03:00.0', deviceType: 'BlueField3', count: 7 })],
  'mlxconfig-e-query.array-range.eswitch-hairpin.txt': [settings({ 'ESWITCH_HAIRPIN_DESCRIPTORS[7]': '128/128/128@9' }, { count: 8 })],
  'mlxconfig-e-query.bf3.offload-engine-enabled.txt': [settings({ INTERNAL_CPU_OFFLOAD_ENGINE: 'ENABLED(0)/ENABLED(0)/ENABLED(0)@6' }, { deviceType: 'BlueField3' })],
  'mlxconfig-e-query.cx4.asterisk-array.txt': [settings({ KEEP_IB_LINK_UP_P2: '*False(0)/True(1)/True(1)@6', MEMIC_SIZE_LIMIT: '*_256KB(1)/_256KB(1)/DISABLED(0)@9', ESWITCH_HAIRPIN_DESCRIPTORS: 'Array[0..7]/Array[0..7]/Array[0..7]@8' }, { count: 4 })],
  'mlxconfig-e-query.cx9.array-mixed-enum-raw.txt': [settings({ 'PCI_DOWNSTREAM_PORT_OWNER[1]': '*DEVICE_DEFAULT(0)/HOST_0(1)/DEVICE_DEFAULT(0)@7', 'PCI_DOWNSTREAM_PORT_OWNER[4]': '*DEVICE_DEFAULT(0)/164/DEVICE_DEFAULT(0)@9' }, { count: 4 })],
  'mlxconfig-e-query.cx9.array-summary.txt': [settings({ PCI_DOWNSTREAM_PORT_OWNER: 'Array[0..15]/Array[0..15]/Array[0..15]@6' }, { deviceType: 'ConnectX9' })],
  'mlxconfig-e-query.cx9.mixed-formats.txt': [settings({ MIXED_FORMAT_PARAM: '7/HOST_0(1)/DEVICE_DEFAULT(0)@6', PLAIN_FORMAT_PARAM: '32/64/128@7' }, { count: 3 })],
  'mlxconfig-e-query.no-configurations-section.txt': [settings({}, { deviceType: 'ConnectX4', count: 0 })],
  'mlxconfig-q.bf3.single-param.txt': [
    settings({ ATS_ENABLED: '-/-/False(0)@11' }, { device: 'cc:00.0', part: '900-9D3D4-00EN-HA0_Ax' }),
    settings({ ATS_ENABLED: '-/-/False(0)@22' }, { device: 'bc:00.1', part: '900-9D3B6-00CV-A_Ax' }),
  ],
  'mlxconfig-q.cx3.mft-doc-example.txt': [settings({ SRIOV_EN: '-/-/True(1)@6', NUM_OF_VFS: '-/-/16@7' }, { device: '/dev/mst/mt4099_pciconf0', deviceType: 'ConnectX-3' })],
  'mlxconfig-q.cx4lx.mft-doc-example.txt': [settings({ NUM_OF_VFS: '*8/5/5@10', SRIOV_EN: 'True(1)/True(1)/True(1)@11' }, { device: '/dev/mst/mt4117_pciconf0', context: { device: '/dev/mst/mt4117_pciconf0' } })],
  'mlxconfig-q.cx7.full-abridged.next-boot-only.txt': [settings({ MEMIC_BAR_SIZE: '-/-/0@11', SAFE_MODE_ENABLE: '-/-/True(1)@16' }, { part: 'MCX715105AS-WEAT_Ax', count: 6 })],
  'mlxconfig-q.cx7.ib.dp601-tail.next-boot-only.txt': [settings({ IP_VER: '-/-/IPv4(0)?@2', EXP_ROM_UEFI_x86_ENABLE: '-/-/True(1)?@18' }, { count: 18 })],
  'mlxconfig-q.cx7.sriov-rows.next-boot-only.txt': [settings({ NUM_OF_VFS: '-/-/8@5', LINK_TYPE_P1: '-/-/ETH(2)@7' }, { deviceType: 'ConnectX7' })],
  'mlxconfig-set.cx7.transcript.txt': [
    settings({ NUM_OF_VFS: '-/-/16?@2' }, { context: { device: '05:00.0' } }),
    settings({ NUM_OF_VFS: '-/-/16/127@14' }, { device: '05:00.0', applied: true, hint: 'reboot' }),
    settings({ NUM_OF_VFS: '-/-/127?@20' }, { context: { device: '05:00.1' } }),
    settings({ NUM_OF_VFS: '-/-/16?@22' }, { context: { device: '0001:05:00.0' } }),
  ],
  'mlxconfig.validate_system_conf.match.txt': [{ kind: 'system-conf', conf: 'conf6[1]', device: '0001:03:00.0', matches: true, mismatched: [] }],
  'mlxconfig.validate_system_conf.mismatch.txt': [{ kind: 'system-conf', matches: false, mismatched: ['BOARD_CONFIGURATION_MODE', 'MODULE_SPLIT_M0[4]', 'LINK_TYPE_P1', 'NUM_OF_PF'] }],
  'mlxfwmanager.cx6dx.burned-vs-running.txt': [{ kind: 'firmware-images', images: [{ device: '03:00.0', burned: '22.45.3608', running: '22.43.1020' }] }],
  'mlxfwmanager.cx6dx.single-version.txt': [{ kind: 'firmware-images', images: [{ part: 'MCX623106AC-CDA_Ax', burned: '22.29.2002', running: '22.29.2002' }] }],
  'mlxfwmanager.no-fw-line.txt': [{ kind: 'firmware-images', images: [{ psid: 'MT_0000000436' }] }],
  'mlxfwreset-q.bf3.levels.txt': [{ kind: 'reset-query', levels: { 0: true, 1: false, 3: true, 4: true }, defaultLevel: 0, types: { 0: true, 4: false }, sync: { 0: false, 1: true }, defaultSync: 1 }],
  'mlxfwreset-q.reset-reason.derived.txt': [{ kind: 'reset-query', resetReason: 'cold', clocksSinceColdReset: 123456789 }],
  'mlxfwreset-q.with-reason.third-party-fixture.txt': [{ kind: 'reset-query', levels: { 0: false, 1: false, 3: true, 4: true }, sync: { 0: true, 1: true } }],
  'mlxfwreset-reset.cx7.success.txt': [{ kind: 'reset-run', level: 3, loaded: true, context: { device: '/dev/mst/mt4129_pciconf0' } }],
  'mlxfwreset-status.pending-nvconfig.derived.txt': [{ kind: 'reset-status', device: '0000:18:00.0', rows: { NUM_OF_VFS: '16/16/8@8' }, runningFirmware: '28.43.2026', action: 'Warm Reboot (Level 4)' }],
  'mlxprivhost.privileged.txt': [{ kind: 'host-privilege', level: 'privileged' }],
  'mlxprivhost.restricted.txt': [{ kind: 'host-privilege', level: 'restricted' }],
  'mlxup.cx7.update-required.txt': [{ kind: 'firmware-images', images: [{ device: '/dev/mst/mt4129_pciconf1', burned: '28.42.1000', available: '28.43.1014' }] }],
  'mlxvpd.cx6dx.txt': [{ kind: 'vital-product-data', part: 'MCX623106AE-CDAT', revision: 'AB', serial: 'MT2235J01129' }],
  'mstconfig-e-q.bluefield.dpu-mode.txt': [settings({ INTERNAL_CPU_PAGE_SUPPLIER: 'ECPF/ECPF/ECPF@10', NUM_OF_VFS: '*8/0/0@26' }, { device: '19:00.0' })],
  'mstconfig-e-q.bluefield.inconsistent-mode.txt': [settings({ INTERNAL_CPU_PAGE_SUPPLIER: 'EXT_HOST_PF/EXT_HOST_PF/EXT_HOST_PF@10', INTERNAL_CPU_ESWITCH_MANAGER: 'ECPF/ECPF/ECPF@11' })],
  'mstconfig-e-q.bluefield.nic-mode.txt': [settings({ INTERNAL_CPU_OFFLOAD_ENGINE: 'DISABLED/DISABLED/DISABLED@13' })],
  'mstconfig-e-q.cx4lx.eth.vfs-5-10.txt': [settings({ NUM_OF_VFS: '*8/5/10@23', LINK_TYPE_P2: 'ETH/ETH/ETH@11' }, { deviceType: 'ConnectX4LX' })],
  'mstconfig-e-q.cx4lx.linktype-ib-to-eth.txt': [settings({ LINK_TYPE_P1: 'IB/IB/ETH@10' })],
  'mstconfig-e-q.cx4lx.nolinktype.vfs-5-10.txt': [settings({ NUM_OF_VFS: '*8/5/10@22', MEMIC_BAR_SIZE: '0/0/0@11' })],
  'mstconfig-e-q.cx5.sno492-rows.txt': [settings({ DUP_MAC_ACTION_P1: 'LAST_CFG(0)/LAST_CFG(0)/LAST_CFG(0)?@3' }, { count: 8 })],
  'mstconfig-e-q.cx6lx.sno358-head.txt': [settings({ FLEX_PARSER_PROFILE_ENABLE: '0/0/0@8' }, { count: 12 })],
  'mstconfig-e-q.cx6lx.sno968-fragment.txt': [settings({ CRYPTO_POLICY: 'UNRESTRICTED(1)/UNRESTRICTED(1)/UNRESTRICTED(1)@7' }, { device: '0108:00:00.0', count: 3 })],
  'mstconfig-e-q.new-layout-ro.derived.txt': [settings({ NUM_OF_VFS: '*16/16/8@11', SOME_READ_ONLY_PARAM: 'RO 5/5/5@13', SOME_RO_CHANGED: '*RO 3/5/6@14' })],
  'mstconfig-grep.cx6-ib.fragment.txt': [settings({ NUM_OF_VFS: '-/-/8?@1', SRIOV_EN: '-/-/True(1)?@2' })],
  'mstconfig-j-e-q.derived.json': [settings({ NUM_OF_VFS: '*16/16/8@8', SRIOV_EN: 'True(1)/True(1)/True(1)@15' }, { device: '0000:18:00.0', deviceType: 'ConnectX7' })],
  'mstconfig-q.cx3pro.current-only.rhel-doc.txt': [settings({ NUM_OF_VFS: '-/8/-@10', LINK_TYPE_P2: '-/IB(1)/-@12' }, { device: '00:06.0', count: 6 })],
  'mstconfig-q.seed-dgx.num_of_vfs.pending.txt': [settings({ NUM_OF_VFS: '*16/16/8?@1' })],
  'mstconfig-set.power-cycle-hint.derived.txt': [settings({ NUM_OF_VFS: '-/-/16/8@11' }, { applied: true, hint: 'power-cycle' })],
  'mstconfig.error.failed-to-open.txt': [error('open-failed')],
  'mstconfig.error.nv-access-check.derived.txt': [error('nv-access-check-failed', { rc: 1 })],
  'mstflint-q.bf3.txt': [{ kind: 'firmware-images', images: [{ burned: '32.41.1000', psid: 'MT_0000000998' }] }],
};

/** Known by their looks, not read (yet): the file and what it is said to be. */
const NOT_READ: Readonly<Record<string, string>> = {
  'dgx-h100.network-modules.table.txt': 'table of network modules of a DGX manual',
  'mlxreg.MGIR.ga.txt': 'register dump of mlxreg',
};

/** Read in tests of their own below. */
const APART = ['mstflint-no-device.txt', 'nodestate.lockdown.sno103.yaml', 'sources.md'];

describe.skipIf(!hasShared)(`shared samples${WHERE_ABSENT}`, () => {
  test('every file stands in a table', () => {
    const known = [...Object.keys(READ), ...Object.keys(NOT_READ), ...APART].toSorted();
    expect(readdirSync(FOLDER).toSorted()).toEqual(known);
  });

  test.each(Object.entries(READ))('%s', (name, expected) => {
    expect(readSample(name).map(short)).toMatchObject(expected);
  });

  test.each(Object.entries(NOT_READ))('%s is known and not read', (name, what) => {
    expect(readSample(name)).toMatchObject([{ kind: 'not-read', what }]);
  });

  test('a transcript of tools without a device: each error under its command', () => {
    const readings = readSample('mstflint-no-device.txt');
    const errors = readings.flatMap((one) =>
      one.kind === 'tool-message' ? [[one.context.command, one.problem, one.origin.line]] : [],
    );
    expect(errors).toContainEqual(['mstconfig query', 'no-devices', 6]);
    expect(errors).toContainEqual(['mstconfig -d 0000:3b:00.0 q', 'open-failed', 14]);
    expect(errors).toContainEqual(['mstfwreset -d 3b:00.0 query', 'identify-failed', 139]);
    expect(readings.filter(({ kind }) => kind === 'unknown')).toMatchObject([
      { text: 'No options found.', ...at(175) },
    ]);
  });

  test('a node state without kind and name', () => {
    const source = 'nodestate.lockdown.sno103.yaml';
    expect(readSample(source)).toMatchObject([{ kind: 'not-read' }]);
    const state = readNodeState(readYaml(textOf(source))[0], () => ({ source }));
    expect(state).toMatchObject({
      syncStatus: 'Failed',
      lastSyncError: 'Mellanox device detected when in lockdown mode',
      wanted: [{ pci: '0000:19:00.0', name: 'eno1', numVfs: 5, groups: [{ resourceName: 'mlxnic', vfRange: '0-4' }] }],
      seen: [],
    });
  });

  test('no sample holds unknown text, but for the line named above', () => {
    const unknown = [...Object.keys(READ), ...Object.keys(NOT_READ)].flatMap((name) =>
      readSample(name).flatMap((one) =>
        one.kind === 'unknown' ? [`${name}:${String(one.origin.line)} ${one.text}`] : [],
      ),
    );
    expect(unknown).toEqual([]);
  });
});
