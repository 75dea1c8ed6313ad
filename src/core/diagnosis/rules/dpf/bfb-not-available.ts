/** The image of the card (BFB) cannot be had: the download fails, or the DPU names a BFB that is not there. */
import { digList, digText } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Finding, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anObject } from '../world-operator.ts';
import { aBfb, aDpu, anEvent, dpfNamespace } from '../world-dpf.ts';
import { phaseOf } from './dpu-facts.ts';
import { messagesOf } from './messages.ts';

const RULE = 'bfb-not-available';
const BFB_KEY = 'BFB.provisioning.dpu.nvidia.com';

/** Why a download failed, by the words of the HTTP client, curl or wget. */
const REASONS: readonly (readonly [words: RegExp, kind: string, says: string])[] = [
  [
    /\b(?:status(?: code)?:? ?|HTTP\/[\d.]+ |error: ?|ERROR )(?:404|410)\b|404 Not Found/i,
    'url',
    'the server has no such file: the URL is wrong',
  ],
  [
    /\b(?:status(?: code)?:? ?|HTTP\/[\d.]+ |error: ?|ERROR )(?:401|403)\b|40[13] (?:Unauthorized|Forbidden)/i,
    'refused',
    'the server refuses the file to this caller',
  ],
  [
    /no such host|Could not resolve host|Name or service not known|server misbehaving/i,
    'host',
    'the name of the server cannot be resolved',
  ],
  [
    /x509:|certificate (?:verify failed|has expired)|SSL certificate problem/i,
    'tls',
    'the certificate of the server is not trusted',
  ],
  [
    /unsupported protocol scheme|invalid URL|first path segment in URL|missing protocol scheme/i,
    'url',
    'the URL cannot be used',
  ],
  [
    /i\/o timeout|connection (?:refused|timed out|reset)|no route to host|network is unreachable|Failed to connect|deadline exceeded|unexpected EOF|size mismatch/i,
    'route',
    'the server is not reached, or the connection breaks',
  ],
  [/no space left on device|disk quota exceeded/i, 'space', 'the volume for BFBs is full'],
  [
    /read-only file system|permission denied|stale (?:NFS )?file handle|input\/output error/i,
    'volume',
    'the volume for BFBs cannot be written',
  ],
  [/\b(?:status(?: code)?:? ?|HTTP\/[\d.]+ |error: ?)5\d\d\b/i, 'server', 'the server fails'],
];

const reasonOf = (text: string): { readonly kind: string; readonly says: string } => {
  const found = REASONS.find(([words]) => words.test(text));
  return found === undefined ? { kind: 'other', says: 'the download failed' } : { kind: found[1], says: found[2] };
};

const DOWNLOAD =
  /Download BFB|FailedDownload|failed to get: https?:|download(?:ing)? (?:the )?bfb|Retrieving BFB version/i;

