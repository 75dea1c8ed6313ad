/**
 * One call of kubectl or oc: what it asks for, as whom, what becomes of a denial, and what it writes for the commands
 * after it. A call that cannot be read in full is reported, with its line and the reason.
 */
import type { AccessAttributes } from '../../../ports/kube-api.ts';
import type { ResourceType } from '../../resource-types.ts';
import { readPath } from '../api-path.ts';
import type { Ask, OnDenied, Place } from '../recorder.ts';
import { readFile } from '../redirects.ts';
import { certain, fileKey } from '../scope.ts';
import type { Guarded } from '../scope.ts';
import { statusOf, textsOf, write } from '../shell-run.ts';
import type { Run } from '../shell-run.ts';
import { concat, isEmpty, literal, showName, showText, text, unknown } from '../shell-value.ts';
import type { Value } from '../shell-value.ts';
import { ERREXIT, knownText, lookUp } from '../variables.ts';
import { commandAtom } from '../wording.ts';
import { asksFor, asksOnce, onlyWhereFound } from './ask.ts';
import type { AskContext } from './ask.ts';
import { calledAs } from './identity.ts';
import { flagText, hasFlag, parseCall } from './kubectl-call.ts';
import type { KubectlCall } from './kubectl-call.ts';
import { readManifests } from './manifests.ts';
import type { ManifestObject } from './manifests.ts';
import { SAME_COMMAND } from './oc-commands.ts';
import type { CommandRow } from './request-row.ts';
import { COMMANDS } from './request-table.ts';
import { targetsOf } from './targets.ts';
import type { Target } from './targets.ts';

export const onDeniedOf = (run: Run): OnDenied => {
  const { tested, suspended, ignored, fatal, stderrDropped } = run.handling;
  if (fatal || (!tested && !suspended && knownText(run, ERREXIT) === 'on')) return 'fatal';
  if (stderrDropped) return 'masked';
  return tested || ignored ? 'tested' : 'printed';
};

/** Notes what a call asks for, at the place and on the way where it stands. */
export const note = (run: Run, asks: readonly Ask[], place: Omit<Place, 'source' | 'line' | 'onDenied'>): void => {
  const whole: Place = { ...place, source: run.source.name, line: run.line, onDenied: onDeniedOf(run) };
  for (const ask of asks)
    run.recorder.need(ask, run.path, run.reached, ask.hangs === true ? { ...whole, onDenied: 'hangs' } : whole);
};

/** The namespace of a call: its flag, else the pod's own, which in-cluster configuration takes for the default. */
const namespaceOf = (run: Run, call: KubectlCall): string | undefined => {
  if (hasFlag(call, 'all-namespaces')) return undefined;
  const given = call.flags.get('namespace')?.at(-1);
  if (given !== undefined && isEmpty(given) !== true) return showName(given);
  const [own] = lookUp(run, 'POD_NAMESPACE');
  const known = own?.content.set === true ? literal(own.content.value) : undefined;
  return known ?? run.input.namespace ?? '@pod';
};

interface Found {
  readonly asks: readonly Ask[];
  readonly why?: string;
}

const manifestTexts = (run: Run, files: readonly Value[]): readonly Guarded<Value>[] | { readonly why: string } => {
  const found: Guarded<Value>[] = [];
  for (const file of files.flatMap((value) => splitComma(value))) {
    const path = literal(file);
    if (path === '-') found.push(...textsOf(run.scope.get('stdin') ?? []));
    else if (path === undefined) return { why: `the manifest is a file known only at run time: ${showText(file)}` };
    else if (/^https?:/.test(path)) return { why: `the manifest is read from ${path}, which is not looked at` };
    else {
      const names = run.scope.get(fileKey(path)) === undefined ? filesUnder(run, path) : [path];
      if (names.length === 0) return { why: `the manifest ${path} was not given, so what it holds is not known` };
      found.push(...names.flatMap((name) => [...readFile(run, name)]));
    }
  }
  return found;
};

const splitComma = (value: Value): readonly Value[] => {
  const known = literal(value);
  return known === undefined ? [value] : known.split(',').map(text);
};

