/** `kubectl create token`: a token for a ServiceAccount (authentication.k8s.io TokenRequest). */
import { digList, digNumber } from '../../core/model/dig.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import { type ApiAnswer, faultAnswer, objectAnswer, statusAnswer } from './answer.ts';
import { attributesOf, keyOf, type KindRequest, refusalOf } from './api-request.ts';
import { decodeBody } from './body.ts';

/** The server's own default, and the shortest that it gives. */
const DEFAULT_SECONDS = 3_600;
const SHORTEST_SECONDS = 600;

export const tokenRoute = async (request: KindRequest): Promise<ApiAnswer> => {
  const sent = await decodeBody(request.body, request.contentType, 'TokenRequest');
  if (!sent.ok) return statusAnswer(sent.status);
  const refusal = await refusalOf(request, attributesOf(request.info));
  if (refusal !== undefined) return statusAnswer(refusal.status);
  const account = await request.world.api().get(request.kind, keyOf(request.info));
  if (!account.ok) return faultAnswer(account.fault);
  const audiences = digList(sent.value, 'spec', 'audiences').filter((one) => typeof one === 'string');
  const seconds = Math.max(digNumber(sent.value, 'spec', 'expirationSeconds') ?? DEFAULT_SECONDS, SHORTEST_SECONDS);
  const { token, expires } = request.tokens.issue(account.value, audiences, seconds);
  const { name, namespace } = account.value.metadata;
  return objectAnswer(
    {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, creationTimestamp: timestamp(request.world.clock.now()) },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: null },
      status: { token, expirationTimestamp: timestamp(expires) },
    },
    201,
  );
};
