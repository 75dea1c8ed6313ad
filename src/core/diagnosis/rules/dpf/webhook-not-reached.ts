/** The API server cannot call an admission webhook of DPF, so every write of its kinds is refused. */
import { isReadyObject } from './condition-cause.ts';
import { explainDenial } from '../../../rbac/explain-denial.ts';
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { aCrashingDmsPod, aDmsPod, aDpfConfig, aDpu, anEvent } from '../world-dpf.ts';
import { dmsPods, estateOf, isFieldName } from './dpf-estate.ts';
import { messagesOf } from './messages.ts';
import { isReady, podLines, scopeOfPod } from './pod-lines.ts';

const RULE = 'webhook-not-reached';
const HOOK = /failed calling webhook \\?"(?<hook>[^"\\]+)/;
const SERVICE = /https:\/\/(?<service>[\w-]+)\.(?<namespace>[\w-]+)\.svc/;

/** Why it was not reached, by the words behind the URL. */
const whyOf = (text: string): { readonly kind: string; readonly says: string } => {
  if (/x509:|tls: /.test(text))
    return { kind: 'certificate', says: 'its certificate is not the one that the API server was told to trust' };
  if (/no endpoints available|service \\?"[^"]*\\?" not found/.test(text))
    return { kind: 'pods', says: 'its service has no pod behind it' };
  if (/connection refused/.test(text)) return { kind: 'pods', says: 'its pod does not listen' };
  if (/context deadline exceeded|timeout|no route to host/.test(text))
    return { kind: 'network', says: 'the API server does not reach its pod in time' };
  return { kind: 'other', says: 'the call failed' };
};

/** Controllers try again within minutes: an event that was not seen since is past. */
const OLD_MINUTES = 20;

interface Call {
  readonly text: string;
  readonly hook: string;
  readonly service: string;
  readonly evidence: Evidence;
  readonly scope: Statement['scope'];
  readonly isPast: boolean;
}

const isDpf = (facts: Facts, text: string): boolean => {
  const service = SERVICE.exec(text)?.groups;
  return (
    (service !== undefined && estateOf(facts).dpf.has(service['namespace'] ?? '')) ||
    /dpu\.nvidia\.com|\bdpf-/.test(text) ||
    isFieldName((HOOK.exec(text)?.groups?.['hook'] ?? '').replace(/\..*$/, '').replace(/^[mv]/, ''))
  );
};

const callOf = (text: string, evidence: Evidence, scope: Statement['scope'], isPast: boolean): Call => ({
  text,
  hook: HOOK.exec(text)?.groups?.['hook'] ?? '?',
  service: SERVICE.exec(text)?.groups?.['service'] ?? '?',
  evidence,
  scope,
  isPast,
});

const calls = (facts: Facts): readonly Call[] => [
  ...podLines(facts, `${RULE}/line`)
    .filter(({ line }) => explainDenial(line)?.cause === 'webhook-unreachable' && isDpf(facts, line))
    .map(({ line, origin, pod, node }) =>
      callOf(
        line,
        textEvidence(origin, line),
        pod === undefined ? {} : scopeOfPod(pod, node),
        pod !== undefined && dmsPods(facts).includes(pod) && isReady(pod),
      ),
    ),
  ...messagesOf(facts)
    .filter(({ text }) => HOOK.test(text) && isDpf(facts, text))
    .map(({ text, evidence, kind, namespace, name, atMs }) => {
      const about = facts.object(kind, name, namespace);
      const now = facts.now;
      const isOld = atMs !== undefined && now !== undefined && now - atMs > OLD_MINUTES * 60_000;
      return callOf(text, evidence, {}, isOld || (about !== undefined && isReadyObject(about)));
    }),
];

const check = (facts: Facts): readonly Statement[] => {
  const found = calls(facts);
  const byHook = Map.groupBy(
    found.filter(({ isPast }) => !isPast),
    ({ hook, scope }) => `${hook} ${scope.node ?? ''}`,
  );
  const told = [...byHook.values()].flatMap((group): readonly Statement[] => {
    const last = group.at(-1);
    if (last === undefined) return [];
    const { kind, says } = whyOf(last.text);
    return [
      {
        says: 'finding',
        scope: last.scope,
        because: `The API server refuses writes because webhook ${last.hook} (service ${last.service}) was not reached: ${says}`,
        confidence: 'proven',
        sameAs: `${last.service} ${kind}`,
        evidence: group.slice(-2).map(({ evidence }) => evidence),
        against: ['the request was allowed by RBAC: the webhook comes behind it'],
      },
    ];
  });
  if (told.length > 0) return told;
  if (found.length > 0 || facts.looked('events'))
    return [{ says: 'clear', scope: {}, saw: 'no webhook of DPF failed to answer' }];
  return facts.objects('DPFOperatorConfig').length > 0 && dmsPods(facts).some((pod) => !isReady(pod))
    ? [
        {
          says: 'unknown',
          scope: {},
          lack: {
            what: 'events of DPF',
            why: 'they hold refused writes',
            settle: `${facts.cli} get events -n ${[...estateOf(facts).dpf][0] ?? 'NAMESPACE'} --sort-by=.lastTimestamp`,
          },
        },
      ]
    : [];
};

