/** What a Redfish service says when it refuses: the messages of its error body (DSP0266 8.6), as one sentence. */
import { digList, digText } from '../../core/model/dig.ts';
import type { RedfishAnswer } from './redfish-exchange.ts';

export interface RedfishMessage {
  /** The tail of the MessageId, without registry and version: `ActionParameterValueConflict`. */
  readonly id: string;
  readonly text: string;
}

export const messagesOf = ({ body }: Pick<RedfishAnswer, 'body'>): readonly RedfishMessage[] => {
  const extended = digList(body, 'error', '@Message.ExtendedInfo');
  const found = extended.map((entry) => ({
    id: (digText(entry, 'MessageId') ?? '').split('.').at(-1) ?? '',
    text: digText(entry, 'Message') ?? '',
  }));
  const plain = digText(body, 'error', 'message');
  if (found.some(({ text }) => text !== '')) return found;
  return [{ id: found[0]?.id ?? '', text: plain ?? '' }];
};

/** `409 ActionParameterValueConflict: the value conflicts with the state`. */
export const refusalText = (answer: RedfishAnswer): string => {
  const said = messagesOf(answer)
    .map(({ id, text }) => [id, text.replace(/\.$/, '')].filter((part) => part !== '').join(': '))
    .filter((text) => text !== '');
  return [`${answer.status}`, ...said.slice(0, 2)].join(' ');
};

/** Seconds after which the service wants to be asked again; undefined where it names none or a date. */
export const retryAfterSeconds = ({ headers }: RedfishAnswer): number | undefined => {
  const value = Number(headers['retry-after'] ?? Number.NaN);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
};

/** An `@odata.id` under the path, the reference of a resource. */
export const linkAt = (body: unknown, ...path: readonly string[]): string | undefined =>
  digText(body, ...path, '@odata.id');

export const membersOf = (body: unknown): readonly string[] =>
  digList(body, 'Members').flatMap((member) => digText(member, '@odata.id') ?? []);
