/** Daemons that restart nodes for updates of their operating system: kured, and Flatcar's update operator. */
import { digList, digText } from '../../model/dig.ts';
import { annotationMark, onNode } from './node-marks.ts';
import type { OtherAtWork } from './other.ts';
import { annotationsOf, inNamespace, labelsOf, objectsIn, wait, type Family } from './surroundings.ts';

/** The first is that of all releases up to 1.x. */
const KURED_PREFIXES = ['weave.works', 'kured.dev'];

interface Lock {
  readonly holders: readonly string[];
  readonly isRead: boolean;
}

/** One holder, or several where kured may restart more than one node at a time. */
const readLock = (text: string): Lock => {
  try {
    const lock: unknown = JSON.parse(text);
    const holders = [lock, ...digList(lock, 'locks')].flatMap((one) => digText(one, 'nodeID') ?? []);
    return { holders, isRead: true };
  } catch {
    return { holders: [], isRead: false };
  }
};

/** Nothing of a node keeps kured away: it takes its lock, or somebody else has it. */
export const kured: Family = {
  atWork: (around) =>
    KURED_PREFIXES.flatMap((prefix): readonly OtherAtWork[] => {
      const inProgress = `${prefix}/kured-reboot-in-progress`;
      if (annotationsOf(around.node)[inProgress] !== undefined)
        return [wait('kured', `the node has the annotation ${inProgress}`, 'let kured finish its restart')];
      const key = `${prefix}/kured-node-lock`;
      return objectsIn(around, 'DaemonSet.apps').flatMap((set) => {
        const text = annotationsOf(set)[key];
        if (text === undefined || text === '') return [];
        const { holders, isRead } = readLock(text);
        const free = `kubectl annotate daemonset${inNamespace(set)} ${set.metadata.name} ${key}-`;
        if (!isRead)
          return [
            wait(
              'kured',
              `the lock ${key} of DaemonSet ${set.metadata.name} cannot be read`,
              `${free}, if it is stale`,
            ),
          ];
        return holders.includes(around.node.metadata.name)
          ? [
              wait(
                'kured',
                `DaemonSet ${set.metadata.name} has the lock ${key} for this node`,
                `let kured finish its restart; if it is stale: ${free}`,
              ),
            ]
          : [];
      });
    }),
};

const FLATCAR = 'flatcar-linux-update.v1.flatcar-linux.net';

export const FLATCAR_PAUSE = annotationMark(
  'the Flatcar update operator',
  'flatcar-update',
  `${FLATCAR}/reboot-paused`,
  'true',
);

const knowsFlatcar = (node: unknown): boolean =>
  [...Object.keys(annotationsOf(node)), ...Object.keys(labelsOf(node))].some((key) => key.startsWith(`${FLATCAR}/`));

export const flatcarUpdate: Family = {
  atWork: ({ node }) => {
    const told = ['reboot-in-progress', 'reboot-ok'].find((key) => annotationsOf(node)[`${FLATCAR}/${key}`] === 'true');
    return told === undefined
      ? []
      : [wait(FLATCAR_PAUSE.who, `the node's annotation ${FLATCAR}/${told} is true`, 'let it finish its restart')];
  },
  toQuiet: (around) => (knowsFlatcar(around.node) ? [onNode(around, FLATCAR_PAUSE)] : []),
};
