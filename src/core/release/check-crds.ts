/** What the target's CRDs do to the cluster: refusals, fields that objects lose, fields that become required. */
import { dig, digTexts, isMap, type Path } from '../model/dig.ts';
import { objectPath, type KubeObject } from '../model/kube-object.ts';
import { objectsOf } from '../snapshot/snapshot.ts';
import { newlyRequiredFields, prunedFields, releaseCrds, type FieldChange } from './chart-facts.ts';
import { crdAsReleased, crdUpgradeVerdict, liveCrdOf, type CrdVerdict, type LiveCrd } from './crd-upgrade.ts';
import type { CrdRecord } from './chart-record.ts';
import type { UpgradeFinding, UpgradeGap } from './upgrade-finding.ts';
import { valuesAfter, type UpgradeQuestion } from './upgrade-question.ts';

/** CRDs of the chart and of sub-charts that are on are applied by the hook; the running operator applies its own. */
const appliesBefore = (record: CrdRecord, question: UpgradeQuestion): boolean =>
  record.owners.some((owner) => owner === '' || valuesAfter(question).subcharts.has(owner));

const isInPlay = (record: CrdRecord, question: UpgradeQuestion): boolean =>
  record.owners.includes('operator') || appliesBefore(record, question);

const liveCrds = ({ from, cluster }: UpgradeQuestion): ReadonlyMap<string, LiveCrd> => {
  if (cluster === undefined)
    return new Map([...releaseCrds(from)].map(([name, record]) => [name, crdAsReleased(name, record)]));
  return new Map(
    objectsOf(cluster, 'CustomResourceDefinition').map(({ object }) => [object.metadata.name, liveCrdOf(object)]),
  );
};

const CRD_KEY = 'CustomResourceDefinition.apiextensions.k8s.io';

/** Every CRD of the target that the upgrade touches. A cluster whose CRDs were not listed gives none. */
export const crdVerdicts = (question: UpgradeQuestion): readonly CrdVerdict[] => {
  const live = liveCrds(question);
  return [...releaseCrds(question.to)]
    .filter(([, record]) => isInPlay(record, question))
    .map(([name, record]) => crdUpgradeVerdict(live.get(name), name, record));
};

const listed = ({ cluster }: UpgradeQuestion): boolean =>
  cluster === undefined || cluster.listed.has(CRD_KEY) || objectsOf(cluster, 'CustomResourceDefinition').length > 0;

/** A CRD of the operator is only there where its component was deployed once. */
const refusal = (verdict: CrdVerdict, question: UpgradeQuestion): UpgradeFinding => {
  const record = releaseCrds(question.to).get(verdict.crd);
  const byHook = record !== undefined && appliesBefore(record, question);
  const outcome = byHook
    ? 'the pre-upgrade hook fails'
    : 'the operator tries again and again, and the component stays notReady';
  return {
    severity: byHook ? 'stops' : question.cluster === undefined ? 'tells' : 'warns',
    about: verdict.crd,
    because: `${question.cluster === undefined ? 'where it is installed, ' : ''}the API server refuses the new CRD: ${verdict.because}; ${outcome}`,
    ...(verdict.wayOut === undefined ? {} : { wayOut: verdict.wayOut }),
  };
};

const pathOf = (field: string): Path => field.split('.');

/** True when an object has something at a field; `[]` and `{}` stand for any item. */
const has = (value: unknown, path: Path): boolean => {
  const [key, ...rest] = path;
  if (key === undefined) return value !== undefined;
  const text = String(key);
  const plain = text.replace(/(\[\]|\{\})+$/, '');
  const inner = dig(value, plain);
  if (plain === text) return inner !== undefined && (rest.length === 0 || has(inner, rest));
  const items = Array.isArray(inner) ? inner : isMap(inner) ? Object.values(inner) : [];
  return items.some((item) => has(item, rest));
};

