/**
 * What Helm's records of a cluster say about its releases, as a person would have pasted it: `helm list` and `helm get
 * values`. The records themselves hold whole charts and every password of the values; they are not kept.
 */
import yaml from 'js-yaml';
import type { Snapshot, SnapshotText } from '../../core/snapshot/snapshot.ts';
import { redactText } from '../../core/snapshot/redact-text.ts';
import { redactValue } from '../../core/snapshot/redact.ts';
import { helmRecords } from '../release/helm-records.ts';

type Records = ReturnType<typeof helmRecords>['records'];

const listText = (records: Records): string =>
  [
    '$ helm list -A --all',
    ['NAME', 'NAMESPACE', 'REVISION', 'STATUS', 'CHART'].join('\t'),
    ...records.map(({ name, namespace, revision, status, chart, version }) =>
      [name, namespace, String(revision), status, `${chart}-${version}`].join('\t'),
    ),
    '',
  ].join('\n');

const valuesText = ({ name, namespace, revision, config }: Records[number]): string =>
  [
    `$ helm get values ${name} -n ${namespace} --revision ${revision}`,
    'USER-SUPPLIED VALUES:',
    Object.keys(config).length === 0
      ? 'null\n'
      : redactText(yaml.dump(redactValue(config), { lineWidth: -1, noRefs: true })),
  ].join('\n');

/** The newest revision of every release. */
const newest = (records: Records): Records => {
  const byRelease = Map.groupBy(records, ({ namespace, name }) => `${namespace}/${name}`);
  return [...byRelease.values()].flatMap((of) => of.toSorted((a, b) => b.revision - a.revision)[0] ?? []);
};

const text = (source: string, content: string): SnapshotText => ({ kind: 'host', text: content, origin: { source } });

/** The same snapshot with these texts instead of the records. */
export const withHelmValues = (snapshot: Snapshot): Snapshot => {
  const { records } = helmRecords(snapshot);
  if (records.length === 0) return snapshot;
  const current = newest(records);
  return {
    ...snapshot,
    objects: snapshot.objects.filter(
      ({ object }) => !(object.kind === 'Secret' && object.metadata.labels?.['owner'] === 'helm'),
    ),
    texts: [
      ...snapshot.texts,
      text('helm-list', listText(current)),
      ...current.map((record) => text(`helm-values-${record.namespace}-${record.name}`, valuesText(record))),
    ],
  };
};
