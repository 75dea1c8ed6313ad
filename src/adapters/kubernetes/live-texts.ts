/**
 * The texts of a live cluster: logs of the operators' containers, and what the hosts answer through the config daemon's
 * pods. Bounded in number, size and time; whatever was not read is a gap.
 */
import { digFlag, digList, digMap, digNumber, digText, digTexts } from '../../core/model/dig.ts';
import { questionWords, type HostQuestion } from '../../core/model/host-question.ts';
import { hostCommand } from '../../core/model/host-question.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { HostTools } from '../../core/ports/host-tools.ts';
import type { KubeApi } from '../../core/ports/kube-api.ts';
import type { Gap, SnapshotText } from '../../core/snapshot/snapshot.ts';
import { linkFunctions } from '../../core/visit/gates/link-gates.ts';
import { readJournal, VISIT_KEY } from '../../core/visit/visit-journal.ts';
import { type DaemonPod, daemonPodTools, execLine } from '../host-tools/daemon-pod.ts';
import { DAEMON } from '../host-tools/find-daemon-pod.ts';
import { inParallel } from './in-parallel.ts';
import type { LiveLimits, LiveOptions } from './live-options.ts';

export interface LiveTexts {
  readonly texts: readonly SnapshotText[];
  readonly gaps: readonly Gap[];
}

const isDaemon = (pod: KubeObject): boolean =>
  digTexts(pod, 'metadata', 'labels')['app'] === DAEMON ||
  digList(pod, 'spec', 'containers').some((container) => digText(container, 'name') === DAEMON);

interface WantedLog {
  readonly pod: KubeObject;
  readonly container: string;
  readonly previous: boolean;
}

/** Of the daemon all, of the others' containers those that are not well: now, and before their last restart. */
const wantedLogs = (pod: KubeObject): readonly WantedLog[] =>
  ['initContainerStatuses', 'containerStatuses'].flatMap((list) =>
    digList(pod, 'status', list).flatMap((status) => {
      const container = digText(status, 'name') ?? '';
      const restarted = (digNumber(status, 'restartCount') ?? 0) > 0;
      const started = digText(digMap(status, 'state'), 'waiting', 'reason') !== 'PodInitializing';
      const done = digText(status, 'state', 'terminated', 'reason') === 'Completed';
      const unwell = restarted || (digFlag(status, 'ready') === false && !done);
      if (!started || !(isDaemon(pod) || unwell)) return [];
      const now = { pod, container, previous: false };
      return restarted ? [now, { ...now, previous: true }] : [now];
    }),
  );

/** `pods` are those of the operators' namespaces. */
export const readLogs = async (
  api: KubeApi,
  pods: readonly KubeObject[],
  limits: LiveLimits,
  options: LiveOptions,
): Promise<LiveTexts> => {
  const wanted = pods.toSorted((a, b) => Number(isDaemon(b)) - Number(isDaemon(a))).flatMap(wantedLogs);
  const gaps: Gap[] = [];
  if (wanted.length > limits.logs)
    gaps.push({
      what: `${wanted.length - limits.logs} of ${wanted.length} logs`,
      because: `at most ${limits.logs} logs are read at a time; choose fewer nodes with -l or --nodes`,
    });
  const read = await inParallel(limits.atOnce, wanted.slice(0, limits.logs), async ({ pod, container, previous }) => {
    const { namespace = '', name } = pod.metadata;
    const log = await api.logs(
      { namespace, name },
      {
        container,
        previous,
        tailLines: limits.logLines,
        limitBytes: limits.logBytes,
        ...(options.signal !== undefined && { signal: options.signal }),
      },
    );
    const shown = `${name}, container ${container}${previous ? ', run before' : ''}`;
    const node = digText(pod, 'spec', 'nodeName');
    if (log.ok)
      return {
        text: {
          kind: 'log' as const,
          ...(node !== undefined && { node }),
          namespace,
          pod: name,
          container,
          ...(previous && { previous }),
          text: log.value,
          origin: { source: `live: log of ${shown}` },
        },
      };
    const settle = `kubectl logs -n ${namespace} ${name} -c ${container}${previous ? ' -p' : ''}`;
    return {
      gap: { what: `the log of ${shown}`, because: log.fault.message, settle, ...(node !== undefined && { node }) },
    };
  });
  return {
    texts: read.flatMap(({ text }) => (text === undefined ? [] : [text])),
    gaps: [...gaps, ...read.flatMap(({ gap }) => (gap === undefined ? [] : [gap]))],
  };
};

interface Host {
  readonly node: string;
  readonly pod: DaemonPod;
  /** PCI addresses of the NVIDIA functions that the node state lists. */
  readonly pcis: readonly string[];
  /** Others whose links a visit that is on has to bring back: GPUs. */
  readonly linked: readonly string[];
}

const linkedOn = (node: KubeObject | undefined): readonly string[] => {
  const journal = readJournal(node?.metadata.annotations?.[VISIT_KEY] ?? '');
  return journal.ok ? linkFunctions(journal.value.left) : [];
};

