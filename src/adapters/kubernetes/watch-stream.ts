/** Reads the lines of a watch as they come: one JSON object a line, parsed and handed on before the next one is. */
import type { IncomingMessage } from 'node:http';
import { dig, digText, isMap } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { type Asked, faultOfStatus } from '../../core/model/kube-status.ts';
import type { WatchEvent } from '../../core/ports/kube-api.ts';
import { brokenAnswer, faultOfError } from './fault-of.ts';
import { textWithoutManagedFields } from './managed-fields.ts';

const NEWLINE = 0x0a;

/** Ends with the stream. A cut connection or an ERROR of the server is the last event, FAILED. */
export async function* readWatch(
  stream: IncomingMessage,
  asked: Asked,
  omitManagedFields = false,
): AsyncGenerator<WatchEvent> {
  let unfinished: Buffer[] = [];
  try {
    for await (const data of stream) {
      const chunk = data as Buffer;
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        const rest = chunk.subarray(start, end);
        const line = unfinished.length === 0 ? rest : Buffer.concat([...unfinished, rest]);
        unfinished = [];
        start = end + 1;
        const text = omitManagedFields ? textWithoutManagedFields(line) : line.toString('utf8');
        const event = eventOf(text, asked);
        yield event;
        if (event.type === 'FAILED') return;
      }
      if (start < chunk.length) unfinished.push(chunk.subarray(start));
    }
  } catch (error) {
    // What the caller's loop throws does not arrive here; this is the stream's own.
    yield { type: 'FAILED', fault: faultOfError(asked, error) };
    return;
  } finally {
    stream.destroy();
  }
  if (unfinished.length > 0) yield { type: 'FAILED', fault: brokenAnswer(asked, 'it ended in the middle of an event') };
}

const eventOf = (line: string, asked: Asked): WatchEvent => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { type: 'FAILED', fault: brokenAnswer(asked, 'an event of it is no JSON') };
  }
  const type = digText(parsed, 'type') ?? '';
  const object = dig(parsed, 'object');
  if (type === 'ERROR') return { type: 'FAILED', fault: faultOfStatus(asked, object) };
  if (type === 'BOOKMARK')
    return {
      type,
      resourceVersion: digText(object, 'metadata', 'resourceVersion') ?? '',
      initialEventsEnd: digText(object, 'metadata', 'annotations', 'k8s.io/initial-events-end') === 'true',
    };
  if ((type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') && isMap(dig(object, 'metadata')))
    return { type, object: object as KubeObject };
  return { type: 'FAILED', fault: brokenAnswer(asked, `an event of it is of the unknown type "${type}"`) };
};
