/**
 * The twin's time over HTTP, which a real API server does not have: `GET /nicwright/clock` tells it, and with `?sleepMs=N`
 * once so much of it has passed. So `kubectl wait` beside it and a second process of ours agree on how late it is.
 */
import type { ApiAnswer } from './answer.ts';
import { statusAnswer } from './answer.ts';
import type { ApiRequest } from './api-request.ts';
import { badRequest } from '../../twin/world/status.ts';

export const CLOCK_PATH = '/nicwright/clock';

/** A request is answered after so much real time at the latest; the client asks again. */
const LONGEST_ANSWER_MS = 30_000;

export const clockRoute = async ({ query, world, pace, signal }: ApiRequest): Promise<ApiAnswer> => {
  const text = query.get('sleepMs') ?? '0';
  if (!/^\d{1,15}(?:\.\d+)?$/.test(text))
    return statusAnswer(
      badRequest(`sleepMs takes milliseconds of the twin's time, not ${JSON.stringify(text)}`).status,
    );
  const ms = Number(text);
  if (ms > 0) await sleepAtMost(ms, pace, signal);
  return { kind: 'json', text: `${JSON.stringify({ now: world.clock.now(), speed: pace.speed })}\n` };
};

const sleepAtMost = async (ms: number, { sleep }: ApiRequest['pace'], signal: AbortSignal): Promise<void> => {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_ANSWER_MS)]);
  try {
    await sleep(ms, limit);
  } catch (error) {
    if (!limit.aborted) throw error;
  }
};
