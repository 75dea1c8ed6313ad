/** One request to an API server, as it stands, and its answer. */
import https from 'node:https';

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** `null`: none. */
  readonly token?: string | null;
}

export interface Answered {
  readonly code: number;
  readonly contentType: string;
  readonly text: string;
}

export interface Server {
  readonly url: string;
  readonly token: string;
}

export const ask = ({ url, token: own }: Server, asked: Asked): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', path, headers, body, token = own } = asked;
    const { hostname, port } = new URL(url);
    const request = https.request(
      {
        hostname,
        port,
        path,
        method,
        agent: false,
        rejectUnauthorized: false,
        timeout: 10_000,
        headers: {
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            code: response.statusCode ?? 0,
            contentType: response.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', reject);
    request.end(body);
  });