/** Hosts with a daemon that runs; the others are gaps. Those whose node state is not in order come first. */
export const reachableHosts = (
  pods: readonly KubeObject[],
  nodeStates: readonly KubeObject[],
  nodes: readonly string[],
  nodeObjects: readonly KubeObject[],
): { readonly hosts: readonly Host[]; readonly gaps: readonly Gap[] } => {
  const daemons = new Map(pods.filter(isDaemon).map((pod) => [digText(pod, 'spec', 'nodeName') ?? '', pod]));
  const states = new Map(nodeStates.map((state) => [state.metadata.name, state]));
  const objects = new Map(nodeObjects.map((object) => [object.metadata.name, object]));
  const hosts: (Host & { readonly inOrder: boolean })[] = [];
  const gaps: Gap[] = [];
  for (const node of nodes) {
    const state = states.get(node);
    if (state === undefined) continue;
    const pod = daemons.get(node);
    if (pod === undefined || digText(pod, 'status', 'phase') !== 'Running') {
      const because =
        pod === undefined
          ? 'no config daemon pod runs on this node'
          : `its config daemon pod ${pod.metadata.name} does not run`;
      gaps.push({
        what: `host tools of ${node}`,
        because,
        settle: `mstconfig -d PCI -e q   # on ${node}, as root`,
        node,
      });
      continue;
    }
    const containers = digList(pod, 'spec', 'containers').map((container) => digText(container, 'name') ?? '');
    const { namespace = '', name } = pod.metadata;
    const pcis = digList(state, 'status', 'interfaces')
      .filter((one) => digText(one, 'vendor') === '15b3')
      .flatMap((one) => digText(one, 'pciAddress') ?? []);
    hosts.push({
      node,
      pod: { namespace, name, container: containers.includes(DAEMON) ? DAEMON : (containers[0] ?? '') },
      pcis,
      linked: linkedOn(objects.get(node)).filter((pci) => !pcis.includes(pci)),
      inOrder: digText(state, 'status', 'syncStatus') === 'Succeeded',
    });
  }
  return { hosts: hosts.toSorted((a, b) => Number(a.inOrder) - Number(b.inOrder)), gaps };
};

/** One question for each card, not for each of its ports: they share their settings. */
const questionsFor = ({ pcis, linked }: Pick<Host, 'pcis' | 'linked'>): readonly HostQuestion[] => {
  const links = [...pcis, ...linked];
  const cards = [...Map.groupBy(pcis, (pci) => pci.replace(/\.\d+$/, '')).values()].flatMap(([first]) => first ?? []);
  return [
    { ask: 'boot-id' },
    { ask: 'kernel-lockdown' },
    { ask: 'kernel-command-line' },
    { ask: 'product-name' },
    ...(pcis.length > 0 ? [{ ask: 'vf-counts' as const, pcis }] : []),
    ...cards.map((pci) => ({ ask: 'firmware-settings' as const, pci })),
    ...cards.map((pci) => ({ ask: 'reset-levels' as const, pci })),
    ...(links.length > 0 ? [{ ask: 'links' as const, pcis: links }] : []),
  ];
};

/** Asks every host; what each says becomes one text, as if a person had typed the commands there. */
export const askHosts = async (
  api: KubeApi,
  hosts: readonly Host[],
  limits: LiveLimits,
  options: LiveOptions,
): Promise<LiveTexts> => {
  const chosen = hosts.slice(0, limits.hosts);
  const asked = await inParallel(limits.atOnce, chosen, (host) => askHost(api, host, limits, options));
  const left = hosts.length - chosen.length;
  const cap: Gap = {
    what: `host tools of ${left} of ${hosts.length} nodes`,
    because: `at most ${limits.hosts} hosts are asked at a time; choose others with -l or --nodes`,
  };
  return {
    texts: asked.flatMap(({ texts }) => texts),
    gaps: [...asked.flatMap(({ gaps }) => gaps), ...(left > 0 ? [cap] : [])],
  };
};

const askHost = async (
  api: KubeApi,
  { node, pod, ...asked }: Host,
  limits: LiveLimits,
  options: LiveOptions,
): Promise<LiveTexts> => {
  const tools: HostTools = daemonPodTools(api, pod, { timeoutMs: limits.execTimeoutMs, maxBytes: limits.execBytes });
  const until = options.clock.now() + limits.hostMs;
  const lines = [`=== ${node} ===`];
  const gaps: Gap[] = [];
  for (const question of questionsFor(asked)) {
    const settle = execLine(pod, hostCommand(question, '/host'));
    const lack = (because: string): void =>
      void gaps.push({ what: `${questionWords(question)} on ${node}`, because, settle, node });
    if (options.clock.now() >= until) {
      lack(`the time for this host, ${limits.hostMs / 1000} s, was used up`);
      continue;
    }
    const answer = await tools.ask(question, options.signal === undefined ? {} : { signal: options.signal });
    if (!answer.ok) {
      lack(answer.fault.message);
      // Without the right, or without the pod, the other questions fare no better.
      if (answer.fault.code === 'kube-forbidden' || answer.fault.code === 'kube-not-found') break;
      continue;
    }
    const { command, output, truncated } = answer.value;
    if (truncated) lack(`its output is longer than ${limits.execBytes} bytes, and the end is missing`);
    lines.push(`$ ${command.join(' ')}`, output.trimEnd(), '');
  }
  if (lines.length === 1) return { texts: [], gaps };
  return {
    texts: [
      { kind: 'host', node, text: `${lines.join('\n')}\n`, origin: { source: `live: ${tools.via}, on ${node}` } },
    ],
    gaps,
  };
};
