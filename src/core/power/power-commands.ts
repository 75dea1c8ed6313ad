/** A site's commands for the power of a host, as it configures them: argument lists with `{node}`, and how to read answers. */
import { z } from 'zod';

const command = z.array(z.string().min(1)).min(1);

/** A regular expression that compiles. */
const pattern = z.string().refine((text) => {
  try {
    return new RegExp(text, 'm') instanceof RegExp;
  } catch {
    return false;
  }
}, 'is no regular expression');

export const powerCommandsSchema = z.strictObject({
  status: command,
  on: command,
  off: command,
  gracefulOff: command.optional(),
  /** Takes AC power away for a while and gives it back, for example by the PDU. */
  acCycle: command.optional(),
  /** Prints the serial number or UUID of the machine, found by the patterns `serial` and `uuid`. */
  identity: command.optional(),
  patterns: z.strictObject({
    on: pattern,
    off: pattern,
    'powering-on': pattern.optional(),
    'powering-off': pattern.optional(),
    /** Output of a request that means no, whatever the exit code. */
    refused: pattern.optional(),
    /** The first group is the value. */
    serial: pattern.optional(),
    uuid: pattern.optional(),
  }),
  timeoutSeconds: z.number().positive().max(600).default(60),
});

export type PowerCommands = z.infer<typeof powerCommandsSchema>;
