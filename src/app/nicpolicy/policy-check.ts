/** `policy check` as a use case: the policies of a file against the table of a release and, where there is one, a cluster. */
import { digText, isMap } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { checkPolicy, type PolicyCheck } from '../../core/nicpolicy/check-policy.ts';
import { RELEASES } from '../../core/release/chart-facts.ts';
import { findRelease, nearestRelease } from '../../core/release/find-release.ts';
import { hasSuffix } from '../../core/release/version.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { PositionedDocument } from '../../core/snapshot/positioned-document.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import { installedRelease } from '../release/installed-release.ts';

export interface CheckedPolicy extends PolicyCheck {
  readonly document: PositionedDocument;
}

export interface PolicyCheckAnswer {
  readonly release: string;
  /** Why this release: named by the user, running, or assumed. */
  readonly releaseFrom: string;
  readonly policies: readonly CheckedPolicy[];
}

export interface PolicyCheckInput {
  readonly path: string;
  readonly documents: readonly PositionedDocument[];
  readonly release?: string;
  readonly snapshot?: Snapshot;
}

const KINDS = new Set(['NicClusterPolicy', 'NicNodePolicy']);

const policyOf = ({ value }: PositionedDocument): KubeObject | undefined =>
  isMap(value) &&
  typeof value['kind'] === 'string' &&
  KINDS.has(value['kind']) &&
  isMap(value['metadata']) &&
  typeof value['metadata']['name'] === 'string'
    ? (value as unknown as KubeObject)
    : undefined;

/** What is wrong with a document that should be a policy; undefined for objects of other kinds, which are left alone. */
const problemOf = (document: PositionedDocument): string | undefined => {
  const { value, source } = document;
  const at = `${source}:${document.lineOf([])}`;
  if (!isMap(value))
    return `${at}: a Kubernetes object is a map; this document is ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}.`;
  if (typeof value['kind'] !== 'string') return `${at}: the document has no kind, so it is no Kubernetes object.`;
  if (!KINDS.has(value['kind'])) return undefined;
  const apiVersion = digText(value, 'apiVersion') ?? 'nothing';
  if (!apiVersion.startsWith('mellanox.com/'))
    return `${source}:${document.lineOf(['apiVersion'])}: ${value['kind']} is of mellanox.com/v1alpha1, not ${apiVersion}.`;
  if (policyOf(document) === undefined) return `${at}: the ${value['kind']} has no metadata.name.`;
  return isMap(value['spec']) || value['spec'] === undefined
    ? undefined
    : `${source}:${document.lineOf(['spec'])}: spec must be a map.`;
};

/** The newest release that is no pre-release. */
const newestRelease = (): string => RELEASES.filter((release) => !hasSuffix(release)).at(-1) ?? '';

const releaseOf = ({ release, snapshot }: PolicyCheckInput): Result<{ release: string; from: string }> => {
  if (release !== undefined) {
    const named = findRelease(release, true);
    return named.ok ? ok({ release: named.value, from: 'as said' }) : named;
  }
  const installed = snapshot === undefined ? undefined : installedRelease(snapshot);
  if (installed === undefined)
    return ok({
      release: newestRelease(),
      from: 'the newest in the table, since none is named and no input shows one',
    });
  const near = nearestRelease(installed.version) ?? RELEASES[0] ?? '';
  return ok({
    release: near,
    from:
      near === installed.version
        ? installed.source
        : `the nearest in the table to ${installed.version}, ${installed.source}`,
  });
};

export const policyCheck = (input: PolicyCheckInput): Result<PolicyCheckAnswer> => {
  const { documents, path, snapshot } = input;
  const problem = documents.map(problemOf).find((text) => text !== undefined);
  if (problem !== undefined) return fail('input-policy', problem);
  const policies = documents.flatMap((document) => {
    const object = policyOf(document);
    return object === undefined ? [] : [{ document, object }];
  });
  if (policies.length === 0)
    return fail('input-policy', `${path}: it holds no NicClusterPolicy and no NicNodePolicy; give a file with one.`);
  const release = releaseOf(input);
  if (!release.ok) return release;
  return ok({
    release: release.value.release,
    releaseFrom: release.value.from,
    policies: policies.map(({ document, object }) => ({
      document,
      ...checkPolicy({
        object,
        release: release.value.release,
        beside: policies.map((other) => other.object).filter((other) => other !== object),
        ...(snapshot === undefined ? {} : { cluster: snapshot }),
      }),
    })),
  });
};
