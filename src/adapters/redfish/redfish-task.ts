/** A request that a service took as a task (202): followed for a short while, so that an early failure is told as a refusal. */
import { digText } from '../../core/model/dig.ts';
import type { Clock, Signal } from '../../core/ports/clock.ts';
import { retryAfterSeconds, messagesOf } from './redfish-error.ts';
import type { RedfishAnswer } from './redfish-exchange.ts';
import type { RedfishService } from './redfish-service.ts';

const FAILED = new Set(['Exception', 'Killed', 'Cancelled', 'Interrupted']);
const ENDED = new Set([...FAILED, 'Completed']);

const monitorOf = ({ headers, body }: RedfishAnswer): string | undefined => {
  const location = headers.location ?? digText(body, 'TaskMonitor') ?? digText(body, '@odata.id');
  if (location === undefined || location.startsWith('/')) return location;
  return URL.canParse(location) ? new URL(location).pathname : undefined;
};

/** Why the task failed; undefined while it runs, when it is done, and when it cannot be read: only the power tells then. */
export const taskFailure = async (
  service: RedfishService,
  clock: Clock,
  accepted: RedfishAnswer,
  withinMs: number,
  signal?: Signal,
): Promise<string | undefined> => {
  const monitor = monitorOf(accepted);
  if (monitor === undefined) return undefined;
  const end = clock.now() + withinMs;
  for (let answer = accepted; clock.now() < end;) {
    await clock.sleep(Math.min(withinMs, (retryAfterSeconds(answer) ?? 1) * 1000), signal);
    const read = await service.write({ method: 'GET', path: monitor }, signal);
    if (!read.ok || read.value.status === 404) return undefined;
    answer = read.value;
    const state = digText(answer.body, 'TaskState') ?? '';
    if (FAILED.has(state) || answer.status >= 400) {
      const said = digText(answer.body, 'Messages', 0, 'Message') ?? messagesOf(answer)[0]?.text ?? '';
      return `its task ended as ${state || answer.status}${said === '' ? '' : `: ${said}`}`;
    }
    if (ENDED.has(state) || answer.status !== 202) return undefined;
  }
  return undefined;
};
