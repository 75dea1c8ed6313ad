/** What a request is answered with, before anything is written: the routes make answers, api-server.ts sends them. */
import { saidBy } from '../../twin/world/caller-verbs.ts';
import type { ApiStatus } from '../../twin/world/status.ts';
import type { KubeFault } from '../../core/ports/kube-fault.ts';

export type ApiAnswer =
  /** An object of the API, sent in the form that the client asked for. */
  | { readonly kind: 'object'; readonly code: number; readonly object: unknown }
  /** JSON text that is ready to be sent. */
  | { readonly kind: 'json'; readonly text: string; readonly contentType?: string }
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly contentType: string }
  | { readonly kind: 'text'; readonly code: number; readonly text: string }
  /** Sent as it comes, until it ends or the client leaves. */
  | { readonly kind: 'stream'; readonly contentType: string; readonly chunks: AsyncIterable<string> }
  /** No answer at all: the connection is cut, as the world's faults want it. */
  | { readonly kind: 'cut' };

export const objectAnswer = (object: unknown, code = 200): ApiAnswer => ({ kind: 'object', code, object });

export const textAnswer = (text: string, code = 200): ApiAnswer => ({ kind: 'text', code, text });

/** The mux's own answer for paths that nobody has. */
export const PAGE_NOT_FOUND: ApiAnswer = textAnswer('404 page not found\n', 404);

export const statusObject = ({ code, reason, message, details }: ApiStatus): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  ...(reason !== '' && { reason }),
  ...(details !== undefined && { details }),
  code,
});

export const statusAnswer = (status: ApiStatus): ApiAnswer => objectAnswer(statusObject(status), status.code);

export const faultAnswer = (fault: KubeFault): ApiAnswer => {
  const said = saidBy(fault);
  return said === undefined ? { kind: 'cut' } : statusAnswer(said);
};
