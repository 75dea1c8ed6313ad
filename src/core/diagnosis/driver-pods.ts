/**
 * The OFED driver pods of an input and what their logs say: which pod a log is of, and whether what it says is over because
 * the pod became ready since. What a line means is left to the rules.
 */
import { DRIVER_POD_LABEL } from '../driver/driver-keys.ts';
import { isPodReady } from '../driver/driver-pod.ts';
import { digList, digText, digTexts } from '../model/dig.ts';
import { objectPath } from '../model/kube-object.ts';
import type { SnapshotObject, SnapshotText } from '../snapshot/snapshot.ts';
import type { Facts } from './facts.ts';
import { fieldEvidence, textEvidence } from './evidence.ts';
import type { Evidence, Finding, Scope, Statement } from './finding.ts';
import type { TellingLine } from './telling-lines.ts';

const DRIVER_CONTAINER = 'mofed-container';

const isDriverPod = ({ object }: SnapshotObject): boolean =>
  DRIVER_POD_LABEL in digTexts(object, 'metadata', 'labels') ||
  digList(object, 'spec', 'containers').some((container) => digText(container, 'name') === DRIVER_CONTAINER);

const known = new WeakMap<Facts, readonly SnapshotObject[]>();

export const driverPods = (facts: Facts): readonly SnapshotObject[] => {
  const pods = known.get(facts) ?? facts.objects('Pod').filter(isDriverPod);
  known.set(facts, pods);
  return pods;
};

/** What only this container prints, for logs that were saved under any name. */
const DRIVER_WORDS =
  /NVIDIA driver container exec start|Unsetting driver ready state|No OFED driver found|mlnx-ofed-kernel/;

const isDriverLog = ({ pod, container, text, origin }: SnapshotText): boolean =>
  container === DRIVER_CONTAINER ||
  (pod ?? origin.source.split('/').at(-1) ?? '').startsWith('mofed-') ||
  DRIVER_WORDS.test(text.slice(0, 65_536));

/** The pod of a log: by its name, or the only one there is. */
const podOf = (pods: readonly SnapshotObject[], text: SnapshotText): SnapshotObject | undefined => {
  const named = pods.find(({ object: { metadata } }) =>
    text.pod === undefined ? text.origin.source.includes(metadata.name) : text.pod === metadata.name,
  );
  return named ?? (text.pod === undefined && pods.length === 1 ? pods[0] : undefined);
};

export interface DriverLine {
  readonly line: TellingLine;
  readonly pod: SnapshotObject | undefined;
  readonly node: string | undefined;
}

/** Lines of driver logs by log, the last one of each. */
export const driverLines = (facts: Facts, name: string): readonly DriverLine[] => {
  const pods = driverPods(facts);
  const last = new Map(
    facts
      .lines(name)
      .filter(({ text }) => isDriverLog(text))
      .map((line) => [line.origin.source, line]),
  );
  return [...last.values()].map((line) => {
    const pod = podOf(pods, line.text);
    return { line, pod, node: digText(pod?.object, 'spec', 'nodeName') ?? facts.nodeOfText(line.text) };
  });
};

export const driverScope = ({ node, pod }: Pick<DriverLine, 'node' | 'pod'>): Scope => ({
  ...(node !== undefined && { node }),
  ...(pod !== undefined && { object: objectPath(pod.object) }),
});

export const whichDriver = ({ node, pod }: Pick<DriverLine, 'node' | 'pod'>): string =>
  `${pod === undefined ? 'The driver container' : `Driver pod ${pod.object.metadata.name}`}${node === undefined ? '' : ` on ${node}`}`;

/** How the container ended last, and what it waits for now. */
export const endEvidence = (pod: SnapshotObject | undefined): readonly Evidence[] => {
  if (pod === undefined) return [];
  const at = digList(pod.object, 'status', 'containerStatuses').findIndex(
    (status) => digText(status, 'name') === DRIVER_CONTAINER,
  );
  const here = ['status', 'containerStatuses', at] as const;
  const statuses = digList(pod.object, 'status', 'containerStatuses');
  const ended = ['state', 'lastState'].find((key) => digText(statuses[at], key, 'terminated', 'reason') !== undefined);
  return [
    ...(ended === undefined ? [] : [fieldEvidence(pod, [...here, ended, 'terminated', 'exitCode'])]),
    ...(digText(statuses[at], 'state', 'waiting', 'reason') === undefined
      ? []
      : [fieldEvidence(pod, [...here, 'state', 'waiting', 'reason'])]),
  ];
};

/** One finding for each driver log whose last word is such a line; a clear where the pod became ready since. */
export const driverFindings = (
  facts: Facts,
  name: string,
  say: (found: DriverLine) => Pick<Finding, 'because'> & Partial<Finding>,
): readonly Statement[] =>
  driverLines(facts, name).map((found): Statement => {
    const scope = driverScope(found);
    if (found.pod !== undefined && isPodReady(found.pod.object))
      return { says: 'clear', scope, saw: 'driver pods whose logs hold an error became ready since' };
    const { evidence = [], ...said } = say(found);
    return {
      says: 'finding',
      scope,
      confidence: 'proven',
      ...said,
      evidence: [textEvidence(found.line.origin, found.line.line), ...evidence, ...endEvidence(found.pod)],
    };
  });
