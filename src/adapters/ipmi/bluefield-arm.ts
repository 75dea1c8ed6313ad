/**
 * The port ArmSide by IPMI to a BlueField's own BMC: a command of NVIDIA's own tells (0x32 0xA3, one byte), `power soft` asks
 * (BlueField-3). The chassis power that IPMI knows stays on in standby, and is not looked at.
 */
import type { ArmSide } from '../../core/ports/arm-side.ts';
import { armOfRawByte } from '../../core/power/arm-words.ts';
import { fail, ok } from '../../core/result.ts';
import { REQUESTS } from './ipmi-words.ts';
import { firstLine, type Ipmitool } from './ipmitool.ts';

const STATE = ['raw', '0x32', '0xA3'];

export const ipmiArm = (tool: Pick<Ipmitool, 'run' | 'where'>): ArmSide => ({
  where: tool.where,
  needsHost: false,
  read: async (options) => {
    const answer = await tool.run(STATE, options?.signal);
    if (!answer.ok) return answer;
    const { stdout, stderr, exitCode } = answer.value;
    if (exitCode === 0) return ok(armOfRawByte(stdout));
    return fail(
      'bmc-answer',
      `${tool.where} does not tell the state of its Arm side (${firstLine(stderr) || `exit code ${exitCode}`}); is it the BMC of a BlueField?`,
      'retry',
    );
  },
  shutDown: async (options) => {
    const { args, success } = REQUESTS['graceful-off'];
    const answer = await tool.run(args, options?.signal);
    if (!answer.ok) return answer;
    const { stdout, stderr, exitCode } = answer.value;
    if (exitCode === 0 && success.test(stdout) && stderr.trim() === '') return ok({ answer: 'accepted' });
    const said = firstLine(stderr) || firstLine(stdout) || `exit code ${exitCode}`;
    return ok({ answer: 'refused', because: `the BMC refuses "${args.join(' ')}": ${said}` });
  },
});
