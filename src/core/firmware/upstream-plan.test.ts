import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CardFirmware } from './card-firmware.ts';
import { planValues, wantedValues } from './plan-card.ts';
import { upstreamFirmware } from './upstream-mstconfig.ts';
import { upstreamNodeReboot, upstreamPlan, upstreamPlanUnspecified, type WantedPorts } from './upstream-plan.ts';

const fw = (totalVfs: number, sriovEnabled = true, linkTypeP1?: string): CardFirmware => ({
  totalVfs,
  sriovEnabled,
  ...(linkTypeP1 !== undefined && { linkTypeP1 }),
});
const plan = (current: CardFirmware, next: CardFirmware, ports: WantedPorts) => upstreamPlan({ current, next }, ports);

describe('the operator as shipped', () => {
  // prettier-ignore
  test.each<[string, CardFirmware, CardFirmware, WantedPorts, { set: readonly string[]; reboot: boolean }]>([
    ['a policy removed and applied again: only written', fw(10), fw(0), [{ numVfs: 10 }, undefined], { set: ['NUM_OF_VFS=10'], reboot: false }],
    ['the same, with SRIOV_EN staged off', fw(10), fw(0, false), [{ numVfs: 10 }, undefined], { set: ['SRIOV_EN=True', 'NUM_OF_VFS=10'], reboot: false }],
    ['0 VFs switch SR-IOV off', fw(10), fw(10), [{ numVfs: 0 }, undefined], { set: ['SRIOV_EN=False', 'NUM_OF_VFS=0'], reboot: true }],
    ['0 VFs and SRIOV_EN on: a restart is asked for and nothing written', fw(0), fw(0), [{ numVfs: 0 }, undefined], { set: [], reboot: true }],
    ['link type of port 1', fw(8, true, 'ETH'), fw(8, true, 'ETH'), [{ numVfs: 8, linkType: 'ib', netdevLinkType: 'ETH' }, undefined], { set: ['LINK_TYPE_P1=ib'], reboot: true }],
    ['link type is that of the net device, not of the firmware', fw(8, true, 'ETH'), fw(8, true, 'ETH'), [{ numVfs: 8, linkType: 'ib', netdevLinkType: 'IB' }, undefined], { set: [], reboot: false }],
    ['only port 2 has a policy', fw(0, false), fw(0, false), [undefined, { numVfs: 4 }], { set: ['SRIOV_EN=True', 'NUM_OF_VFS=4'], reboot: true }],
    ['externally managed and enough VFs', fw(16), fw(16), [{ numVfs: 8, externallyManaged: true }, undefined], { set: [], reboot: false }],
    ['no policy', fw(16), fw(8), [undefined, undefined], { set: [], reboot: false }],
  ])('%s', (_name, current, next, ports, value) => {
    expect(plan(current, next, ports)).toEqual({ ok: true, value });
  });

  // prettier-ignore
  test.each<[CardFirmware, WantedPorts, string]>([
    [fw(8, true, 'Unknown'), [{ numVfs: 8, linkType: 'ib', netdevLinkType: 'ETH' }, undefined], 'Unknown link type'],
    [fw(8, true, 'ETH'), [{ numVfs: 8, linkType: 'test', netdevLinkType: 'ETH' }, undefined], 'Not supported link type: test'],
    [fw(8, true, 'Preconfigured'), [{ pci: '0000:3b:00.0', numVfs: 8, linkType: 'IB', netdevLinkType: 'ETH' }, undefined], 'Network card 0000:3b:00.0 does not support link type change'],
    [fw(10, true, 'ETH'), [{ numVfs: 10, externallyManaged: true, linkType: 'IB', netdevLinkType: 'ETH' }, undefined], 'change required for link type but the policy is externally managed'],
  ])('%j refused: %s', (current, ports, message) => {
    expect(plan(current, current, ports)).toMatchObject({ ok: false, fault: { message: expect.stringContaining(message) as string } });
  });

  test("a card without a policy is staged to 0 only when it was ours and is nobody else's", () => {
    const next = fw(10);
    const none = { set: [], reboot: false };
    expect(upstreamPlanUnspecified({ storedByOperator: false, externallyManaged: false, next })).toEqual(none);
    expect(upstreamPlanUnspecified({ storedByOperator: true, externallyManaged: true, next })).toEqual(none);
    expect(
      upstreamPlanUnspecified({ storedByOperator: true, externallyManaged: false, supported: false, next }),
    ).toEqual(none);
    expect(upstreamPlanUnspecified({ storedByOperator: true, externallyManaged: false, next: fw(0, false) })).toEqual(
      none,
    );
    expect(upstreamPlanUnspecified({ storedByOperator: true, externallyManaged: false, next: fw(0) }).set).toEqual([
      'SRIOV_EN=False',
      'NUM_OF_VFS=0',
    ]);
  });

  test('the verdict of a node is that of any of its cards when they differ', () => {
    expect(upstreamNodeReboot([])).toBe(false);
    expect(upstreamNodeReboot([{ set: [], reboot: true }])).toBe(true);
    expect(
      upstreamNodeReboot([
        { set: [], reboot: true },
        { set: [], reboot: false },
      ]),
    ).toBe('nondeterministic');
  });
});

