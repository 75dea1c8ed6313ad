/** An admission webhook of these operators that cannot serve, since it has no certificate, or one that the API server refuses. */
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { isPodOver, said, type Said } from '../../said.ts';
import { pod } from '../world.ts';
import { aPodEvent } from '../world-ipam.ts';

const RULE = 'webhook-without-certificate';
const NO_SECRET =
  /MountVolume\.SetUp failed for volume \\?"(?<volume>[\w-]+)\\?"\s*: secret \\?"(?<secret>[\w.-]*(?:operator-webhook|network-resources-injector|nic-operator-webhook|network-operator-webhook|webhook-server-cert|nv-ipam[\w-]*webhook)[\w.-]*)\\?" not found/;
const REFUSED =
  /failed calling webhook \\?"(?<webhook>[\w.-]*(?:sriovnetwork|sriov|mellanox|nvidia|network-resources-injector|nv-ipam)[\w.-]*)\\?"[^\n]*(?<why>x509: [^"\\\n]{0,160}|no endpoints available for service[^\n]{0,80}|connection refused|service \\?"[^"\\]+\\?" not found)/i;
const WORDS = new RegExp(`${NO_SECRET.source}|${REFUSED.source}`, 'i'); // prettier-ignore

const sentenceOf = ({ groups, podName }: Said): string =>
  groups['secret'] === undefined
    ? `The API server cannot call webhook ${groups['webhook'] ?? ''}: ${(groups['why'] ?? '').trim()}`
    : `${podName ?? 'A webhook'} cannot start: its certificate, Secret ${groups['secret']}, does not exist`;

const check = (facts: Facts): readonly Statement[] => {
  const all = said(facts, `${RULE}/said`, WORDS);
  const missing = all.filter(({ groups }) => groups['secret'] !== undefined);
  const open = missing.filter((one) => !isPodOver(one) && facts.object('Secret', one.groups['secret'] ?? '') === undefined);
  const refused = all.filter(({ groups }) => groups['webhook'] !== undefined);
  // A webhook that is not up yet refuses as well: only a certificate's own fault is one.
  const wrong = refused.filter(({ groups }) => /x509/.test(groups['why'] ?? '') || open.length > 0);
  const byPart = Map.groupBy([...open, ...wrong], ({ groups }) => groups['secret'] ?? groups['webhook'] ?? '');
  const found = [...byPart].flatMap(([part, words]): readonly Statement[] => {
    const last = words.at(-1);
    if (last === undefined || (last.groups['secret'] === undefined && open.length > 0)) return [];
    return [
      {
        says: 'finding',
        scope: {},
        because: sentenceOf(last),
        confidence: 'proven',
        sameAs: part,
        evidence: [...words.slice(-3), ...(last.groups['secret'] === undefined ? [] : refused.slice(-1))].map(({ evidence }) => evidence),
      },
    ];
  });
  return found.length > 0 || missing.length === 0 ? found : [{ says: 'clear', scope: {}, saw: 'webhooks have their certificates since' }];
}; // prettier-ignore

const NO_CERT = 'MountVolume.SetUp failed for volume "tls" : secret "operator-webhook-service" not found';
const event = aPodEvent('operator-webhook-sr7jc', NO_CERT, 'FailedMount', 'nic-operator');
const policy =
  'Error from server (InternalError): error when creating "p.yaml": Internal error occurred: failed calling webhook "operator-webhook.sriovnetwork.openshift.io": failed to call webhook: Post "https://operator-webhook-service.nic-operator.svc:443/mutating-custom-resource?timeout=10s": ';

export const webhookWithoutCertificate = defineRule({
  id: RULE,
  title: 'A webhook has no valid certificate',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS },
  explain:
    'OpenShift makes the certificates of the operator webhook and the resources injector; elsewhere cert-manager or a person has to (certManager.enabled, or Secrets of these names and their CA in the chart values). Without the Secret the pods stay in ContainerCreating, and where the webhook configuration exists every change of a policy is refused. Configurations left behind by an older install refuse in the same way.',
  sources: ['reference sriov.md F30', 'sriov-network-operator #3, #554', 'openshift sriov-network-operator #214, #503, #602'],
  check,
  remedy: (findings, facts) => [
    { text: 'Make the certificate: install cert-manager and set certManager.enabled for the chart, or create the Secret and give its CA to the chart.', command: `${facts.cli} get secret,certificate -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'}` },
    { text: 'Or do without the webhooks: set enableOperatorWebhook and enableInjector of SriovOperatorConfig "default" to false.', command: `${facts.cli} patch sriovoperatorconfig default -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} --type merge -p '{"spec":{"enableOperatorWebhook":false,"enableInjector":false}}'`, risk: 'policies are then not checked, and a missing priority counts as the strongest' },
    { text: `Configurations that an older install left behind have to be deleted (${findings[0]?.sameAs ?? ''}).`, command: `${facts.cli} get mutatingwebhookconfiguration,validatingwebhookconfiguration | grep -i -e sriov -e network-resources` },
  ],
  cases: [
    { name: 'the Secret is missing', kind: 'broken', objects: [pod('operator-webhook-sr7jc', { phase: 'Pending', node: 'a' }), event], says: 'Secret operator-webhook-service, does not exist' },
    { name: 'a CA that the API server does not know', kind: 'broken', objects: [], texts: { 'apply.txt': `${policy}x509: certificate signed by unknown authority\n` }, says: 'x509' },
    { name: 'mounted since', kind: 'healthy', objects: [{ ...pod('operator-webhook-sr7jc', { node: 'a' }), status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } }, event] },
    { name: 'a webhook that is just starting', kind: 'look-alike', objects: [], texts: { 'apply.txt': `${policy}dial tcp 10.96.62.206:443: connect: connection refused\n` } },
    { name: 'a webhook of somebody else', kind: 'look-alike', objects: [], texts: { 'apply.txt': 'failed calling webhook "validate.nginx.ingress.kubernetes.io": x509: certificate signed by unknown authority\n' } },
  ],
}); // prettier-ignore