const CALL = (why: string): string =>
  `Internal error occurred: failed calling webhook "mdpu.kb.io": failed to call webhook: Post "https://dpf-provisioning-webhook-service.dpf-ns.svc:443/mutate-provisioning-dpu-nvidia-com-v1alpha1-dpu?timeout=10s": ${why}`;
const dpu = aDpu('c', { phase: 'Initializing' });

export const webhookNotReached = defineRule({
  id: RULE,
  title: 'A webhook of DPF does not answer',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { line: HOOK },
  explain:
    'DPF checks its objects by webhooks that its controllers serve. Where the pod is away, or the certificate that cert-manager injects into the webhook configuration is not the one the pod has, the API server refuses every write of those kinds. To the one who writes it looks like an internal error.',
  sources: ['reference dpf.md 6.8, 7.1 (4)'],
  check,
  remedy: (findings, facts) => {
    const kinds = findings.map(({ sameAs = '' }) => sameAs.split(' ')[1]);
    const space = [...estateOf(facts).dpf][0] ?? 'NAMESPACE';
    return [
      kinds.includes('certificate')
        ? { text: 'Compare the CA in the webhook configuration with the certificate of the service; cert-manager’s cainjector puts it there.', command: `${facts.cli} get validatingwebhookconfigurations,mutatingwebhookconfigurations -o yaml | grep -E 'name:|inject-ca-from'; ${facts.cli} get certificates -n ${space}; ${facts.cli} logs -n cert-manager deploy/cert-manager-cainjector --tail=50` }
        : { text: 'Look at the pod behind the service of the webhook.', command: `${facts.cli} get endpoints,pods -n ${space} | grep -E 'webhook|controller-manager'` },
      { text: 'Do not delete the webhook configuration: what it would have refused is then stored.', risk: 'objects without defaults break the controllers later' },
    ];
  },
  cases: [
    { name: 'no pod behind it', kind: 'broken', objects: [aDpfConfig(), dpu, anEvent(dpu, 'FailedUpdate', CALL('no endpoints available for service "dpf-provisioning-webhook-service"'))], says: 'no pod behind it' },
    { name: 'dms-init was refused', kind: 'broken', objects: [aDpfConfig(), aCrashingDmsPod('a-dms')], texts: { 'a-dms.dms-init.log': `[dmsinit] Error (create_dpunode:300): Failed to create DPUNode a: Error from server (InternalError): ${CALL('tls: failed to verify certificate: x509: certificate signed by unknown authority')}\n` }, says: 'its certificate' },
    { name: 'nothing was refused', kind: 'healthy', objects: [aDpfConfig()], listed: ['Event'] },
    { name: 'no events', kind: 'lacking', objects: [aDpfConfig(), aCrashingDmsPod('a-dms')], says: 'events of DPF' },
    { name: 'a webhook of somebody else', kind: 'look-alike', objects: [aDpfConfig(), anEvent(dpu, 'FailedCreate', 'failed calling webhook "pods.shop.example.net": Post "https://shop.shop.svc:443/x": connection refused')] },
    { name: 'refused once at installation', kind: 'look-alike', objects: [aDpfConfig(), aDmsPod('a-dms')], texts: { 'a-dms.dms-init.previous.log': CALL('connection refused') } },
    { name: 'an event about a card that is ready', kind: 'look-alike', objects: [aDpfConfig(), aDpu('c'), anEvent(aDpu('c'), 'FailedUpdate', CALL('connection refused'))] },
    { name: 'a webhook that answered and denied', kind: 'look-alike', objects: [aDpfConfig(), anEvent(dpu, 'FailedUpdate', 'admission webhook "vdpu.kb.io" denied the request: immutable')] },
  ],
}); // prettier-ignore