describe('its parser', () => {
  test('a read-only marker shifts its columns, a row with one value makes it panic, a word is no number', () => {
    expect(upstreamFirmware(' RO  NUM_OF_VFS  16  12  8\nSRIOV_EN True(1) True(1) True(1)')).toMatchObject({
      ok: true,
      value: { current: { totalVfs: 16 }, next: { totalVfs: 12 } },
    });
    expect(upstreamFirmware('NUM_OF_VFS 8')).toMatchObject({ ok: false, fault: { code: 'upstream-panic' } });
    expect(upstreamFirmware('NUM_OF_VFS N/A N/A N/A')).toMatchObject({ ok: false, fault: { code: 'upstream-parse' } });
    expect(upstreamFirmware('')).toMatchObject({ ok: false });
  });

  test('property: any text gives an answer', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof upstreamFirmware(`NUM_OF_VFS ${text}`).ok === 'boolean'));
  });
});

const firmware = fc.record({ totalVfs: fc.nat(127), sriovEnabled: fc.boolean() });
const ports = fc.record({ numVfs: fc.nat(127) }).map((port): WantedPorts => [port, undefined]);

test('property: what we write makes next boot what is wanted, and nothing is written twice', () => {
  fc.assert(
    fc.property(firmware, firmware, ports, (current, next, wanted) => {
      const { write } = planValues(wantedValues({ current, next }, wanted), {});
      const after = write.reduce<CardFirmware>((card, argument) => {
        const [name, value = ''] = argument.split('=');
        return name === 'NUM_OF_VFS'
          ? { ...card, totalVfs: Number(value) }
          : { ...card, sriovEnabled: value === 'True' };
      }, next);
      expect(after).toEqual({ totalVfs: wanted[0]?.numVfs, sriovEnabled: (wanted[0]?.numVfs ?? 0) > 0 });
      expect(planValues(wantedValues({ current, next: after }, wanted), {}).write).toEqual([]);
    }),
  );
});

test('property: where the operator restarts for a value that is already staged, we write nothing', () => {
  fc.assert(
    fc.property(firmware, fc.integer({ min: 1, max: 127 }), (current, vfs) => {
      const next = { totalVfs: vfs, sriovEnabled: true };
      const state = { current, next };
      const wanted: WantedPorts = [{ numVfs: vfs }, undefined];
      const ours = planValues(wantedValues(state, wanted), { tried: ['warm'] });
      const theirs = upstreamPlan(state, wanted);
      expect(ours.write).toEqual([]);
      if (theirs.ok) expect(theirs.value.reboot).toBe(ours.activation !== undefined);
      if (ours.activation !== undefined) expect(ours.activation.rung).toBe('cold');
    }),
  );
});
