/** NVSentinel: quarantines, drains and restarts nodes with faulty GPUs. Its label on a node makes its default rules look away. */
import { digText } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { labelMark, onNode } from './node-marks.ts';
import { annotationsOf, labelsOf, named, objectsIn, wait, type Family, type Surroundings } from './surroundings.ts';

const WHO = 'NVSentinel';
const STATE = 'dgxc.nvidia.com/nvsentinel-state';
const QUARANTINE = 'fault-quarantine';
const CORDONED = 'quarantineHealthEventIsCordoned';
const JANITOR = ['RebootNode', 'TerminateNode', 'GPUReset'].map((kind) => `${kind}.janitor.dgxc.nvidia.com`);

export const NOT_MANAGED = labelMark(WHO, 'nvsentinel', 'k8saas.nvidia.com/ManagedByNVSentinel', 'false');

const isQuarantine = ({ metadata: { name } }: KubeObject): boolean =>
  name === QUARANTINE || name.endsWith(`-${QUARANTINE}`);

const isThere = (around: Surroundings): boolean =>
  labelsOf(around.node)[NOT_MANAGED.mark.key] !== undefined || objectsIn(around, 'Deployment.apps').some(isQuarantine);

export const nvsentinel: Family = {
  atWork: (around) => {
    const { node } = around;
    const wayOut = `nicwright cannot cure what it found: let it finish, or kubectl uncordon ${node.metadata.name} to cancel it`;
    const state = labelsOf(node)[STATE];
    if (state !== undefined) return [wait(WHO, `the node's label ${STATE} is ${state}`, wayOut)];
    if (annotationsOf(node)[CORDONED] === 'True')
      return [wait(WHO, `the node's annotation ${CORDONED} is True`, wayOut)];
    return JANITOR.flatMap((key) => objectsIn(around, key))
      .filter((one) => digText(one, 'spec', 'nodeName') === node.metadata.name)
      .filter((one) => digText(one, 'status', 'completionTime') === undefined)
      .map((one) => wait(WHO, `${named(one)} is not complete`, 'let it finish'));
  },
  toQuiet: (around) => (isThere(around) ? [onNode(around, NOT_MANAGED)] : []),
};
