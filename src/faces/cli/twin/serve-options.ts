/** Options of the commands that put a simulated cluster on the network, read and checked. */
import { parseSpeed, type Speed } from '../../../core/model/speed.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import type { OptionSpec, OptionValues } from '../command.ts';

export const serveOptions = (speed: string): readonly OptionSpec[] => [
  { flags: '--speed <speed>', about: 'how fast time passes: real, 60x, max', default: speed },
  { flags: '--port <port>', about: 'the port of the API on 127.0.0.1, instead of any that is free' },
  { flags: '--dir <folder>', about: 'where the kubeconfig is written, instead of a new folder' },
];

export interface ServeChoice {
  readonly speed: Speed;
  readonly port: number;
  readonly folder?: string;
}

export const readServeOptions = (options: OptionValues): Result<ServeChoice> => {
  const speed = parseSpeed(String(options['speed']));
  if (speed === undefined)
    return fail('usage', `--speed takes real, max, or a number of times such as 60x, not ${String(options['speed'])}.`);
  const port = options['port'] === undefined ? '0' : String(options['port']);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    return fail('usage', `--port takes a number up to 65535, not ${port}.`);
  const folder = options['dir'];
  return ok({ speed, port: Number(port), ...(typeof folder === 'string' && { folder }) });
};
