/**
 * What the SR-IOV operator's daemon makes of mstconfig output, weak points included (pkg/vendors/mellanox/mellanox.go,
 * ParseMstconfigOutput and mlnxNicFromMap). For telling what the operator will do; our own reading is core/inventory's.
 */
import { fail, ok, type Result } from '../result.ts';
import type { CardFirmware } from './card-firmware.ts';

const COLUMNS = /(\w+)\s+(\S+)\s+(\S+)\s+(\S+)/;
const NAMES = ['NUM_OF_VFS', 'SRIOV_EN', 'LINK_TYPE_P1', 'LINK_TYPE_P2'] as const;

type Columns = Partial<Record<(typeof NAMES)[number], readonly [current: string, next: string]>>;

export interface UpstreamFirmware {
  readonly current: CardFirmware;
  readonly next: CardFirmware;
}

/** Absent (only possible for port 1) is Preconfigured; a word that is neither ETH nor IB is Unknown. */
const linkType = (raw: string | undefined): string => {
  if (raw === undefined || raw === '') return 'Preconfigured';
  if (raw.includes('ETH')) return 'ETH';
  return raw.includes('IB') ? 'IB' : 'Unknown';
};

const firmwareOf = (columns: Columns, index: 0 | 1): Result<CardFirmware> => {
  const vfs = columns.NUM_OF_VFS?.[index] ?? '';
  if (!/^[+-]?\d+$/.test(vfs))
    return fail(
      'upstream-parse',
      `The operator cannot read NUM_OF_VFS: "${vfs}" is no number, and it gives up on the node.`,
    );
  const p2 = columns.LINK_TYPE_P2?.[index];
  return ok({
    totalVfs: Number(vfs),
    sriovEnabled: (columns.SRIOV_EN?.[index] ?? '').includes('True'),
    linkTypeP1: linkType(columns.LINK_TYPE_P1?.[index]),
    linkTypeP2: p2 === undefined ? '' : linkType(p2),
  });
};

export const upstreamFirmware = (text: string): Result<UpstreamFirmware> => {
  const lines = text.split('\n');
  const columns: Columns = {};
  for (const name of NAMES) {
    const line = lines.find((one) => one.includes(name));
    if (line === undefined) continue;
    const match = COLUMNS.exec(line);
    if (match === null)
      return fail(
        'upstream-panic',
        `The operator's daemon panics on the line of ${name}: it has fewer than three values.`,
      );
    columns[name] = [match[3] ?? '', match[4] ?? ''];
  }
  const current = firmwareOf(columns, 0);
  if (!current.ok) return current;
  const next = firmwareOf(columns, 1);
  return next.ok ? ok({ current: current.value, next: next.value }) : next;
};
