/** Arm sides go down before power does: asked once, read down three times, and nothing is guessed (design: safety rules). */
import { describe, expect, test } from 'vitest';
import type { ArmJournal } from './arm-journal.ts';
import { armOfLastState, armOfRawByte, armOfRshim } from './arm-words.ts';
import { nextArmStep, type ArmSeen, type ArmStep } from './next-arm-step.ts';

const MINUTE = 60_000;
const A = '0000:29:00';
const B = '0000:aa:00';
const seen = (card: string, state: ArmSeen['state'], isBroken?: true): ArmSeen => ({
  card,
  state,
  said: `read ${state}`,
  ...(isBroken === true && { isBroken }),
});

/** Each row of readings is one pass, a minute after the one before. */
const run = (...passes: readonly (readonly ArmSeen[])[]): readonly ArmStep[] => {
  let journal: readonly ArmJournal[] = [];
  return passes.map((pass, at) => {
    const step = nextArmStep(journal, pass, at * MINUTE);
    journal = step.journal;
    return step;
  });
};

test('none has to go down: nothing is asked', () => {
  expect(nextArmStep([], [], 0)).toEqual({ journal: [], is: 'down', ask: [], because: expect.any(String) as string });
});

test('each is asked once and proved by three reads', () => {
  const up = [seen(A, 'up'), seen(B, 'up')];
  const down = [seen(A, 'down'), seen(B, 'down')];
  const steps = run(up, up, [seen(A, 'down'), seen(B, 'up')], down, down, down);
  expect(steps.map(({ ask }) => ask)).toEqual([[A, B], [], [], [], [], []]);
  expect(steps.map(({ is }) => is)).toEqual([...Array<string>(5).fill('under way'), 'down']);
});

test('a read of up between reads of down proves nothing', () => {
  const steps = run([seen(A, 'down')], [seen(A, 'down')], [seen(A, 'up')], [seen(A, 'down')], [seen(A, 'down')]);
  expect(steps.at(-1)?.is).toBe('under way');
});

test('asked twice without effect, a person has to help; what was read is told', () => {
  const steps = run(...Array.from({ length: 11 }, () => [seen(A, 'up')]));
  expect(steps.flatMap(({ ask }) => ask)).toEqual([A, A]);
  expect(steps.at(-1)).toMatchObject({ is: 'stuck', because: expect.stringContaining('read up') as string });
});

describe('what cannot be told', () => {
  test('is waited for, a limited time, and nobody else is asked meanwhile', () => {
    const steps = run(...Array.from({ length: 16 }, () => [seen(A, 'unknown'), seen(B, 'up')]));
    expect(steps.flatMap(({ ask }) => ask)).toEqual([]);
    expect(steps.slice(0, -1).every(({ is }) => is === 'under way')).toBe(true);
    expect(steps.at(-1)).toMatchObject({ is: 'stuck', because: expect.stringContaining('for 15 min') as string });
  });

  test('is told at once where waiting does not help', () => {
    expect(run([seen(A, 'unknown', true)])[0]).toMatchObject({ is: 'stuck', ask: [] });
  });

  test('takes nothing from a proof that is there, and a read of up does', () => {
    const proved = [[seen(A, 'down')], [seen(A, 'down')], [seen(A, 'down')]];
    expect(run(...proved, [seen(A, 'unknown')]).at(-1)?.is).toBe('down');
    expect(run(...proved, [seen(A, 'up')]).at(-1)).toMatchObject({ is: 'under way', ask: [A] });
  });
});

describe('words', () => {
  test.each([
    ['LowPowerStandby', 'down'],
    ['OsIsRunning', 'up'],
    ['UEFI', 'up'],
    ['FirmwareUpdateInProgress', 'up'],
    ['Invalid', 'unknown'],
    [undefined, 'unknown'],
  ])('OemLastState %s: %s', (said, state) => {
    expect(armOfLastState(said).state).toBe(state);
  });

  test.each([
    [' 06\n', 'down'],
    [' 05\n', 'up'],
    [' 0f\n', 'unknown'],
    ['', 'unknown'],
    [' 06 06\n', 'unknown'],
    ['Unable to send RAW command', 'unknown'],
  ])('raw byte %j: %s', (output, state) => {
    expect(armOfRawByte(output).state).toBe(state);
  });

  const misc = (name: string, ...log: readonly string[]) =>
    [
      'DISPLAY_LEVEL   2 (0:basic, 1:advanced, 2:log)',
      'BOOT_MODE       1 (0:rshim, 1:emmc, 2:emmc-boot-swap)',
      'SW_RESET        0 (1: reset)',
      `DEV_NAME        ${name}`,
      '---------------------------------------',
      '             Log Messages',
      '---------------------------------------',
      ...log,
      '',
    ].join('\n');

  test.each([
    [misc('pcie-0000:29:00.2', ' INFO[MISC]: Linux up', ' INFO[BL31]: System Off'), 'down'],
    [misc('pcie-0000:29:00.2', ' INFO[BL31]: System Off', ' INFO[BL2]: start'), 'up'],
    [misc('pcie-0000:29:00.2', ' INFO[MISC]: DPU is ready'), 'up'],
    [misc('pcie-0000:29:00.2'), 'unknown'],
    [misc('pcie-0000:aa:00.2', ' INFO[BL31]: System Off'), 'unknown'],
    [misc('pcie-0000:aa:00.2', ' INFO[BL31]: System Off') + misc('pcie-0000:29:00.2', ' INFO[MISC]: Linux up'), 'up'],
    ['cat: /dev/rshim*/misc: No such file or directory', 'unknown'],
  ])('rshim, case %#: %s', (output, state) => {
    expect(armOfRshim(output, A).state).toBe(state);
  });
});
