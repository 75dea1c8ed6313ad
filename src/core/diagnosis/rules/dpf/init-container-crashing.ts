/** A pod of these operators whose init container ends again and again: a symptom. Its cause stands in its log. */
import { digText } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { askedResources, pastedRows } from '../../../snapshot/pasted-table.ts';
import { driverPods } from '../../driver-pods.ts';
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { defineRule } from '../../rule.ts';
import { pod as aPod } from '../world.ts';
import { aCrashingDmsPod, aDmsPod, aDpfConfig } from '../world-dpf.ts';
import { deletingPods } from './dpf-release.ts';
import { dmsPods, estateOf, isDmsPod, isFieldName, isOurs } from './dpf-estate.ts';
import { initCandidates } from './init-candidates.ts';
import { initFailure } from './init-failure.ts';
import { isReady, logsOf } from './pod-lines.ts';

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

const LAST_LINES = 3;

/** The last lines of its log, where one is there: the program's own last words. */
const lastWords = (facts: Facts, pod: SnapshotObject, container: string): readonly Evidence[] =>
  logsOf(facts, pod, container)
    .filter(({ kind }) => kind === 'log')
    .slice(-1)
    .flatMap(({ text, origin }) => {
      const lines = text.split('\n').map((line, index) => ({ line, number: (origin.line ?? 1) + index }));
      return lines
        .filter(({ line }) => line.trim() !== '')
        .slice(-LAST_LINES)
        .map(({ line, number }) => textEvidence({ source: origin.source, line: number }, line));
    });

const fromPods = (facts: Facts): readonly Statement[] => {
  // What keeps a driver pod down has rules of its own.
  const drivers = new Set(driverPods(facts));
  return facts
    .objects('Pod')
    .filter(
      (pod) =>
        !drivers.has(pod) && (isDmsPod(pod) || isOurs(facts, pod.object.metadata.namespace, pod.object.metadata.name)),
    )
    .flatMap((pod): readonly Statement[] => {
      const node = digText(pod.object, 'spec', 'nodeName');
      const scope = { object: objectPath(pod.object), ...(node === undefined ? {} : { node }) };
      const failure = initFailure(pod);
      if (failure === undefined)
        return isReady(pod)
          ? [{ says: 'clear', scope, saw: 'pods of the operators get through their init containers' }]
          : [];
      const { container, state, exitCode, restarts, message, evidence } = failure;
      return [
        {
          says: 'finding',
          scope,
          because:
            `${pod.object.metadata.name}${node === undefined ? '' : ` on ${node}`}: init container ${container} ends${exitCode === undefined ? '' : ` with exit code ${exitCode}`}, ` +
            `started again ${times(restarts)} (${state})${message === undefined ? '' : `; it left: ${message.trim().slice(0, 160)}`}`,
          confidence: 'proven',
          sameAs: container,
          evidence: [...evidence, ...lastWords(facts, pod, container)],
          candidates: initCandidates(facts, pod, failure),
        },
      ];
    });
};

/** A pasted `kubectl get pods`, where the pods themselves were not given. */
const fromTables = (facts: Facts): readonly Statement[] => {
  if (facts.objects('Pod').length > 0) return [];
  return facts.pasted().flatMap((output) => {
    const asked = askedResources(output.command);
    if (output.command !== '' && !asked.some((one) => ['pods', 'pod', 'po', 'all'].includes(one))) return [];
    const space = /(?:-n|--namespace)[ =](\S+)/.exec(output.command)?.[1];
    return pastedRows(output).flatMap(({ cells, text, number }): readonly Statement[] => {
      const name = cells['NAME'] ?? '';
      const namespace = cells['NAMESPACE'] ?? space;
      const state = /^Init:(?:CrashLoopBackOff|Error|OOMKilled|ExitCode:\d+|Signal:\d+)$/.exec(
        cells['STATUS'] ?? '',
      )?.[0];
      if (state === undefined || !(isOurs(facts, namespace, name) || isFieldName(namespace ?? ''))) return [];
      return [
        {
          says: 'finding',
          scope: { object: `Pod/${namespace ?? 'NAMESPACE'}/${name}` },
          because: `${name}: an init container ends again and again (${state}, ${cells['RESTARTS'] ?? '?'} restarts)`,
          confidence: 'likely',
          sameAs: 'pasted',
          evidence: [textEvidence({ source: output.source, line: number }, text)],
          lacks: [
            {
              what: `the pod ${name} and the log of its failing init container`,
              why: 'a table shows neither which container ends nor why',
              settle: `${facts.cli} get pod -n ${namespace ?? 'NAMESPACE'} ${name} -o yaml; ${facts.cli} logs -n ${namespace ?? 'NAMESPACE'} ${name} -c CONTAINER --previous`,
            },
          ],
        },
      ];
    });
  });
};

