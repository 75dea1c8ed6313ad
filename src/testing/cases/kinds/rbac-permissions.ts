/**
 * How lists of permissions in cases-rbac.yaml are compared: as sets, names that are only an expression by being one
 * (their wording is the author's), conditions by being there. What `sim` settles (the objects exist, or do not) counts as
 * settled.
 */
import { digText } from '../../../core/model/dig.ts';
import type { AccessAttributes } from '../../../core/ports/kube-api.ts';
import { isResourceRequest } from '../../../core/rbac/access-request.ts';
import type { Condition } from '../../../core/rbac/script/condition.ts';
import type { JsonObject } from '../case-kind.ts';
import { Matcher } from '../matcher.ts';

export interface GivenPermission {
  readonly request: AccessAttributes;
  readonly ways: readonly Condition[];
  readonly tolerate?: true;
  readonly alt?: string;
  readonly server?: true;
}

type Expected = Readonly<Record<string, unknown>>;

const IDENTITY = ['apiGroup', 'resource', 'subresource', 'verb', 'namespace', 'resourceName', 'url'] as const;

const shortForm = (request: AccessAttributes): Expected =>
  isResourceRequest(request)
    ? {
        apiGroup: request.group,
        resource: request.resource,
        subresource: request.subresource,
        verb: request.verb,
        namespace: request.namespace,
        resourceName: request.name,
      }
    : { verb: request.verb, url: request.path };

const isExpression = (value: unknown): boolean => typeof value === 'string' && value.startsWith('~');

const sameField = (expected: unknown, got: unknown): boolean =>
  expected === got || (isExpression(expected) && isExpression(got));

/** What is left of a condition once it is known whether the objects exist; undefined: the way is not taken. */
const settled = (
  way: Condition,
  exists: boolean | undefined,
): { readonly paths: number; readonly states: number } | undefined => {
  let paths = 0;
  let states = 0;
  for (const { atom, holds, assumed } of way) {
    const state = /^state (\w+)/.exec(atom.id)?.[1];
    const ofObject = state === 'absent' ? !holds : state === 'differs' ? holds : undefined;
    const needsThere = ofObject ?? (atom.id.startsWith('ran ') ? holds : undefined);
    if (exists !== undefined && needsThere !== undefined) {
      if (needsThere !== exists) return undefined;
    } else if (assumed !== true) {
      if (state === undefined) paths += 1;
      else states += 1;
    }
  }
  return { paths, states };
};

/** `always`: asked for whenever the script runs as the case says; `open`: the case may or may not count on it. */
export const standing = (given: GivenPermission, exists: boolean | undefined): 'always' | 'open' => {
  const always = given.ways.some((way) => {
    const left = settled(way, exists);
    return left !== undefined && left.paths + left.states === 0;
  });
  return always && given.tolerate !== true ? 'always' : 'open';
};

const isConditional = ({ ways }: GivenPermission): boolean =>
  !ways.some((way) => way.every(({ assumed }) => assumed === true));

const differs = (expected: Expected, given: GivenPermission, exists: boolean | undefined): boolean => {
  const form = shortForm(given.request);
  if (IDENTITY.some((key) => !sameField(expected[key], form[key]))) return true;
  if ((expected['alt'] !== undefined) !== (given.alt !== undefined)) return true;
  if ((expected['server'] === true) !== (given.server === true)) return true;
  if (expected['tolerate'] === true && given.tolerate !== true) return true;
  if (expected['when'] !== undefined) return !isConditional(given);
  // Authors need not spell out what state of the object kubectl itself looks for.
  const leftOpen = given.ways.map((way) => settled(way, exists));
  return !leftOpen.some(
    (left) => left !== undefined && left.paths === 0 && (exists !== undefined || left.states === 0),
  );
};

const show = (given: GivenPermission): string => JSON.stringify(shortForm(given.request));

const KNOWN_KEYS: readonly string[] = [...IDENTITY, 'when', 'tolerate', 'alt', 'server'];

const alter = (item: Expected, given: readonly GivenPermission[]): readonly Expected[] => {
  const altered = IDENTITY.filter((key) => key in item).map((key) => ({
    ...item,
    [key]: `${String(item[key]).replace(/^~/, '')}-altered`,
  }));
  const without = (key: string): Expected => Object.fromEntries(Object.entries(item).filter(([name]) => name !== key));
  const own = given.find((one) => IDENTITY.every((key) => sameField(item[key], shortForm(one.request)[key])));
  return [
    ...altered,
    ...(item['alt'] === undefined ? [] : [without('alt')]),
    ...(item['server'] === undefined ? [] : [without('server')]),
    ...(own?.tolerate === true ? [] : [{ ...item, tolerate: true }]),
    ...(own !== undefined && !isConditional(own) ? [{ ...item, when: 'altered' }] : []),
    { ...item, unknownKey: 1 },
  ];
};

export const permissionList = (given: readonly GivenPermission[], exists?: boolean): Matcher =>
  new Matcher(
    `permissions ${given.map(show).join(' ')}`,
    (expected) => {
      if (!Array.isArray(expected)) return `expected ${JSON.stringify(expected)}, got a list of permissions`;
      const left = [...given];
      for (const item of expected as readonly Expected[]) {
        const strange = Object.keys(item).find((key) => !KNOWN_KEYS.includes(key));
        if (strange !== undefined) return `unknown key ${strange}`;
        const at = left.findIndex((one) => !differs(item, one, exists));
        if (at < 0) return `expected ${JSON.stringify(item)} among ${given.map(show).join(' ')}`;
        left.splice(at, 1);
      }
      const unexpected = left.filter((one) => standing(one, exists) === 'always');
      return unexpected.length === 0 ? undefined : `not expected: ${unexpected.map(show).join(' ')}`;
    },
    (expected) => {
      const items = expected as readonly Expected[];
      const changed = items.flatMap((item, at) => alter(item, given).map((altered) => items.with(at, altered)));
      return [...changed, [...items, { verb: 'altered', apiGroup: '', resource: 'altered' }]];
    },
  );

/** Permissions that a role gives and no need uses: only what the case states of each is compared. */
export const excessList = (given: readonly Expected[]): Matcher =>
  new Matcher(`excess ${JSON.stringify(given)}`, (expected) => {
    const items = Array.isArray(expected) ? (expected as readonly Expected[]) : [];
    const left = [...given];
    for (const item of items) {
      const at = left.findIndex((one) => Object.entries(item).every(([key, value]) => one[key] === value));
      if (at < 0) return `expected ${JSON.stringify(item)} among ${JSON.stringify(left)}`;
      left.splice(at, 1);
    }
    return left.length === 0 ? undefined : `not expected: ${JSON.stringify(left)}`;
  });

/** A need that a case states itself. */
export const givenNeed = (permission: JsonObject, request: AccessAttributes): GivenPermission => {
  const { alt } = permission;
  const when = digText(permission, 'when');
  const atom = { id: `given ${when ?? ''}`, yes: when ?? '', no: `not: ${when ?? ''}` };
  return {
    request,
    ways: [when === undefined ? [] : [{ atom, holds: true }]],
    ...(permission['tolerate'] === true ? { tolerate: true } : {}),
    ...(permission['server'] === true ? { server: true } : {}),
    ...(typeof alt === 'string' ? { alt } : {}),
  };
};
