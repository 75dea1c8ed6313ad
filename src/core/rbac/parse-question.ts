/**
 * A question as a person types it (`get secrets/x -n ns`, `get pods/log`, `get /metrics`) -> the request that the API server would
 * see. Whoever asks is parsed in caller.ts.
 */
import type { AccessAttributes } from '../ports/kube-api.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import type { ResourceTypes } from './resource-types.ts';

export interface Question {
  readonly request: AccessAttributes;
  /** How words were understood that have two meanings. */
  readonly notes: readonly string[];
}

export interface QuestionWords {
  readonly verb: string;
  /** `TYPE[.GROUP]`, `TYPE/NAME`, `TYPE/SUBRESOURCE`, `TYPE/NAME/SUBRESOURCE`, or a path of the API. */
  readonly what: string;
  readonly subresource?: string;
  readonly namespace?: string;
}

/** Built-in ones; a custom resource has status and scale only. */
const SUBRESOURCES = new Set([
  'approval',
  'attach',
  'binding',
  'ephemeralcontainers',
  'eviction',
  'exec',
  'finalize',
  'log',
  'portforward',
  'proxy',
  'resize',
  'scale',
  'status',
  'token',
]);

const VERBS = new Set([
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'impersonate',
  'bind',
  'escalate',
  'approve',
  'sign',
  'attest',
  'use',
  'proxy',
  '*',
]);

interface Named {
  readonly name?: string;
  readonly subresource?: string;
  readonly note?: string;
}

const splitName = (type: string, rest: readonly string[], stated: string | undefined): Named => {
  const [first, second] = rest;
  if (first === undefined) return stated === undefined ? {} : { subresource: stated };
  if (second !== undefined || stated !== undefined) return { name: first, subresource: stated ?? second ?? '' };
  return SUBRESOURCES.has(first)
    ? {
        subresource: first,
        note: `${type}/${first} is read as the subresource; write ${type}/${first} --subresource "" for an object of that name`,
      }
    : { name: first };
};

export const parseQuestion = (words: QuestionWords, types: ResourceTypes): Result<Question> => {
  const { verb, what, subresource: stated, namespace } = words;
  const notes: string[] = [];
  if (!VERBS.has(verb))
    notes.push(`${verb} is none of the verbs of the Kubernetes API (${[...VERBS].slice(0, 8).join(', ')}, ...)`);
  if (what.startsWith('/')) return ok({ request: { verb, path: what }, notes });
  const [typeName = '', ...rest] = what.split('/');
  if (typeName === '' || rest.length > 2 || /\s/.test(what))
    return fail(
      'usage-resource',
      `${JSON.stringify(what)} names no resource; write TYPE, TYPE.GROUP, TYPE/NAME, TYPE/SUBRESOURCE or a path such as /metrics.`,
    );
  const known = types.named(typeName);
  const [plural = '', ...group] = typeName.split('.');
  if (known === undefined && group.length === 0 && typeName !== '*')
    return fail(
      'usage-resource',
      `${typeName} is no type that is known here; write its plural with its API group, such as ${typeName}.example.com, or give its CRD with --from.`,
    );
  if (known === undefined && typeName !== '*')
    notes.push(
      `${typeName} is in no table and no CRD of the input; it is taken as ${namespace === undefined ? 'of the whole cluster' : 'of a namespace'}, as -n says`,
    );
  const { name, subresource, note } = splitName(typeName, rest, stated);
  if (note !== undefined) notes.push(note);
  const scoped = known === undefined || known.namespaced;
  if (known?.namespaced === true && name !== undefined && namespace === undefined)
    return fail(
      'usage-namespace',
      `${known.plural} live in a namespace; say with -n in which one ${name} is. Without -n and name the question is for all namespaces.`,
    );
  if (!scoped && namespace !== undefined)
    notes.push(`${known?.plural ?? typeName} are of the whole cluster; -n ${namespace} means nothing for them`);
  return ok({
    request: {
      verb,
      group: known?.group ?? (typeName === '*' ? '*' : group.join('.')),
      resource: known?.plural ?? plural,
      ...(subresource === undefined || subresource === '' ? {} : { subresource }),
      ...(scoped && namespace !== undefined ? { namespace } : {}),
      ...(name === undefined ? {} : { name }),
    },
    notes,
  });
};