const NO_PODS: Statement = {
  says: 'unknown',
  scope: {},
  lack: {
    what: 'pods',
    why: 'those that install cards may fail in their init containers',
    settle: 'kubectl get pods -A -o yaml',
  },
};

const TABLE =
  'NAME          READY   STATUS                  RESTARTS        AGE\nworker1-dms   0/2     Init:CrashLoopBackOff   14 (2m ago)     50m\nweb-1         0/1     Init:CrashLoopBackOff   3               1h\n';

export const initContainerCrashing = defineRule({
  id: 'init-container-crashing',
  title: 'An init container ends again and again',
  severity: 'error',
  role: 'symptom',
  needs: [],
  explain:
    'Init containers run one behind the other; the first that ends with another code than 0 is started again with a growing delay, five minutes at most, and all behind it wait. Why it ended stands in the log of its last run and in nothing else. ' +
    'For dms-init of DPF 25.4 a missing permission for Secrets is often named: started as the operator starts it (--external-certificate TODO) its script never reads one.',
  sources: ['reference dpf.md 2.2, 4, 5, 5.2', 'seeds/001', 'reference diagnosis-ux.md 3.3'],
  causedBy: [
    'access-denied',
    'dms-role-lacks-need',
    'token-as-kubeconfig',
    'api-server-not-reached',
    'kubectl-not-available',
    'card-not-found',
    'pf-netdevice-missing',
    'rshim-held-by-host',
    'reboot-method-wrong',
    'webhook-not-reached',
    'definition-missing',
    'server-secret-not-ready',
  ],
  check: (facts) => {
    const told = [...fromPods(facts), ...fromTables(facts)];
    return told.length > 0 || facts.looked('pods') || estateOf(facts).dpf.size === 0 ? told : [NO_PODS];
  },
  summarise: (findings) => {
    const [first] = findings;
    return first === undefined || findings.length === 1 ? (first?.because ?? '') : `${findings.length} pods: ${first.because}`;
  },
  remedy: (findings, facts) => [
    {
      text: 'Read why it ended, before a permission or a pod is touched.',
      command: findings
        .slice(0, 3)
        .map(({ scope, sameAs }) => {
          const [, namespace = 'NAMESPACE', name = 'POD'] = (scope.object ?? '').split('/');
          return `${facts.cli} logs -n ${namespace} ${name} -c ${sameAs === 'pasted' ? 'CONTAINER' : (sameAs ?? 'CONTAINER')} --previous`;
        })
        .join('\n'),
    },
    {
      text: 'Leave the pod as it is: the kubelet tries again by itself, every five minutes at least.',
      ...(dmsPods(facts).length > 0 ? { risk: deletingPods(facts) } : {}),
    },
  ],
  cases: [
    { name: 'dms-init crashes, and its log is missing (001)', kind: 'broken', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], says: 'dms-init ends with exit code 1' },
    { name: 'any init container in such a namespace', kind: 'broken', objects: [aDpfConfig(), aDmsPod('x-7d', { init: [{ name: 'wait', exitCode: 2 }] })], says: 'wait ends with exit code 2' },
    { name: 'a pasted table', kind: 'broken', objects: [], texts: { 'session.txt': `$ kubectl get pods -n dpf-operator-system\n${TABLE}` }, says: 'worker1-dms' },
    { name: 'they get through', kind: 'healthy', objects: [aDmsPod('a-dms'), aDpfConfig()] },
    { name: 'pods were not looked at', kind: 'lacking', objects: [aDpfConfig()], says: 'pods' },
    { name: 'an init container that still runs', kind: 'look-alike', objects: [aDpfConfig(), aDmsPod('a-dms', { init: [{ name: 'dms-init', waiting: 'PodInitializing' }] })] },
    { name: 'a pod of somebody else', kind: 'look-alike', objects: [aPod('shop-1', { namespace: 'shop' }), aDmsPod('shop-2', { namespace: 'shop', init: [{ name: 'migrate', exitCode: 1 }], spec: { containers: [{ name: 'shop', image: 'shop:1' }], initContainers: [{ name: 'migrate', image: 'shop:1' }] } })].map((one) => ({ ...one, metadata: { ...one.metadata, labels: {} } })) },
  ],
}); // prettier-ignore
