/** What changed between a driver pod and its DaemonSet's template, in words: another driver, another build of it, or neither. */
import { dig, digList, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { DefectId } from './defects.ts';
import { objectName } from './managed-node.ts';

export interface TemplateChange {
  readonly because: string;
  readonly defects: readonly DefectId[];
}

const DRIVER_CONTAINER = 'mofed-container';

/** The image of the driver container in a list of containers; the first container where none has upstream's name. */
const driverImage = (containers: readonly unknown[]): string | undefined =>
  digText(containers.find((container) => digText(container, 'name') === DRIVER_CONTAINER) ?? containers[0], 'image');

/** The driver image a pod runs. */
export const runningImage = (pod: KubeObject): string | undefined => driverImage(digList(pod, 'spec', 'containers'));

/** The driver image a DaemonSet's template asks for. */
export const wantedImage = (daemonSet: KubeObject): string | undefined =>
  driverImage(digList(daemonSet, 'spec', 'template', 'spec', 'containers'));

/** What follows the last colon of the last path part, or the digest, or the whole image. */
export const imageTag = (image: string): string => {
  const at = image.indexOf('@');
  if (at >= 0) return image.slice(at + 1);
  const name = image.slice(image.lastIndexOf('/') + 1);
  const colon = name.indexOf(':');
  return colon < 0 ? image : name.slice(colon + 1);
};

/** Two tags of one driver version, one of them precompiled for a kernel (network-operator.md 1.9). */
const isPrecompiledFlip = (one: string, other: string): boolean => {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  const os = /-[a-z]+[\d.]+-[a-z0-9]+$/.exec(short)?.[0];
  return os !== undefined && long.endsWith(os) && long.startsWith(`${short.slice(0, -os.length)}-`);
};

/** A change of the template that kubectl wrote; a restart by rollout counts too. */
export interface HandEdit {
  readonly manager: string;
  /** As the server wrote it; empty where it does not say. */
  readonly time: string;
  /** Position in metadata.managedFields. */
  readonly at: number;
}

/** Who changed a DaemonSet's template with kubectl, where the object still tells; the latest first. */
export const handEdits = (daemonSet: KubeObject): readonly HandEdit[] =>
  digList(daemonSet, 'metadata', 'managedFields')
    .map((entry, at) => ({ entry, manager: digText(entry, 'manager') ?? '', time: digText(entry, 'time') ?? '', at }))
    .filter(
      ({ entry, manager }) =>
        manager.startsWith('kubectl') && dig(entry, 'fieldsV1', 'f:spec', 'f:template') !== undefined,
    )
    .map(({ manager, time, at }) => ({ manager, time, at }))
    .toSorted((one, other) => (one.time < other.time ? 1 : -1));

const byHand = (daemonSet: KubeObject): string => {
  const [latest] = handEdits(daemonSet);
  return latest === undefined ? '' : `, by ${latest.manager} at ${latest.time}`;
};

export const templateChange = (
  pod: KubeObject,
  daemonSet: KubeObject,
  { hash, newest }: { readonly hash: string; readonly newest: string },
): TemplateChange => {
  const running = runningImage(pod);
  const wanted = wantedImage(daemonSet);
  const templates = `driver pod ${objectName(pod)} is made from template ${hash} and DaemonSet ${objectName(daemonSet)} now has ${newest}`;
  if (running === undefined || wanted === undefined) return { because: templates, defects: [] };
  if (running === wanted)
    return {
      because: `${templates}; the driver image is the same, so something else in the template changed${byHand(daemonSet)}`,
      defects: ['D9'],
    };
  const [from, to] = [imageTag(running), imageTag(wanted)];
  if (isPrecompiledFlip(from, to))
    return {
      because: `${templates}; the driver version is the same, only its build changed from ${from} to ${to}`,
      defects: ['D28'],
    };
  return { because: `driver pod ${objectName(pod)} runs ${from}, wanted is ${to}`, defects: [] };
};