/** A folder, or a pattern such as `/manifests/*.yaml`: the files given that lie there. */
const filesUnder = (run: Run, path: string): readonly string[] => {
  const star = path.indexOf('*');
  const folder = star < 0 ? `${path.replace(/\/$/, '')}/` : path.slice(0, star);
  const end = star < 0 ? '' : path.slice(star + 1);
  return [...run.scope.keys('file:')]
    .map((key) => key.slice(5))
    .filter((name) => name.startsWith(folder) && name.endsWith(end))
    .toSorted();
};

const asTarget = ({ type, name, namespace }: ManifestObject): Target => ({
  type,
  ...(name === undefined ? {} : { name }),
  ...(namespace === undefined ? {} : { namespace }),
});

const askForManifests = (run: Run, row: CommandRow, context: AskContext): Found => {
  const { call } = context;
  if (call.flags.has('kustomize'))
    return { asks: [], why: 'the manifests are a kustomization, which is not built here; give its rendered output' };
  const files = call.flags.get('filename') ?? [];
  if (files.length === 0) return { asks: [], why: 'no manifest is named' };
  const texts = manifestTexts(run, files);
  if ('why' in texts) return { asks: [], why: texts.why };
  const asks: Ask[] = [];
  let why: string | undefined;
  for (const { content } of texts) {
    const read = readManifests(content, run.input.types, run.input.readYaml);
    if ('why' in read) why ??= read.why;
    else
      for (const object of read.objects) {
        const rows = row.manifest ?? row.named ?? [];
        // An object without a name (generateName) can only be created.
        const fitting = object.name === undefined ? rows.filter(({ verb }) => verb === 'create') : rows;
        asks.push(...asksFor(fitting, asTarget(object), context));
      }
  }
  return { asks, ...(why === undefined ? {} : { why }) };
};

const askForRaw = (call: KubectlCall): Found | undefined => {
  const raw = call.flags.get('raw')?.at(-1);
  if (raw === undefined) return undefined;
  const verb = { get: 'GET', create: 'POST', replace: 'PUT', delete: 'DELETE' }[call.command] ?? 'GET';
  const read = readPath(verb, raw);
  return read === undefined
    ? { asks: [], why: `the path ${showText(raw)} is known only at run time` }
    : { asks: [{ request: read }] };
};

const askForTargets = (row: CommandRow, context: AskContext): Found => {
  const { call, types } = context;
  const found = targetsOf(call, row, types);
  if ('why' in found) return { asks: [], why: found.why };
  return {
    asks: found.targets.flatMap((target) =>
      asksFor((target.name === undefined ? row.listed : row.named) ?? [], target, context),
    ),
  };
};

const findAsks = (run: Run, call: KubectlCall, row: CommandRow | undefined): Found => {
  const context: AskContext = { call, namespace: namespaceOf(run, call), types: run.input.types };
  if (call.open) return { asks: [], why: 'it is called with the arguments of the script, which are not known' };
  const [first] = call.args;
  if (call.command === '' && first !== undefined)
    return { asks: [], why: `the command ${showText(first)} of kubectl is known only at run time` };
  if (row === undefined)
    return {
      asks: [],
      why: `what kubectl ${call.command === '' ? showText(call.args[0] ?? []) : call.command} asks for is in no table`,
    };
  const raw = askForRaw(call);
  if (raw !== undefined) return raw;
  const usesFiles =
    row.takes === 'manifests' ||
    (row.takes !== 'nothing' &&
      row.takes !== 'new' &&
      row.takes !== 'pods' &&
      (call.flags.has('filename') || call.flags.has('kustomize')));
  const own = usesFiles ? askForManifests(run, row, context) : askForTargets(row, context);
  const once = asksOnce(row.always ?? [], call.args[0], context);
  const afterTargets = row.takes === 'nodes' ? once.map((ask) => onlyWhereFound(ask, 'the node')) : once;
  return { ...own, asks: [...own.asks, ...afterTargets] };
};

/** `kubectl version` is the one command whose request is no resource. */
const VERSION: AccessAttributes = { verb: 'get', path: '/version' };

const rowOf = (command: string): CommandRow | undefined => {
  const [first = '', ...rest] = command.split(' ');
  const same = SAME_COMMAND[command];
  if (same !== undefined) return COMMANDS[same];
  return COMMANDS[command] ?? (rest.length > 0 && ['config'].includes(first) ? COMMANDS[first] : undefined);
};

