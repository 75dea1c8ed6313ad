/**
 * Images that could not be pulled and what the registry or the way to it answered: from the states of containers, from events,
 * and from pasted descriptions. Rules tell the kinds of refusal apart; whether an image is the right one is core/release's.
 */
import { releaseImages, RELEASES } from '../release/chart-facts.ts';
import { imageOf } from '../release/judge-image.ts';
import { digList, digText } from '../model/dig.ts';
import type { SnapshotObject } from '../snapshot/snapshot.ts';
import { fieldEvidence } from './evidence.ts';
import type { Facts } from './facts.ts';
import type { Evidence, Statement } from './finding.ts';
import { isOurs } from './rules/dpf/dpf-estate.ts';
import { isPodOver, said } from './said.ts';

const PULL_REASONS = new Set(['ImagePullBackOff', 'ErrImagePull', 'InvalidImageName', 'RegistryUnavailable']);

type RefusalKind = 'network' | 'credentials' | 'denied' | 'not-found';

/** What a container runtime's words say about why (reference: diagnosis-ux.md 3.3). GHCR answers 403 for a name that never existed. */
const REFUSALS: readonly { readonly kind: RefusalKind; readonly words: RegExp; readonly says: string }[] = [
  {
    kind: 'network',
    words:
      /no such host|proxyconnect|x509|i\/o timeout|connection refused|connection reset|TLS handshake|context deadline exceeded/i,
    says: 'the registry was not reached (name look-up, proxy, certificate or time-out)',
  },
  {
    kind: 'credentials',
    words: /\b401\b|unauthorized|authentication required/i,
    says: 'the registry asks for credentials',
  },
  {
    kind: 'denied',
    words: /\b403\b|forbidden|denied/i,
    says: 'the registry refuses: no right to it, or no image of that name (some registries answer both alike)',
  },
  { kind: 'not-found', words: /not found|manifest unknown|\b404\b/i, says: 'the registry has no such name or tag' },
];

export const refusalOf = (message: string): (typeof REFUSALS)[number] | undefined =>
  REFUSALS.find(({ words }) => words.test(message));

interface WaitingPull {
  readonly image: string;
  readonly message: string;
  readonly at: readonly (string | number)[];
}

/** Containers of a pod that wait for their image. */
export const pullsThatWait = (entry: SnapshotObject): readonly WaitingPull[] =>
  (['initContainerStatuses', 'containerStatuses'] as const).flatMap((list) =>
    digList(entry.object, 'status', list).flatMap((status, index): WaitingPull[] => {
      const reason = digText(status, 'state', 'waiting', 'reason');
      if (reason === undefined || !PULL_REASONS.has(reason)) return [];
      const specList = list === 'containerStatuses' ? 'containers' : 'initContainers';
      const named = digList(entry.object, 'spec', specList).find(
        (container) => digText(container, 'name') === digText(status, 'name'),
      );
      return [
        {
          image: digText(named, 'image') ?? digText(status, 'image') ?? '',
          message: digText(status, 'state', 'waiting', 'message') ?? reason,
          at: ['status', list, index, 'state', 'waiting', 'message'],
        },
      ];
    }),
  );

/** The kubelet's words in an event or a description; the reason follows the image. */
export const FAILED_PULL = /Failed to pull image \\?"(?<image>[^"\\\s]+)\\?":\s*(?<why>[^\n]+)/;

interface RefusedPull {
  readonly image: string;
  readonly message: string;
  readonly evidence: Evidence;
}

/** Names of every image that a release of the network operator ever used. */
const RELEASED: ReadonlySet<string> = new Set(
  RELEASES.flatMap((release) => [...releaseImages(release).values()].map(({ image }) => image)),
);

const isField = (facts: Facts, namespace: string | undefined, name: string, image: string): boolean => {
  const own = imageOf(image);
  return (
    isOurs(facts, namespace, name) ||
    RELEASED.has(own.image) ||
    own.repository.split('/').includes('mellanox') ||
    isOurs(facts, undefined, own.image)
  );
};

/** `lines`: the rule's own name for FAILED_PULL. Pods of this field's operators only. */
const refusedPulls = (facts: Facts, lines: string): readonly RefusedPull[] => [
  ...facts
    .objects('Pod')
    .flatMap((entry) =>
      pullsThatWait(entry).flatMap(({ image, message, at }) =>
        isField(facts, entry.object.metadata.namespace, entry.object.metadata.name, image)
          ? [{ image, message, evidence: fieldEvidence(entry, at, message) }]
          : [],
      ),
    ),
  ...said(facts, lines, FAILED_PULL)
    .filter((one) => !isPodOver(one))
    .flatMap(({ groups, evidence, podName = '' }) => {
      const [namespace, name = ''] = podName.split('/');
      const image = groups['image'] ?? '';
      return isField(facts, namespace, name, image) ? [{ image, message: groups['why'] ?? '', evidence }] : [];
    }),
];

/** One finding for each image that was refused in this way. */
export const refusalFindings = (
  facts: Facts,
  lines: string,
  kind: RefusalKind,
  say: (image: string, message: string) => string,
): readonly Statement[] => {
  const own = refusedPulls(facts, lines).filter(({ message }) => refusalOf(message)?.kind === kind);
  return [...Map.groupBy(own, ({ image }) => image)].flatMap(([image, pulls]): readonly Statement[] => {
    const [first] = pulls;
    return first === undefined
      ? []
      : [
          {
            says: 'finding',
            scope: { image },
            because: say(image, first.message),
            confidence: 'proven',
            sameAs: image,
            evidence: pulls.slice(0, 4).map(({ evidence }) => evidence),
          },
        ];
  });
};
