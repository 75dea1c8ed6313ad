/**
 * The port Bmc by a site's own command, for hosts whose power a cluster manager switches (cmsh of Base Command Manager and
 * the like). The commands are argument lists in the site's configuration; no shell sees them.
 */
import type { AbleBmc } from '../../core/ports/bmc-abilities.ts';
import type { Bmc, BmcIdentity, PowerAnswer, PowerRequest, PowerState } from '../../core/ports/bmc.ts';
import type { PowerCommands } from '../../core/power/power-commands.ts';
import type { Signal } from '../../core/ports/clock.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { runProgram, type ProgramOutput } from '../program/run-program.ts';

/** A name of a node and nothing that an interpreter of the site's command could read as more (RFC 1123). */
const NODE_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

const firstLine = ({ stdout, stderr, exitCode }: ProgramOutput): string =>
  [stderr, stdout].flatMap((text) => text.trim().split('\n')[0]?.trim() || [])[0] ?? `exit code ${exitCode}`;

export const commandBmc = (
  node: string,
  commands: PowerCommands,
  secrets: Readonly<Record<string, string>> = {},
): Bmc & AbleBmc => {
  const where = `${commands.status[0]} ${node}`;
  const run = (command: readonly string[], signal?: Signal): Promise<Result<ProgramOutput>> => {
    if (!NODE_NAME.test(node))
      return Promise.resolve(
        fail('bmc-command', `${JSON.stringify(node)} is no name of a node, so no command is run for it.`),
      );
    const [program = '', ...args] = command.map((word) => word.replaceAll('{node}', node));
    return runProgram({
      program,
      args,
      secrets,
      limitMs: commands.timeoutSeconds * 1000,
      ...(signal === undefined ? {} : { signal }),
    });
  };

  const power = async (signal?: Signal): Promise<Result<PowerState>> => {
    const answer = await run(commands.status, signal);
    if (!answer.ok) return answer;
    const { exitCode, stdout } = answer.value;
    const states = exitCode === 0 ? STATES.filter((state) => matches(commands.patterns[state], stdout)) : [];
    const [only, ...more] = states;
    if (only !== undefined && more.length === 0) return ok(only);
    const why = more.length > 0 ? `it reads as ${states.join(' and ')}` : firstLine(answer.value);
    return fail(
      'bmc-answer',
      `${where}: the status command tells no power state (${why}); it is not taken for off.`,
      'retry',
    );
  };

  const request = async (wanted: PowerRequest, signal?: Signal): Promise<Result<PowerAnswer>> => {
    const command = commands[KEYS[wanted]];
    if (command === undefined)
      return ok({ answer: 'refused', because: `no command for ${wanted} is configured for ${node}` });
    const now = await power(signal);
    if (now.ok && now.value === REACHED[wanted]) return ok({ answer: 'refused', because: `the host is ${now.value}` });
    const answer = await run(command, signal);
    if (!answer.ok) return answer;
    const { exitCode, stdout, stderr } = answer.value;
    if (exitCode === 0 && !matches(commands.patterns.refused, `${stdout}\n${stderr}`))
      return ok({ answer: 'accepted' });
    return ok({ answer: 'refused', because: `the command for ${wanted} says: ${firstLine(answer.value)}` });
  };

  const identity = async (signal?: Signal): Promise<Result<BmcIdentity>> => {
    if (commands.identity === undefined) return ok({});
    const answer = await run(commands.identity, signal);
    if (!answer.ok) return answer;
    const found = (name: 'serial' | 'uuid'): string | undefined => {
      const pattern = commands.patterns[name];
      return pattern === undefined ? undefined : new RegExp(pattern, 'm').exec(answer.value.stdout)?.[1];
    };
    const serial = found('serial');
    const uuid = found('uuid')?.toLowerCase();
    return ok({ ...(serial === undefined ? {} : { serial }), ...(uuid === undefined ? {} : { uuid }) });
  };

  return {
    where,
    power: (options) => power(options?.signal),
    request: (wanted, options) => request(wanted, options?.signal),
    identity: (options) => identity(options?.signal),
    abilities: () =>
      Promise.resolve(
        ok({
          requests: MAIN_REQUESTS.filter((wanted) => commands[KEYS[wanted]] !== undefined),
          acCycle: commands.acCycle !== undefined,
        }),
      ),
  };
};

const STATES = ['on', 'off', 'powering-on', 'powering-off'] as const;
const KEYS = { on: 'on', off: 'off', 'graceful-off': 'gracefulOff', 'ac-cycle': 'acCycle' } as const;
/** Where a request has nothing left to do; an AC cycle always has. */
const REACHED: Readonly<Partial<Record<PowerRequest, PowerState>>> = { on: 'on', off: 'off', 'graceful-off': 'off' };
const MAIN_REQUESTS = ['on', 'off', 'graceful-off'] as const;

const matches = (pattern: string | undefined, text: string): boolean =>
  pattern !== undefined && new RegExp(pattern, 'm').test(text);