/** Which command line has no command of the table but is a call all the same. */
const commandOf = (call: KubectlCall): KubectlCall => {
  if (!call.command.startsWith('adm ')) return call;
  const [, ...rest] = call.command.split(' ');
  return SAME_COMMAND[call.command] === undefined ? call : { ...call, command: rest.join(' ') };
};

/** What the commands after this one can read: names of a list, a manifest made by a dry run. */
const outputOf = (run: Run, call: KubectlCall, asks: readonly Ask[]): Value => {
  const output = flagText(call, 'output') ?? '';
  const listed = asks.find(({ request }) => request.verb === 'list' && 'resource' in request);
  const type =
    listed !== undefined && 'resource' in listed.request
      ? run.input.types.at(listed.request.group, listed.request.resource)
      : undefined;
  if (call.command === 'get' && type !== undefined) {
    const each = `each ${type.plural}.${type.group}`;
    if (output === 'name') return [{ ...unknown(each, 'each'), listed: { type, as: 'type/name' } }];
    if (/metadata\.name/.test(output)) return [{ ...unknown(each, 'each'), listed: { type, as: 'name' } }];
  }
  const generated = type === undefined && hasFlag(call, 'dry-run=client') ? generatedManifest(run, call) : undefined;
  return generated ?? [unknown(`${run.source.name}:${run.line}:${call.command}`, `$(kubectl ${call.command} ...)`)];
};

/** `kubectl create secret generic x --dry-run=client -o yaml | kubectl apply -f -` */
const generatedManifest = (run: Run, call: KubectlCall): Value | undefined => {
  const created = COMMANDS[call.command]?.always?.find(({ verb, on }) => verb === 'create' && on !== undefined)?.on;
  const [name] = call.args;
  if (created === undefined || name === undefined) return undefined;
  const slash = created.indexOf('/');
  const type: ResourceType | undefined = run.input.types.at(created.slice(0, slash), created.slice(slash + 1));
  if (type === undefined) return undefined;
  const apiVersion = type.group === '' ? type.version : `${type.group}/${type.version}`;
  const namespace = call.flags.get('namespace')?.at(-1);
  return concat(
    text(`apiVersion: ${apiVersion}\nkind: ${type.kind}\nmetadata:\n  name: "`),
    name,
    ...(namespace === undefined || !type.namespaced ? [] : [text('"\n  namespace: "'), namespace]),
    text('"\n'),
  );
};

export const runKubectl = (run: Run, words: readonly Value[], tool: 'kubectl' | 'oc'): void => {
  const call = commandOf(parseCall(words.slice(1)));
  const shown = [text(tool), ...words.slice(1)].map((word) => quoteBlank(showText(word))).join(' ');
  const row = rowOf(call.command);
  const isVersion = call.command === '' && literal(call.args[0] ?? []) === 'version';
  const asked = call.command === 'version' || isVersion;
  const found: Found = asked
    ? { asks: hasFlag(call, 'client') ? [] : [{ request: VERSION }] }
    : findAsks(run, call, row);
  const as = calledAs(run, call);
  if (found.asks.length > 0 || found.why !== undefined) {
    note(run, found.asks, { call: shown, identity: as.identity });
    note(run, as.asks, { call: shown, identity: { own: true, who: "the pod's ServiceAccount (in-cluster config)" } });
    if (run.reached) run.recorder.identity(as.identity, run.path);
  }
  if (as.tokenAsConfig) run.recorder.tokenAsConfig(run.line);
  const site = `${run.source.name}:${run.line}:${call.command}`;
  if (run.reached) run.recorder.call(site, found.why === undefined);
  if (found.why !== undefined && run.reached)
    run.recorder.unresolved({ line: run.line, text: shown, because: found.why });
  if (run.capturing > 0) write(run, certain(outputOf(run, call, found.asks)));
  run.status = statusOf(commandAtom(`${site}:${shown}`, shown), row?.asks !== true && !asked);
};

const quoteBlank = (word: string): string => (/\s/.test(word) ? JSON.stringify(word) : word);
