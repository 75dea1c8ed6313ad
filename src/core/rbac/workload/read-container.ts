/**
 * One container of one workload -> what it needs, each need with file and line. What the account has is left to
 * check-manifests.ts.
 */
import type { ReadYaml } from '../../ports/read-yaml.ts';
import type { Origin } from '../../snapshot/snapshot.ts';
import type { ResourceTypes } from '../resource-types.ts';
import { analyzeScript } from '../script/analyze-script.ts';
import type { ScriptNeeds } from '../script/analyze-script.ts';
import { containerStart } from './container-start.ts';
import type { ContainerStart, GivenScript } from './container-start.ts';
import type { ConfigMaps } from './container-environment.ts';
import type { PodTemplate, TemplateContainer } from './pod-template.ts';
import { lineIn, textPlace } from './text-place.ts';
import type { LinesOf, TextPlace } from './text-place.ts';

export interface ContainerNeeds {
  readonly template: PodTemplate;
  readonly container: TemplateContainer;
  /** Where the container stands. */
  readonly origin: Origin;
  readonly needs: ScriptNeeds;
  /** Set when the container starts a program that is no script: what it asks for is not known. */
  readonly program?: string;
  /** Files of --script that were followed. */
  readonly followedFiles: ReadonlySet<string>;
  /** Texts of ConfigMaps that were followed. */
  readonly followedTexts: ReadonlySet<string>;
  /** File and line of a place that the analysis names by text and line. */
  readonly locate: (source: string, line: number) => Origin;
}

export interface ReadingContext {
  readonly configMaps: ConfigMaps;
  readonly scripts: readonly GivenScript[];
  readonly types: ResourceTypes;
  readonly readYaml: ReadYaml;
  readonly linesOf: LinesOf;
}

const NOTHING: ScriptNeeds = {
  needs: [],
  unreached: [],
  unresolved: [],
  calls: { total: 0, resolved: 0 },
  identities: [],
  tokenAsConfig: [],
  takesKubeconfig: false,
};

const unreadable = (name: string, why: string): ScriptNeeds => ({
  ...NOTHING,
  unresolved: [{ source: name, line: 1, text: '', why }],
});

const placesOf = (
  template: PodTemplate,
  start: ContainerStart,
  container: TemplateContainer,
  linesOf: LinesOf,
): ((source: string) => TextPlace) => {
  const known = new Map<string, TextPlace>();
  const find = (source: string): TextPlace => {
    const given = start.given.get(source);
    if (given !== undefined) return { source: given.file, firstLine: 1 };
    const mounted = start.mounted.get(source);
    return mounted === undefined
      ? textPlace(template.from, start.at ?? container.at, linesOf)
      : textPlace(mounted.configMap, mounted.at, linesOf);
  };
  return (source) => {
    const place = known.get(source) ?? find(source);
    known.set(source, place);
    return place;
  };
};

/** What the text needs, of a container that `template` and `container` stand for. */
const analyzeStart = (
  template: PodTemplate,
  container: TemplateContainer,
  start: ContainerStart,
  { types, readYaml, linesOf }: ReadingContext,
): ContainerNeeds => {
  const analyzed = analyzeScript(start.text, {
    name: start.name,
    ...(start.args === undefined ? {} : { args: start.args }),
    env: start.env,
    files: start.files,
    namespace: template.namespace,
    types,
    readYaml,
  });
  const needs = analyzed.ok ? analyzed.value : unreadable(start.name, analyzed.fault.message);
  const isSeen =
    start.program === undefined ||
    needs.calls.total + needs.needs.length + needs.unreached.length + needs.unresolved.length > 0;
  const place = placesOf(template, start, container, linesOf);
  const followed = [
    start.name,
    ...[...needs.needs, ...needs.unreached].flatMap(({ places }) => places.map(({ source }) => source)),
    ...needs.unresolved.map(({ source }) => source),
  ];
  return {
    template,
    container,
    get origin() {
      const { origin, lineOf } = template.from;
      const line = lineOf?.(container.at) ?? origin.line;
      return { source: origin.source, ...(line === undefined ? {} : { line }) };
    },
    needs,
    ...(isSeen ? {} : { program: start.program ?? '' }),
    followedFiles: new Set(followed.flatMap((name) => start.given.get(name)?.file ?? [])),
    followedTexts: new Set(followed.flatMap((name) => start.mounted.get(name)?.text ?? [])),
    locate: (source, line) => lineIn(place(source), line),
  };
};

export const readContainer = (
  template: PodTemplate,
  container: TemplateContainer,
  context: ReadingContext,
): ContainerNeeds =>
  analyzeStart(template, container, containerStart(template, container, context.configMaps, context.scripts), context);

/** A script that no container starts, as if a pod of the account ran it in a way that is not known. */
export const readLooseScript = (
  script: GivenScript,
  account: { readonly namespace: string; readonly name: string },
  context: ReadingContext,
): ContainerNeeds => {
  const { file, text } = script;
  const template: PodTemplate = {
    from: {
      object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: file, namespace: account.namespace } },
      origin: { source: file, line: 1 },
    },
    workload: file,
    namespace: account.namespace,
    spec: {},
    at: [],
    account: account.name,
  };
  const start: ContainerStart = {
    text,
    name: file,
    args: undefined,
    env: {},
    files: {},
    mounted: new Map(),
    given: new Map([[file, script]]),
  };
  return analyzeStart(template, { container: {}, name: file, init: false, at: [] }, start, context);
};
