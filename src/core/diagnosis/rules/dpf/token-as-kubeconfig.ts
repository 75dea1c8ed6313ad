/** A ServiceAccount's token file given to kubectl as kubeconfig: it is none, and every call fails (dpf.md 0 (5), 5). */
import { digList, digText } from '../../../model/dig.ts';
import { explainDenial } from '../../../rbac/explain-denial.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { aCrashingDmsPod, aDmsPod, aDpfConfig } from '../world-dpf.ts';
import { dmsPods, isOurs } from './dpf-estate.ts';
import { initFailure } from './init-failure.ts';
import { hasLogOf, isReady, lastPodLines, scopeOfPod } from './pod-lines.ts';
import { lackOfLog } from './start-cause.ts';

const RULE = 'token-as-kubeconfig';

const TOKEN =
  /(?:--kubeconfig[= ]|KUBECONFIG=)\s*["']?(?:\/var)?\/run\/secrets\/kubernetes\.io\/serviceaccount\/token\b/;
const TOKEN_PATH = /^(?:\/var)?\/run\/secrets\/kubernetes\.io\/serviceaccount\/token$/;

/** Where a container's command line or environment names the token file. */
const namedIn = (pod: SnapshotObject): readonly Evidence[] =>
  ['initContainers', 'containers'].flatMap((list) =>
    digList(pod.object, 'spec', list).flatMap((container, at) => [
      ...['command', 'args'].flatMap((key) => {
        const words = digList(container, key).filter((word) => typeof word === 'string');
        const found = words.findIndex(
          (word, index) => TOKEN.test(word) || (word === '--kubeconfig' && TOKEN_PATH.test(words[index + 1] ?? '')),
        );
        return found < 0 ? [] : [fieldEvidence(pod, ['spec', list, at, key, found])];
      }),
      ...digList(container, 'env').flatMap((variable, index) =>
        digText(variable, 'name') === 'KUBECONFIG' && TOKEN_PATH.test(digText(variable, 'value') ?? '')
          ? [fieldEvidence(pod, ['spec', list, at, 'env', index, 'value'])]
          : [],
      ),
    ]),
  );

const check = (facts: Facts): readonly Statement[] => {
  const lines = lastPodLines(facts, `${RULE}/line`).filter(
    ({ line, pod, text }) =>
      explainDenial(line)?.cause === 'bad-kubeconfig' &&
      isOurs(facts, pod?.object.metadata.namespace ?? text.namespace, pod?.object.metadata.name ?? text.origin.source),
  );
  const told = lines.map(({ pod, node, line, origin }): Statement =>
    pod !== undefined && isReady(pod)
      ? { says: 'clear', scope: scopeOfPod(pod, node), saw: 'pods with a wrong kubeconfig became ready since' }
      : {
          says: 'finding',
          scope: scopeOfPod(pod, node),
          because: `${pod?.object.metadata.name ?? 'A script'}: kubectl was given a file as kubeconfig that is none${pod !== undefined && namedIn(pod).length > 0 ? ', the token of the ServiceAccount' : ''}, and every call fails`,
          confidence: 'proven',
          sameAs: 'token',
          evidence: [textEvidence(origin, line), ...(pod === undefined ? [] : namedIn(pod))],
          against: ['no permission was asked for yet: kubectl never reached the server'],
        },
  );
  const spoken = new Set(lines.map(({ pod }) => pod));
  const pods = facts
    .objects('Pod')
    .filter((pod) => isOurs(facts, pod.object.metadata.namespace, pod.object.metadata.name) && !spoken.has(pod));
  const named = pods.flatMap((pod): readonly Statement[] => {
    const evidence = namedIn(pod);
    const failure = initFailure(pod);
    if (evidence.length === 0 || isReady(pod) || failure === undefined) return [];
    return [
      {
        says: 'finding',
        scope: scopeOfPod(pod),
        because: `${pod.object.metadata.name}: ${failure.container} is started with the token of the ServiceAccount as kubeconfig, and fails; a token is no kubeconfig, so every call of kubectl ends with "error loading config file"`,
        confidence: hasLogOf(facts, pod, failure.container) ? 'likely' : 'proven',
        sameAs: 'token',
        evidence: [...evidence, ...failure.evidence],
        against: ['with such a file kubectl does not get as far as asking for a permission'],
      },
    ];
  });
  if (told.length + named.length > 0) return [...told, ...named];
  const mute = pods.flatMap((pod): readonly Statement[] => {
    const failure = initFailure(pod);
    return failure === undefined || failure.message !== undefined || hasLogOf(facts, pod, failure.container)
      ? []
      : [{ says: 'unknown', scope: scopeOfPod(pod), lack: lackOfLog(facts, pod, failure.container) }];
  });
  if (mute.length > 0) return mute;
  return dmsPods(facts).some(isReady)
    ? [{ says: 'clear', scope: {}, saw: 'pods that install cards find the API server by themselves' }]
    : [];
};

const ARGS = [
  '/opt/dpf/dmsinit.sh --cmd register --kubeconfig /var/run/secrets/kubernetes.io/serviceaccount/token --external-certificate TODO',
];
const LINE = String.raw`error: error loading config file "/var/run/secrets/kubernetes.io/serviceaccount/token": couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value`;
const failing = aDmsPod('a-dms', {
  args: ARGS,
  init: [{ name: 'dms-init', waiting: 'CrashLoopBackOff', exitCode: 1 }],
});

export const tokenAsKubeconfig = defineRule({
  id: RULE,
  title: 'A token is given as kubeconfig',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { line: /error loading config file/ },
  explain:
    'In a pod kubectl finds the API server and the token of its ServiceAccount by itself; --kubeconfig is not needed there. The token file holds a bare token: given as kubeconfig it cannot be parsed, and every call ends with "error loading config file ... couldn’t get version/kind". ' +
    'No permission mends that.',
  sources: ['reference dpf.md 0 (5), 5, 6.8', 'seeds/001: the fix proposed there'],
  check,
  remedy: (findings, facts) => [
    {
      text: 'Leave --kubeconfig (and KUBECONFIG) away, or mount a kubeconfig that is one.',
      command: findings
        .slice(0, 1)
        .map(() => `${facts.cli} get pods -A -o yaml | grep -n 'serviceaccount/token'`)
        .join('\n'),
    },
    { text: 'Where an operator writes the command line, its release has to change: an edit of the pod does not last.' },
  ],
  cases: [
    { name: 'kubectl says it (001)', kind: 'broken', objects: [failing, aDpfConfig()], texts: { 'a-dms.dms-init.log': LINE }, says: 'the token of the ServiceAccount' },
    { name: 'the command line says it, and the container fails', kind: 'broken', objects: [failing, aDpfConfig()], says: 'a token is no kubeconfig' },
    { name: 'pods that start', kind: 'healthy', objects: [aDmsPod('a-dms'), aDpfConfig()] },
    { name: 'a failing pod whose log is missing', kind: 'lacking', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], says: 'the log of dms-init' },
    { name: 'named, and the pod is ready', kind: 'look-alike', objects: [aDmsPod('a-dms', { args: ARGS }), aDpfConfig()] },
    { name: 'a kubeconfig that is not there', kind: 'look-alike', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.log': 'error: error loading config file "/etc/kubeconfig": open /etc/kubeconfig: permission denied\n' } },
  ],
}); // prettier-ignore