interface Failure {
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

const urlOf = ({ object }: SnapshotObject): string | undefined => digText(object, 'spec', 'url');

const fileOf = (bfb: SnapshotObject): string | undefined => {
  const name = urlOf(bfb)?.split('?')[0]?.split('/').at(-1);
  return name === undefined || name === '' ? undefined : name;
};

/** What the cluster wrote about this BFB. */
const fromMessages = (facts: Facts, bfb: SnapshotObject): readonly Failure[] => {
  const { name, namespace } = bfb.object.metadata;
  return messagesOf(facts)
    .filter((message) => message.kind === 'BFB' && message.name === name && message.namespace === namespace)
    .filter(
      ({ text, reason }) =>
        ['FailedDownload', 'Error', 'Failure'].includes(reason ?? '') || REASONS.some(([words]) => words.test(text)),
    )
    .map(({ text, evidence }) => ({ text, evidence: [evidence] }));
};

/** Lines of the controller, and of somebody who tried the URL by hand: they count where they name the URL, its file or the BFB. */
const fromLines = (facts: Facts, bfb: SnapshotObject): readonly Failure[] => {
  const [url, file, { name, namespace }] = [urlOf(bfb), fileOf(bfb), bfb.object.metadata];
  const named = (line: string): boolean =>
    (url !== undefined && line.includes(url)) ||
    (file !== undefined && line.includes(file)) ||
    line.includes(`${namespace ?? ''}/${name}`) ||
    line.includes(`"${name}"`);
  const logged = facts
    .lines(`${RULE}/download`)
    .filter(({ line }) => named(line) && /fail|error|status: [45]/i.test(line))
    .slice(-1)
    .map(({ line, origin }) => ({ text: line, evidence: [textEvidence(origin, line)] }));
  const tried = facts
    .lines(`${RULE}/tried`)
    .filter(({ text, origin }) => {
      if (text.kind !== 'host') return false;
      const before = text.text
        .split('\n')
        .slice(Math.max(0, origin.line - (text.origin.line ?? 1) - 12), origin.line - (text.origin.line ?? 1) + 1);
      return before.some(named);
    })
    .slice(-1)
    .map(({ line, origin }) => ({ text: line, evidence: [textEvidence(origin, line)] }));
  return [...logged, ...tried];
};

const waitingCards = (facts: Facts, name: string): readonly SnapshotObject[] =>
  facts.objects('DPU').filter((dpu) => digText(dpu.object, 'spec', 'bfb') === name && phaseOf(dpu) !== 'Ready');

const judge = (facts: Facts, bfb: SnapshotObject): readonly Statement[] => {
  const phase = phaseOf(bfb);
  const scope = { object: objectPath(bfb.object) };
  if (phase === 'Ready') return [{ says: 'clear', scope, saw: 'BFBs are downloaded' }];
  if (phase === 'Deleting') return [];
  const failures = [...fromMessages(facts, bfb), ...fromLines(facts, bfb)];
  const cards = waitingCards(facts, bfb.object.metadata.name);
  if (failures.length === 0)
    return phase === 'Error' || cards.length > 0
      ? [
          {
            says: 'unknown',
            scope,
            lack: {
              what: `why BFB ${bfb.object.metadata.name} is ${phase ?? 'without a phase'}`,
              why: 'the controller of 24.10 writes no condition when a download fails; a wrong URL and a slow one look alike',
              settle: `curl -sSIL ${urlOf(bfb) ?? 'URL'}   # from a pod of the cluster; and ${facts.cli} logs -n ${bfb.object.metadata.namespace ?? 'NAMESPACE'} deploy/dpf-provisioning-controller-manager | grep -i bfb`,
            },
          },
        ]
      : [];
  const text = failures.map((one) => one.text).join('\n');
  const { kind, says } = reasonOf(text);
  return [
    {
      says: 'finding',
      scope,
      because: `BFB ${bfb.object.metadata.name} cannot be downloaded from ${urlOf(bfb) ?? 'its URL'}: ${says}${cards.length === 0 ? '' : `; ${cards.length} ${cards.length === 1 ? 'card waits' : 'cards wait'} for it`}`,
      confidence: 'proven',
      sameAs: kind,
      evidence: [
        ...failures.flatMap(({ evidence }) => evidence).slice(0, 3),
        fieldEvidence(bfb, ['spec', 'url']),
        fieldEvidence(bfb, ['status', 'phase']),
        ...cards.slice(0, 2).map((dpu) => fieldEvidence(dpu, ['status', 'phase'])),
      ],
      against: ['the cards were not touched yet: rights, DMS and flavor are not the matter'],
    },
  ];
};

/** DPUs (and the sets that make them) that name a BFB which does not exist. */
const absent = (facts: Facts): readonly Statement[] => {
  const bfbs = facts.objects('BFB');
  const wasListed = bfbs.length > 0 || facts.snapshot.listed.has(BFB_KEY);
  return facts.objects('DPU').flatMap((dpu): readonly Statement[] => {
    if (phaseOf(dpu) === 'Ready') return [];
    const name = digText(dpu.object, 'spec', 'bfb');
    const at = digList(dpu.object, 'status', 'conditions').findIndex(
      (condition) => digText(condition, 'reason') === 'GetBFBFailed' && digText(condition, 'status') !== 'True',
    );
    const isThere = bfbs.some(
      ({ object }) => object.metadata.name === name && object.metadata.namespace === dpu.object.metadata.namespace,
    );
    if (isThere || name === undefined || (at < 0 && !wasListed)) return [];
    return [
      {
        says: 'finding',
        scope: { object: `BFB/${dpu.object.metadata.namespace ?? ''}/${name}` },
        because: `${objectPath(dpu.object)} is to be installed with BFB ${name}, which does not exist in ${dpu.object.metadata.namespace ?? 'its namespace'}`,
        confidence: at < 0 ? 'likely' : 'proven',
        sameAs: 'absent',
        evidence: [
          fieldEvidence(dpu, ['spec', 'bfb']),
          ...(at < 0 ? [] : [fieldEvidence(dpu, ['status', 'conditions', at, 'message'])]),
          fieldEvidence(dpu, ['status', 'phase']),
        ],
      },
    ];
  });
};

/** What a controller logged of a BFB that is not among the objects. */
const unread = (facts: Facts): readonly Statement[] => {
  if (facts.objects('BFB').length > 0) return [];
  const [last] = facts.lines(`${RULE}/failed`).slice(-1);
  if (last === undefined) return [];
  const { kind, says } = reasonOf(last.line);
  const url = /https?:\/\/[^\s"\\]+/.exec(last.line)?.[0];
  return [
    {
      says: 'finding',
      scope: {},
      because: `A BFB cannot be downloaded${url === undefined ? '' : ` from ${url}`}: ${says}`,
      confidence: 'likely',
      sameAs: kind,
      evidence: [textEvidence(last.origin, last.line)],
      lacks: [
        {
          what: 'the BFBs and their phases',
          why: 'one that is Ready by now makes the line past',
          settle: `${facts.cli} get bfbs -A -o yaml`,
        },
      ],
    },
  ];
};

const check = (facts: Facts): readonly Statement[] => [
  ...unread(facts),
  ...facts.objects('BFB').flatMap((bfb) => judge(facts, bfb)),
  ...absent(facts),
];

const steps = (findings: readonly Finding[], facts: Facts) => {
  const kinds = new Set(findings.map(({ sameAs }) => sameAs));
  const names = findings.map(({ scope }) => scope.object?.split('/') ?? []);
  const [, namespace = 'NAMESPACE', name = 'BFB'] = names[0] ?? [];
  return [
    ...(kinds.has('space') || kinds.has('volume')
      ? [
          {
            text: 'Look at the volume behind bfbPVCName: its size, its free space, and whether the NFS server answers.',
            command: `${facts.cli} get pvc -n ${namespace}; ${facts.cli} get dpfoperatorconfig -A -o yaml | grep bfbPVCName`,
          },
        ]
      : [
          {
            text: 'Try the URL from inside the cluster.',
            command: `${facts.cli} run bfb-try --rm -it --restart=Never --image=curlimages/curl -- -sSIL ${urlText(facts, namespace, name)}`,
          },
        ]),
    {
      text: 'The URL of a BFB cannot be changed: make a new BFB with the right one, and point the DPUSet (or DPUDeployment) at it.',
      command: `${facts.cli} get bfb -n ${namespace} ${name} -o yaml   # copy it under another name`,
      risk: 'cards that are Ready with another BFB are installed anew when their DPUSet changes',
    },
  ];
};

const urlText = (facts: Facts, namespace: string, name: string): string => {
  const bfb = facts.object('BFB', name, namespace);
  return (bfb === undefined ? undefined : urlOf(bfb)) ?? 'URL';
};

const URL = 'http://files.example.net/bf-bundle.bfb';
const FAILED = aBfb('bf-bundle', 'Error');
const pending = aDpu('c', { node: 'h1', phase: 'Pending' });

export const bfbNotAvailable = defineRule({
  id: RULE,
  title: 'The image for the card is not available',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { failed: /Download BFB: .*failed with error|failed to get: https?:\S*\.bfb\b.* status: \d+/, download: DOWNLOAD, tried: /HTTP\/[\d.]+ [45]\d\d|curl: \(\d+\)|ERROR [45]\d\d|Could not resolve host/ },
  explain:
    'The provisioning controller downloads each BFB once onto a shared volume; cards stay in Pending until it is Ready. A wrong URL shows in an event and a phase at best, and in early releases nowhere: the BFB stays in Initializing and the cards in Pending. The URL is immutable.',
  sources: ['NVIDIA/doca-platform #29', 'reference dpf.md 1, 2.1, 7.1 (13)', 'doca-platform v24.10 internal/provisioning/controllers/bfb/state/downloading.go, dpu/state/pending.go'],
  check,
  remedy: steps,
  cases: [
    { name: 'the event says 404', kind: 'broken', objects: [FAILED, pending, anEvent(FAILED, 'FailedDownload', `Download BFB: (${dpfNamespace}/bf-bundle) failed with error :failed to get: ${URL} status: 404`)], says: 'the URL is wrong' },
    { name: 'a condition says that the host is unknown', kind: 'broken', objects: [aBfb('bf-bundle', 'Error', { conditions: [{ type: 'Downloaded', status: 'False', reason: 'Error', message: 'Get "http://files.example.net/bf-bundle.bfb": dial tcp: lookup files.example.net: no such host' }] })], says: 'cannot be resolved' },
    { name: 'stuck in Initializing, and somebody tried the URL', kind: 'broken', objects: [aBfb('bf-bundle', 'Initializing'), pending], texts: { 'try.txt': `$ curl -I ${URL}\nHTTP/1.1 404 Not Found\nServer: nginx\n` }, says: '1 card waits' },
    { name: 'the DPU names one that is not there', kind: 'broken', objects: [aDpu('c', { phase: 'Pending', bfb: 'other', conditions: [{ type: 'BFBReady', status: 'False', reason: 'GetBFBFailed', message: 'BFB.provisioning.dpu.nvidia.com "other" not found' }] })], says: 'does not exist' },
    { name: 'the controller logs it, and the BFB itself was not read', kind: 'broken', objects: [], texts: { 'dpf-provisioning-controller-manager-5c7d8f-x2x4z.log': `ERROR Reconciler error {"controller": "bfb", "error": "failed to get: ${URL} status: 404"}\n` }, says: 'the URL is wrong' },
    { name: 'downloaded', kind: 'healthy', objects: [aBfb('bf-bundle', 'Ready'), aDpu('c')] },
    { name: 'stuck, and nothing says why', kind: 'lacking', objects: [aBfb('bf-bundle', 'Initializing'), pending], says: 'why BFB bf-bundle is Initializing' },
    { name: 'failed once, and there now', kind: 'look-alike', objects: [aBfb('bf-bundle', 'Ready'), aDpu('c'), anEvent(FAILED, 'FailedDownload', 'Download BFB: failed with error :i/o timeout')] },
    { name: 'a download that runs, no card waits', kind: 'look-alike', objects: [aBfb('bf-bundle', 'Downloading')] },
    { name: 'another URL that fails', kind: 'look-alike', objects: [aBfb('bf-bundle', 'Downloading')], texts: { 'try.txt': '$ curl -I http://files.example.net/readme\nHTTP/1.1 404 Not Found\n' } },
    { name: 'the BFB lies in a namespace that was not listed', kind: 'look-alike', objects: [anObject('provisioning.dpu.nvidia.com/v1alpha1', 'DPU', 'c', { metadata: { name: 'c', namespace: dpfNamespace }, spec: { bfb: 'bf-bundle' }, status: { phase: 'Pending' } })] },
  ],
}); // prettier-ignore