const kindOf = ({ crd }: FieldChange, question: UpgradeQuestion): string =>
  (releaseCrds(question.to).get(crd) ?? releaseCrds(question.from).get(crd))?.kind ?? crd;

const objectsWith = (change: FieldChange, question: UpgradeQuestion): readonly KubeObject[] =>
  question.cluster === undefined
    ? []
    : objectsOf(question.cluster, kindOf(change, question))
        .map(({ object }) => object)
        .filter(({ apiVersion }) => change.crd.endsWith(`.${apiVersion.split('/')[0] ?? ''}`));

const specChanges = (changes: readonly FieldChange[]): readonly FieldChange[] =>
  changes.filter(({ field }) => field.startsWith('spec'));

/** Without a cluster the changes of one CRD in one release are told together. */
const toldTogether = (
  changes: readonly FieldChange[],
  question: UpgradeQuestion,
  says: string,
): readonly UpgradeFinding[] => {
  const groups = new Map<string, readonly FieldChange[]>();
  for (const change of changes) {
    const key = `${change.crd} ${change.since}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()].map(([first, ...rest]) => {
    const { crd, since, field } = first as FieldChange;
    const fields = [field, ...rest.map((change) => change.field)].join(', ');
    return {
      severity: 'tells',
      about: kindOf(first as FieldChange, question),
      because: `since ${since} ${says} ${fields}`,
      wayOut: `kubectl get ${crd} -A -o yaml`,
    };
  });
};

const PRUNES = 'the server drops from stored objects, without a word,';
const REQUIRES = 'an object is refused at its next change without';

/** Stored fields that the target prunes: with a cluster, only where an object has one. */
const checkPruned = (question: UpgradeQuestion): readonly UpgradeFinding[] => {
  const changes = specChanges(prunedFields(question.from, question.to));
  if (question.cluster === undefined) return toldTogether(changes, question, PRUNES);
  return changes.flatMap((change) =>
    objectsWith(change, question)
      .filter((object) => has(object, pathOf(change.field)))
      .map((object) => ({
        severity: 'warns' as const,
        about: objectPath(object),
        because: `since ${change.since} ${PRUNES} ${change.field}`,
        wayOut: 'back the object up and rewrite it for the target before the upgrade',
      })),
  );
};

const checkRequired = (question: UpgradeQuestion): readonly UpgradeFinding[] => {
  const changes = specChanges(newlyRequiredFields(question.from, question.to));
  if (question.cluster === undefined) return toldTogether(changes, question, REQUIRES);
  return changes.flatMap((change) => {
    const parent = pathOf(change.field).slice(0, -1);
    return objectsWith(change, question)
      .filter((object) => has(object, parent) && !has(object, pathOf(change.field)))
      .map((object) => ({
        severity: 'warns' as const,
        about: objectPath(object),
        because: `since ${change.since} ${REQUIRES} ${change.field}`,
        wayOut: `give it ${change.field}`,
      }));
  });
};

export const checkCrds = (question: UpgradeQuestion): readonly UpgradeFinding[] => [
  ...(listed(question) ? crdVerdicts(question).filter(({ verdict }) => verdict === 'refused') : []).map((verdict) =>
    refusal(verdict, question),
  ),
  ...checkPruned(question),
  ...checkRequired(question),
];

export const crdGaps = (question: UpgradeQuestion): readonly UpgradeGap[] => {
  if (!listed(question))
    return [
      {
        what: 'the CRDs of the cluster',
        because: 'the input lists none, so what the API server would refuse is not known',
        settle: 'kubectl get crd -o yaml',
      },
    ];
  return crdVerdicts(question)
    .filter(({ verdict }) => verdict === 'unknown')
    .map(({ crd, because, wayOut }) => ({ what: crd, because, settle: wayOut ?? '' }));
};

/** True when Helm owns an object. */
export const isHelmOwned = (object: KubeObject): boolean =>
  digTexts(object, 'metadata', 'labels')['app.kubernetes.io/managed-by'] === 'Helm';
