/**
 * What a container runs, as a shell script that the analysis can read: the text behind `sh -c`, a script of a ConfigMap or
 * one handed in, or the command itself. A program that is no script cannot be looked into, and is said to be one.
 */
import { digList, digText } from '../../model/dig.ts';
import type { Path } from '../../model/dig.ts';
import { isShellText } from '../script/parse-shell.ts';
import type { PodTemplate, TemplateContainer } from './pod-template.ts';
import { environmentOf, expandVariables, mountedTexts } from './container-environment.ts';
import type { ConfigMaps, MountedText, WordPiece } from './container-environment.ts';

/** A script given with --script: it lies in an image, and so in no manifest. */
export interface GivenScript {
  /** The file it was read from. */
  readonly file: string;
  readonly text: string;
  /** An absolute path in the image, or the name of a container whose entrypoint it is; absent: found by its file name. */
  readonly place?: string;
}

export interface ContainerStart {
  /** The text to analyse. */
  readonly text: string;
  /** What the analysis calls the text: a path in the container, or the container itself. */
  readonly name: string;
  /** Absent where a word is known only at run time; `text` then sets the arguments itself. */
  readonly args: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  /** Texts of `files` by path, with where they come from. */
  readonly mounted: ReadonlyMap<string, MountedText>;
  readonly given: ReadonlyMap<string, GivenScript>;
  /** Where the text stands in the workload's object, when it stands there. */
  readonly at?: Path;
  /** `/manager`: the program that is started, when it is no script and not kubectl. */
  readonly program?: string;
}

type Words = readonly (readonly WordPiece[])[];

const SHELL = /^(?:.*\/)?(?:bash|sh|ash|dash|zsh|ksh)$/;
const CLIENT = /^(?:.*\/)?(?:kubectl|oc)$/;
/** Images whose entrypoint is kubectl (bitnami, rancher, registry.k8s.io). */
const CLIENT_IMAGE = /(?:^|\/)kubectl(?:[:@].*)?$/;

const plain = (word: readonly WordPiece[] | undefined): string | undefined =>
  word?.every((piece) => typeof piece === 'string') === true ? word.join('') : undefined;

const quote = (word: readonly WordPiece[]): string =>
  word.length === 0
    ? "''"
    : word
        .map((piece) =>
          typeof piece === 'string'
            ? `'${piece.replaceAll("'", `'\\''`)}'`
            : `"\${${piece.variable.replaceAll(/\W/g, '_')}}"`,
        )
        .join('');

const pathsNamed = (file: string, texts: readonly string[]): readonly string[] => {
  const base = file.split('/').at(-1) ?? file;
  const pattern = new RegExp(
    `(?:[\\w.-]*/)+${base.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}(?![\\w.-])`,
    'g',
  );
  return [...new Set(texts.flatMap((text) => text.match(pattern) ?? []))];
};

/** The scripts given, by the paths at which this container would find them. */
const placeScripts = (scripts: readonly GivenScript[], texts: readonly string[]): ReadonlyMap<string, GivenScript> => {
  const placed = new Map<string, GivenScript>();
  // A script may call another one: its own text names the path.
  const all = [...texts, ...scripts.map(({ text }) => text)];
  for (const script of scripts) {
    if (script.place?.startsWith('/') === true) placed.set(script.place, script);
    else if (script.place === undefined) for (const path of pathsNamed(script.file, all)) placed.set(path, script);
  }
  return placed;
};

interface Inline {
  readonly text: string;
  readonly rest: Words;
  /** Of the text in `command` and `args` taken together. */
  readonly word: number;
}

/** `sh -ec TEXT NAME ARG...`. Options such as -e hold for the text, and are put before its first line. */
const inlineOf = (words: Words): Inline | undefined => {
  if (!SHELL.test(plain(words[0]) ?? '')) return undefined;
  const options: string[] = [];
  for (let at = 1; at < words.length; at += 1) {
    const word = plain(words[at]);
    if (word === undefined || !/^[-+]/.test(word)) return undefined;
    if (/^-o$|^\+o$/.test(word)) {
      options.push(`set ${word} ${plain(words[at + 1]) ?? ''}; `);
      at += 1;
    } else if (/^-[a-zA-Z]*c$/.test(word)) {
      const text = plain(words[at + 1]);
      const flags = word.slice(1).replaceAll(/[cl]/g, '');
      if (text === undefined) return undefined;
      return {
        text: `${options.join('')}${flags === '' ? '' : `set -${flags}; `}${text}`,
        rest: words.slice(at + 3),
        word: at + 1,
      };
    }
  }
  return undefined;
};

export const containerStart = (
  template: PodTemplate,
  { container, name, at }: TemplateContainer,
  configMaps: ConfigMaps,
  scripts: readonly GivenScript[],
): ContainerStart => {
  const variables = environmentOf(container, template, configMaps);
  const mounted = mountedTexts(container, template, configMaps);
  const command = digList(container, 'command').map(String);
  const args = digList(container, 'args').map(String);
  const isClient = command.length === 0 && CLIENT_IMAGE.test(digText(container, 'image') ?? '');
  const entrypoint = command.length > 0 ? command : isClient ? ['kubectl'] : [];
  const words: Words = [...entrypoint, ...args].map((word) => expandVariables(word, variables));
  const entry = scripts.find(({ place }) => place === name);
  const given = new Map(placeScripts(scripts, [...command, ...args, ...[...mounted.values()].map(({ text }) => text)]));
  if (entry !== undefined) given.set(entry.file, entry);
  const files = Object.fromEntries([
    ...[...mounted].map(([path, { text }]) => [path, text] as const),
    ...[...given].map(([path, { text }]) => [path, text] as const),
  ]);
  const shared = {
    env: Object.fromEntries([...variables].flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
    files,
    mounted,
    given,
  };
  const start = (text: string, textName: string, rest: Words, where?: Path): ContainerStart => {
    const known = rest.map(plain);
    const isKnown = known.every((word) => word !== undefined);
    return {
      ...shared,
      // On the same line, so that lines of the text stay what they are.
      text: isKnown ? text : `set -- ${rest.map(quote).join(' ')}; ${text}`,
      name: textName,
      args: isKnown ? known : undefined,
      ...(where === undefined ? {} : { at: where }),
    };
  };

  if (entry !== undefined) return start(entry.text, entry.file, words);
  const inline = inlineOf(words);
  if (inline !== undefined) {
    const inCommand = inline.word < command.length;
    const where: Path = inCommand ? [...at, 'command', inline.word] : [...at, 'args', inline.word - command.length];
    return start(inline.text, name, inline.rest, where);
  }
  const program = plain(words[0]);
  const skip = SHELL.test(program ?? '')
    ? words.findIndex((word, index) => index > 0 && !/^[-+]/.test(plain(word) ?? ''))
    : 0;
  const script = plain(words[skip]);
  if (script !== undefined && Object.hasOwn(files, script) && isShellText(files[script] ?? ''))
    return start(files[script] ?? '', script, words.slice(skip + 1));
  const line = words.map(quote).join(' ');
  return {
    ...shared,
    text: line,
    name,
    args: [],
    at: [...at, command.length > 0 ? 'command' : 'args'],
    ...(isClient || CLIENT.test(program ?? '')
      ? {}
      : { program: program ?? (words.length === 0 || command.length === 0 ? "the image's own entrypoint" : line) }),
  };
};
