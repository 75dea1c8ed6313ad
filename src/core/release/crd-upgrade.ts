/**
 * Would a live API server take a release's CRD over the one it has? Its rules for an established CRD: every version in
 * status.storedVersions must stay in spec.versions, and the scope must not change (apiextensions validation). Fields
 * that objects lose are told in chart-facts.ts; a server prunes those without a word.
 */
import { digList, digText } from '../model/dig.ts';
import type { CrdRecord } from './chart-record.ts';

export interface LiveCrd {
  readonly name: string;
  readonly scope?: string;
  readonly kind?: string;
  /** Undefined when the input does not show status.storedVersions. */
  readonly storedVersions?: readonly string[];
}

export interface CrdVerdict {
  readonly crd: string;
  readonly verdict: 'new' | 'accepted' | 'refused' | 'unknown';
  readonly because: string;
  readonly wayOut?: string;
}

/** What of a CRD object counts for the verdict. */
export const liveCrdOf = (object: unknown): LiveCrd => {
  const scope = digText(object, 'spec', 'scope');
  const kind = digText(object, 'spec', 'names', 'kind');
  const stored = digList(object, 'status', 'storedVersions').filter((item): item is string => typeof item === 'string');
  return {
    name: digText(object, 'metadata', 'name') ?? '',
    ...(scope === undefined ? {} : { scope }),
    ...(kind === undefined ? {} : { kind }),
    ...(stored.length === 0 ? {} : { storedVersions: stored }),
  };
};

/** The version names of a record, without the marks for stored and not served. */
export const versionNames = (record: CrdRecord): readonly string[] =>
  record.versions.map((version) => version.replace(/[*!]+$/, ''));

/** The live CRD that a release would have made, on a cluster that never had another one. */
export const crdAsReleased = (name: string, record: CrdRecord): LiveCrd => ({
  name,
  scope: record.scope,
  kind: record.kind,
  storedVersions: record.versions
    .filter((version) => version.includes('*'))
    .map((version) => version.replace(/[*!]+$/, '')),
});

export const crdUpgradeVerdict = (live: LiveCrd | undefined, name: string, target: CrdRecord): CrdVerdict => {
  if (live === undefined) return { crd: name, verdict: 'new', because: 'the cluster does not have it yet' };
  for (const [what, is, wanted] of [
    ['scope', live.scope, target.scope],
    ['kind', live.kind, target.kind],
  ] as const)
    if (is !== undefined && is !== wanted)
      return {
        crd: name,
        verdict: 'refused',
        because: `its ${what} is ${is} and would become ${wanted}, which the API server never allows`,
        wayOut: `back up its objects, then delete the CRD (this deletes every one of them) and let the release make it anew`,
      };
  if (live.storedVersions === undefined)
    return {
      crd: name,
      verdict: 'unknown',
      because: 'the input does not show which versions are stored',
      wayOut: `kubectl get crd ${name} -o jsonpath='{.status.storedVersions}'`,
    };
  const versions = versionNames(target);
  const lost = live.storedVersions.filter((version) => !versions.includes(version));
  if (lost.length > 0)
    return {
      crd: name,
      verdict: 'refused',
      because: `status.storedVersions holds ${lost.join(', ')}, which the new CRD (${versions.join(', ')}) no longer has`,
      wayOut: `with no object of it in the cluster, delete the CRD; else back its objects up, delete the CRD (this deletes them) and write them anew as ${versions.join(' or ')}`,
    };
  return { crd: name, verdict: 'accepted', because: `stored ${live.storedVersions.join(', ')} stays a version of it` };
};
