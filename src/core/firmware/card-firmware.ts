/**
 * The four parameters that SR-IOV needs of a card, in one column (current or next boot), and where they come from in settings.
 * Names and values as the SR-IOV operator writes them.
 */
import type { FirmwareSetting } from '../model/firmware-setting.ts';
import { valueNames } from '../model/firmware-setting.ts';

export const NUM_OF_VFS = 'NUM_OF_VFS';
export const SRIOV_EN = 'SRIOV_EN';
export const LINK_TYPE = ['LINK_TYPE_P1', 'LINK_TYPE_P2'] as const;

export interface CardFirmware {
  readonly totalVfs: number;
  readonly sriovEnabled: boolean;
  /** ETH, IB, Unknown, Preconfigured (the card has no such parameter), or empty. */
  readonly linkTypeP1?: string;
  readonly linkTypeP2?: string;
}

/** ETH or IB as the tools print them (`ETH(2)`, `IB`); anything else as it is. */
export const linkTypeToken = (raw: string): string => (/eth/i.test(raw) ? 'ETH' : /ib/i.test(raw) ? 'IB' : raw);

const isTrue = (raw: string): boolean => valueNames(raw).some((name) => name === 'true' || name === '1');

/** One column of a card's settings; undefined when NUM_OF_VFS or SRIOV_EN is not shown there. */
export const cardFirmware = (
  settings: readonly FirmwareSetting[],
  column: 'default' | 'current' | 'next',
): CardFirmware | undefined => {
  const value = (name: string): string | undefined => settings.find((setting) => setting.name === name)?.[column];
  const vfs = Number(value(NUM_OF_VFS));
  const sriov = value(SRIOV_EN);
  if (!Number.isInteger(vfs) || sriov === undefined) return undefined;
  const [p1, p2] = LINK_TYPE.map(value);
  return {
    totalVfs: vfs,
    sriovEnabled: isTrue(sriov),
    ...(p1 !== undefined && { linkTypeP1: linkTypeToken(p1) }),
    ...(p2 !== undefined && { linkTypeP2: linkTypeToken(p2) }),
  };
};
