/** Writes an answer to its connection: objects as JSON or YAML, streams as they come and no faster than they are read. */
import type { ServerResponse } from 'node:http';
import type { ApiAnswer } from './answer.ts';
import type { Form } from './media-types.ts';

export interface SendOptions {
  readonly form: Form;
  /** For eyes: indented, as the server does for curl and browsers. */
  readonly pretty: boolean;
}

export const sendAnswer = async (
  response: ServerResponse,
  answer: ApiAnswer,
  { form, pretty }: SendOptions,
): Promise<void> => {
  switch (answer.kind) {
    case 'cut':
      response.destroy();
      return;
    case 'text':
      send(response, answer.code, 'text/plain; charset=utf-8', answer.text);
      return;
    case 'json':
      send(response, 200, answer.contentType ?? 'application/json', answer.text);
      return;
    case 'bytes':
      send(response, 200, answer.contentType, answer.bytes);
      return;
    case 'object':
      if (form.encoding === 'yaml') {
        const { dump } = await import('js-yaml');
        // Through JSON, so that what is undefined is left out.
        const plain = JSON.parse(JSON.stringify(answer.object)) as unknown;
        send(response, answer.code, 'application/yaml', dump(plain, { noRefs: true, lineWidth: -1 }));
      } else
        send(response, answer.code, 'application/json', `${JSON.stringify(answer.object, null, pretty ? 2 : 0)}\n`);
      return;
    case 'stream':
      await sendStream(response, answer.contentType, answer.chunks);
  }
};

const send = (response: ServerResponse, code: number, contentType: string, content: string | Buffer): void => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  response.writeHead(code, {
    'content-type': contentType,
    'content-length': bytes.length,
    'cache-control': 'no-cache, private',
  });
  response.end(bytes);
};

/** Writes of one stream are at least so far apart: a write to a TLS socket costs more than the events in it. */
const APART_MS = 10;

const sendStream = async (
  response: ServerResponse,
  contentType: string,
  chunks: AsyncIterable<string>,
): Promise<void> => {
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  let waiting = '';
  let written = -Infinity;
  let drained: Promise<void> | undefined;
  const flush = (): void => {
    const text = waiting;
    waiting = '';
    written = performance.now();
    if (text === '' || response.destroyed || response.write(text) || drained !== undefined) return;
    drained = new Promise((done) => {
      const end = (): void => {
        drained = undefined;
        done();
      };
      response.once('drain', end);
      response.once('close', end);
    });
  };
  for await (const chunk of chunks) {
    if (response.destroyed) break;
    if (waiting === '') {
      const due = written + APART_MS - performance.now();
      if (due > 0) setTimeout(flush, due);
      else setImmediate(flush);
    }
    waiting += chunk;
    if (drained !== undefined) await drained;
  }
  flush();
  response.end();
};
