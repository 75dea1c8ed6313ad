/** A pod of DPF waits for the Secret of a certificate that cert-manager has not written. */
import { digList, digText } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { anObject } from '../world-operator.ts';
import { aCrashingDmsPod, aDmsPod, aDpfConfig, anEvent, dpfNamespace } from '../world-dpf.ts';
import { dmsPods, estateOf } from './dpf-estate.ts';
import { messagesOf } from './messages.ts';
import { isReady, lastPodLines, scopeOfPod } from './pod-lines.ts';

const RULE = 'server-secret-not-ready';
const NOT_MOUNTED = /secret "(?<secret>[^"]+)" not found/;

/** Ready condition of a cert-manager object: undefined where it has none. */
const readyOf = ({ object }: SnapshotObject): { readonly isReady: boolean; readonly at: number } | undefined => {
  const at = digList(object, 'status', 'conditions').findIndex((condition) => digText(condition, 'type') === 'Ready');
  return at < 0 ? undefined : { isReady: digText(object, 'status', 'conditions', at, 'status') === 'True', at };
};

const isCertManager = ({ object }: SnapshotObject): boolean => object.apiVersion.startsWith('cert-manager.io/');

const unready = (facts: Facts, kinds: readonly string[]): readonly SnapshotObject[] =>
  kinds
    .flatMap((kind) => facts.objects(kind))
    .filter(isCertManager)
    .filter(
      ({ object }) => object.metadata.namespace === undefined || estateOf(facts).dpf.has(object.metadata.namespace),
    )
    .filter((entry) => readyOf(entry)?.isReady === false);

const whyUnready = (entry: SnapshotObject): readonly Evidence[] => {
  const ready = readyOf(entry);
  return ready === undefined ? [] : [fieldEvidence(entry, ['status', 'conditions', ready.at, 'message'])];
};

interface Waiting {
  readonly pod: SnapshotObject | undefined;
  readonly node: string | undefined;
  readonly secret: string;
  readonly evidence: Evidence;
  /** The script polls and drops its errors: absent and unreadable look alike. */
  readonly isMasked: boolean;
}

const waiting = (facts: Facts): readonly Waiting[] => {
  const mounts = messagesOf(facts)
    .filter(
      ({ kind, reason, namespace, text }) =>
        kind === 'Pod' &&
        reason === 'FailedMount' &&
        NOT_MOUNTED.test(text) &&
        estateOf(facts).dpf.has(namespace ?? ''),
    )
    .filter(({ name, namespace }) => !facts.looked('pods') || facts.object('Pod', name, namespace) !== undefined)
    .map(({ name, namespace, text, evidence }): Waiting => {
      const pod = facts.object('Pod', name, namespace);
      return {
        pod,
        node: undefined,
        secret: NOT_MOUNTED.exec(text)?.groups?.['secret'] ?? '?',
        evidence,
        isMasked: false,
      };
    });
  const polls = lastPodLines(facts, `${RULE}/line`).map(({ pod, node, groups, line, origin }): Waiting => ({
    pod,
    node,
    secret: groups['secret'] ?? '?',
    evidence: textEvidence(origin, line),
    isMasked: true,
  }));
  return [...mounts, ...polls];
};

const certificateFor = (facts: Facts, secret: string): SnapshotObject | undefined =>
  facts
    .objects('Certificate')
    .find((entry) => isCertManager(entry) && digText(entry.object, 'spec', 'secretName') === secret);

const judge = (facts: Facts, one: Waiting): Statement | undefined => {
  const { pod, node, secret, evidence, isMasked } = one;
  const scope = scopeOfPod(pod, node);
  if (pod !== undefined && isReady(pod))
    return { says: 'clear', scope, saw: 'pods that waited for the Secret of a certificate are ready' };
  const certificate = certificateFor(facts, secret);
  const isIssued = certificate !== undefined && readyOf(certificate)?.isReady === true;
  const issuers = unready(facts, ['Issuer', 'ClusterIssuer']);
  // The Secret is there and the script does not see it: then it is its right to read, which other rules judge.
  if (isIssued && isMasked) return undefined;
  const sawCertificates =
    facts.objects('Certificate').length > 0 || facts.snapshot.listed.has('Certificate.cert-manager.io');
  if (isMasked && certificate === undefined && !sawCertificates)
    return {
      says: 'unknown',
      scope,
      lack: {
        what: `whether Secret ${secret} exists, and whether the account may read it`,
        why: 'the script drops the error: an absent Secret and one that it may not read look alike',
        settle: `${facts.cli} get secret ${secret} -n ${pod?.object.metadata.namespace ?? 'NAMESPACE'}; nicwright explain access-denied`,
      },
    };
  const cause =
    issuers.length > 0
      ? `the issuer ${issuers[0]?.object.metadata.name ?? ''} is not ready`
      : certificate === undefined
        ? 'no Certificate asks for it'
        : 'its Certificate is not ready';
  return {
    says: 'finding',
    scope,
    because: `${pod?.object.metadata.name ?? 'A pod'} waits for Secret ${secret}, which cert-manager has not written${sawCertificates || issuers.length > 0 ? `: ${cause}` : ''}`,
    confidence: isMasked ? 'likely' : 'proven',
    sameAs: issuers[0]?.object.metadata.name ?? 'certificate',
    evidence: [
      evidence,
      ...(certificate === undefined ? [] : whyUnready(certificate)),
      ...issuers.slice(0, 2).flatMap(whyUnready),
    ],
    against: ['the container never started: no script, no permission of its account was tried'].filter(() => !isMasked),
    lacks: sawCertificates
      ? []
      : [
          {
            what: 'the Certificates and Issuers of DPF',
            why: 'they say why the Secret was not written',
            settle: `${facts.cli} get certificates,issuers,certificaterequests -n ${pod?.object.metadata.namespace ?? 'NAMESPACE'} -o wide`,
          },
        ],
  };
};

