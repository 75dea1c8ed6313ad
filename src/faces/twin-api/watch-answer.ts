/**
 * A watch as a stream of lines, one event each. Every watcher of an object sends the same text, so it is made once;
 * how many are written at a time is send-answer.ts's.
 */
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { WatchEvent, WatchOptions } from '../../core/ports/kube-api.ts';
import { saidBy } from '../../twin/world/caller-verbs.ts';
import { type ApiAnswer, faultAnswer, statusObject } from './answer.ts';
import type { KindRequest } from './api-request.ts';
import { headOf, isPlain, shownAs } from './list-answer.ts';
import { isTrue } from './request-info.ts';

/** The server's own choice is between 30 and 60 minutes; ours is the shorter one. */
const LONGEST_SECONDS = 1_800;

export const watchAnswer = async (request: KindRequest, selection: WatchOptions): Promise<ApiAnswer> => {
  const { api, kind, query, pace, signal } = request;
  const ends = new AbortController();
  const stop = (): void => ends.abort(new Error('the watch is over'));
  signal.addEventListener('abort', stop, { once: true });
  const seconds = Number(query.get('timeoutSeconds') ?? 0) || LONGEST_SECONDS;
  // A client's limit is in its own time, and so is the end of the connection.
  const timer = setTimeout(stop, seconds * 1000);
  const version = query.get('resourceVersion');
  const events = api
    .watch(kind, {
      ...selection,
      ...(version !== null && version !== '' && { resourceVersion: version }),
      ...(isTrue(query.get('sendInitialEvents')) && { initialEvents: true }),
      timeoutSeconds: pace.stretch(seconds * 1000) / 1000,
      signal: ends.signal,
    })
    [Symbol.asyncIterator]();
  const close = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    stop();
  };
  const first = events.next();
  // Whoever may not watch, or asks wrongly, gets a plain refusal; it is known at once or not at all.
  const refusal = await Promise.race([first.then(refusalIn, () => undefined), soon()]);
  if (refusal !== undefined) {
    close();
    return refusal;
  }
  return {
    kind: 'stream',
    contentType: 'application/json',
    chunks: lines(request, first, events, close),
  };
};

const soon = (): Promise<undefined> => new Promise((done) => setImmediate(() => done(undefined)));

/** Too old a version is told by an event, all else by the status of the answer. */
const refusalIn = (next: IteratorResult<WatchEvent>): ApiAnswer | undefined => {
  const event = next.done === true ? undefined : next.value;
  if (event?.type !== 'FAILED') return undefined;
  const said = saidBy(event.fault);
  return said !== undefined && said.code === 410 ? undefined : faultAnswer(event.fault);
};

async function* lines(
  request: KindRequest,
  first: Promise<IteratorResult<WatchEvent>>,
  events: AsyncIterator<WatchEvent>,
  close: () => void,
): AsyncGenerator<string> {
  const withBookmarks = isTrue(request.query.get('allowWatchBookmarks'));
  const text = lineWriter(request);
  try {
    for (let next = await first; next.done !== true; next = await events.next()) {
      if (next.value.type === 'BOOKMARK' && !withBookmarks) continue;
      const line = text(next.value);
      // The connection was lost: nothing more is said.
      if (line === undefined) return;
      yield line;
    }
  } catch (error) {
    // The end of the client's patience, or of the server's.
    if (!(error instanceof Error && error.message === 'the watch is over')) throw error;
  } finally {
    close();
  }
}

const lineWriter = (request: KindRequest): ((event: WatchEvent) => string | undefined) => {
  let isFirst = true;
  return (event) => {
    if (event.type === 'FAILED') {
      const said = saidBy(event.fault);
      return said === undefined ? undefined : `${JSON.stringify({ type: 'ERROR', object: statusObject(said) })}\n`;
    }
    if (event.type !== 'BOOKMARK' && isPlain(request))
      return `{"type":"${event.type}","object":${request.texts.of(event.object)}}\n`;
    const object = event.type === 'BOOKMARK' ? bookmark(request, event) : event.object;
    const shown = shownAs(request, object, isFirst);
    isFirst = false;
    return `${JSON.stringify({ type: event.type, object: shown })}\n`;
  };
};

const bookmark = ({ kind }: KindRequest, event: WatchEvent & { readonly type: 'BOOKMARK' }): KubeObject =>
  ({
    ...headOf(kind),
    metadata: {
      resourceVersion: event.resourceVersion,
      creationTimestamp: null,
      ...(event.initialEventsEnd && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
    },
  }) as unknown as KubeObject;
