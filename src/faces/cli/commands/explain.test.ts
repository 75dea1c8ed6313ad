/** `explain` as a person sees it: pages of rules and topics, and what an unknown name gives. */
import { describe, expect, test } from 'vitest';
import { ALL_RULES } from '../../../core/diagnosis/rules/index.ts';
import { TOPICS } from '../../../core/diagnosis/topics/topics.ts';
import { fakeCommandContext } from '../../../testing/fake-command-context.ts';
import { plainPaint } from '../paint.ts';
import explain from './explain.ts';

const run = async (name?: string, verbose = false) => {
  const result = await explain.run(fakeCommandContext({}), name === undefined ? [] : [name], { verbose });
  return result.ok ? result.value.text(plainPaint) : `${result.fault.code}: ${result.fault.message}`;
};

/** A terminal of half a screen's height twice; commands may be wider than 100 columns, sentences may not. */
const MOST_LINES = 60;

describe('explain', () => {
  test.each([...ALL_RULES, ...TOPICS].map(({ id }) => id))(
    '%s fits a screen, and says where it comes from',
    async (id) => {
      const text = await run(id);
      expect(text.split('\n').length).toBeLessThanOrEqual(MOST_LINES);
      expect(text).toContain('Sources\n');
    },
  );

  test('lists repository and number of upstream reports, and whether one matches exactly (000-16)', async () => {
    expect(await run('cold-restart-pending')).toContain('Mellanox/nic-configuration-operator #188');
    const akin = await run('nv-access-error');
    expect(akin).toContain('Mellanox/mstflint #1191 (akin)');
    expect(akin).toContain('None of these reports matches exactly.');
  });

  test('with -v says what the rule tells apart', async () => {
    expect(await run('nv-access-error')).not.toContain('an exit status without words');
    expect(await run('nv-access-error', true)).toContain('cannot be told: an exit status without words');
  });

  test('corrects what the founding document has wrong (000-95)', async () => {
    expect(await run('image-names')).toContain('it never changed');
    expect(await run('chart-compatibility')).toContain('only with --reuse-values it cannot');
    expect(await run('nv-ipam-deployment')).toContain('it left in 24.10');
  });

  test('offers names that are near, and refuses the rest', async () => {
    expect(await run('safeload')).toMatch(/^usage-name: .*Did you mean safe-load\?/);
    expect(await run('zzz')).toBe('usage-name: There is no rule or topic zzz. nicwright explain lists them all.');
    expect(await run()).toContain('cold-restart-pending');
  });
});
