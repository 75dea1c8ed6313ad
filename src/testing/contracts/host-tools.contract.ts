/**
 * The one contract suite of HostTools and HostChanges: the twin's own, pods on the twin, ssh to a real sshd, and whatever comes.
 * The host has one card at `pci`, with NUM_OF_VFS that can be written; whatever else is asked for is not there.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HostChanges } from '../../core/ports/host-changes.ts';
import type { HostTools } from '../../core/ports/host-tools.ts';
import type { Result } from '../../core/result.ts';

export interface HostBench {
  readonly tools: HostTools;
  readonly changes: HostChanges;
  readonly pci: string;
  readonly bootId: string;
  /** NUM_OF_VFS at next boot, from the host's own truth. */
  readonly atNextBoot: () => string | undefined;
  /** Resolves an answer; a virtual clock has to be moved for it. */
  readonly settle: <T>(asked: Promise<T>) => Promise<T>;
  readonly stop?: () => Promise<void>;
}

const good = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code}: ${result.fault.message}`);
  return result.value;
};

const HOSTILE = "0000:18:00.0'; echo pwned; '$(echo pwned)";

export const hostToolsContract = (name: string, make: () => Promise<HostBench>): void => {
  describe(`${name} keeps the contract of HostTools and HostChanges`, () => {
    let bench: HostBench;
    beforeAll(async () => {
      bench = await make();
    });
    afterAll(() => bench?.stop?.());

    test('says how the host is reached', () => {
      expect(bench.tools.via).not.toBe('');
      expect(bench.changes.via).not.toBe('');
    });

    test('answers with what the tool printed, and the command that ran', async () => {
      const question = { ask: 'firmware-settings', pci: bench.pci } as const;
      const answer = good(await bench.settle(bench.tools.ask(question)));
      expect(answer).toMatchObject({ question, exitCode: 0, truncated: false });
      expect(answer.command).toEqual(['mstconfig', '-d', bench.pci, '-e', 'q']);
      expect(answer.output).toMatch(/NUM_OF_VFS/);
    });

    test('tells the boot id', async () => {
      expect(good(await bench.settle(bench.tools.ask({ ask: 'boot-id' }))).output.trim()).toBe(bench.bootId);
    });

    test('a tool that fails is an answer', async () => {
      const answer = good(await bench.settle(bench.tools.ask({ ask: 'firmware-settings', pci: '0000:ff:00.0' })));
      expect(answer.exitCode).not.toBe(0);
      expect(answer.output).not.toBe('');
    });

    test('no part of a question becomes another command', async () => {
      const answer = good(await bench.settle(bench.tools.ask({ ask: 'firmware-settings', pci: HOSTILE })));
      expect(answer.exitCode).not.toBe(0);
      expect(answer.output.split('\n')).not.toContain('pwned');
    });

    test('writes a setting for next boot', async () => {
      const change = { do: 'set-firmware', pci: bench.pci, values: ['NUM_OF_VFS=4'] } as const;
      const answer = good(await bench.settle(bench.changes.change(change)));
      expect(answer).toMatchObject({ exitCode: 0 });
      expect(bench.atNextBoot()).toBe('4');
    });

    test('no value becomes another command', async () => {
      const values = ["NUM_OF_VFS=4'; echo pwned; '"];
      const answer = good(await bench.settle(bench.changes.change({ do: 'set-firmware', pci: bench.pci, values })));
      expect(answer.exitCode).not.toBe(0);
      expect(answer.output.split('\n')).not.toContain('pwned');
      expect(bench.atNextBoot()).toBe('4');
    });
  });
};
