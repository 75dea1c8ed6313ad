/**
 * What a kept snapshot says about itself: where and when it was read, and what could not be. It is kept beside the
 * objects in the form of an object, so that every reader of dumps carries it along.
 */
import { digList, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Gap, Snapshot } from './snapshot.ts';

const API_VERSION = 'nicwright.dev/v1alpha1';
const KIND = 'SnapshotRecord';

export const snapshotRecord = ({ gaps, sources }: Snapshot, takenAt: string): KubeObject => ({
  apiVersion: API_VERSION,
  kind: KIND,
  metadata: { name: 'record', creationTimestamp: takenAt },
  sources,
  gaps,
});

const isRecord = (object: KubeObject): boolean => object.kind === KIND && object.apiVersion === API_VERSION;

const gapOf = (gap: unknown): readonly Gap[] => {
  const [what, because] = [digText(gap, 'what'), digText(gap, 'because')];
  if (what === undefined || because === undefined) return [];
  const [settle, node] = [digText(gap, 'settle'), digText(gap, 'node')];
  return [{ what, because, ...(settle !== undefined && { settle }), ...(node !== undefined && { node }) }];
};

/** The same snapshot with the gaps of its records as gaps, and without the records. */
export const withoutRecords = (snapshot: Snapshot): Snapshot => {
  const [records, objects] = [
    snapshot.objects.filter(({ object }) => isRecord(object)),
    snapshot.objects.filter(({ object }) => !isRecord(object)),
  ];
  if (records.length === 0) return snapshot;
  return {
    ...snapshot,
    objects,
    gaps: [...snapshot.gaps, ...records.flatMap(({ object }) => digList(object, 'gaps').flatMap(gapOf))],
  };
};