const check = (facts: Facts): readonly Statement[] => {
  const told = waiting(facts).flatMap((one) => judge(facts, one) ?? []);
  if (told.length > 0) return told;
  const broken = unready(facts, ['Issuer', 'Certificate']);
  if (broken.length > 0)
    return broken.map((entry) => ({
      says: 'finding',
      scope: { object: objectPath(entry.object) },
      because: `${objectPath(entry.object)} is not ready, so DPF gets no certificate from it`,
      confidence: 'likely',
      severity: 'warning',
      sameAs: 'certificate',
      evidence: whyUnready(entry),
    }));
  return dmsPods(facts).some(isReady)
    ? [{ says: 'clear', scope: {}, saw: 'pods of DPF have the Secrets that they mount' }]
    : [];
};

const issuer = (status: string) => anObject('cert-manager.io/v1', 'Issuer', 'dpf-provisioning-issuer', { metadata: { name: 'dpf-provisioning-issuer', namespace: dpfNamespace }, status: { conditions: [{ type: 'Ready', status, message: status === 'True' ? 'ok' : 'Error getting keypair for CA issuer: secret "dpf-provisioning-ca-secret" not found' }] } }); // prettier-ignore
const certificate = (status: string) => anObject('cert-manager.io/v1', 'Certificate', 'a-dms-server-cert', { metadata: { name: 'a-dms-server-cert', namespace: dpfNamespace }, spec: { secretName: 'a-server-secret' }, status: { conditions: [{ type: 'Ready', status, message: 'Issuing certificate as Secret does not exist' }] } }); // prettier-ignore
const waits = aDmsPod('a-dms', { init: [{ name: 'rshim-preflight', waiting: 'PodInitializing' }] });
const mount = anEvent(
  waits,
  'FailedMount',
  'MountVolume.SetUp failed for volume "server-volume" : secret "a-server-secret" not found',
);
const POLL =
  '[dmsinit] Error (create_certificate:190): Timed out waiting for secret a-server-secret to be fully populated. ca.crt: 0 chars\n';
const failing = aCrashingDmsPod('a-dms');

export const serverSecretNotReady = defineRule({
  id: RULE,
  title: 'A Secret of a certificate is missing',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { line: /Timed out waiting for secret (?<secret>[\w.-]+)/ },
  explain:
    'DMS mounts its server certificate as a Secret that cert-manager writes. Without it the pod stays in Init:0/n with FailedMount, which is no crash. The script for hosts outside Kubernetes polls the same Secret for a minute and drops its errors: then an absent Secret and one that may not be read look alike, and the Certificate decides.',
  sources: ['reference dpf.md 2.2, 2.3, 4, 7.1 (6, 8)', 'release notes v25.4.0, 4445638'],
  check,
  remedy: (_findings, facts) => [
    {
      text: 'Look at the chain: issuer, Certificate, CertificateRequest, and the pods of cert-manager.',
      command: `${facts.cli} get issuers,certificates,certificaterequests -A -o wide | grep -E 'dpf|dms'; ${facts.cli} get pods -n cert-manager`,
    },
    { text: 'A missing CA Secret: let the self-signed Certificate of DPF be issued again (delete its CertificateRequest); the issuer follows, and the pods start by themselves.', risk: 'a new CA makes every certificate of DPF be issued again' },
  ],
  cases: [
    { name: 'not mounted, and the issuer is not ready', kind: 'broken', objects: [waits, mount, aDpfConfig(), issuer('False'), certificate('False')], says: 'the issuer dpf-provisioning-issuer is not ready' },
    { name: 'not mounted', kind: 'broken', objects: [waits, mount, aDpfConfig()], says: 'a-server-secret' },
    { name: 'the script polls, and no Certificate is ready', kind: 'broken', objects: [failing, aDpfConfig(), certificate('False')], texts: { 'a-dms.dms-init.log': POLL }, says: 'its Certificate is not ready' },
    { name: 'pods that start', kind: 'healthy', objects: [aDmsPod('a-dms'), aDpfConfig(), issuer('True')] },
    { name: 'the script polls, and nothing else was read', kind: 'lacking', objects: [failing, aDpfConfig()], texts: { 'a-dms.dms-init.log': POLL }, says: 'whether Secret a-server-secret exists' },
    { name: 'the Secret is there: its right to read is the matter', kind: 'look-alike', objects: [failing, aDpfConfig(), certificate('True')], texts: { 'a-dms.dms-init.log': POLL } },
    { name: 'mounted at the second try', kind: 'look-alike', objects: [aDmsPod('a-dms'), aDpfConfig(), mount] },
    { name: 'a Secret of somebody else', kind: 'look-alike', objects: [aDpfConfig(), anEvent(anObject('v1', 'Pod', 'shop', { metadata: { name: 'shop', namespace: 'shop' } }), 'FailedMount', 'secret "x" not found')] },
  ],
}); // prettier-ignore
