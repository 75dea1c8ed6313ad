/**
 * Real reports rebuilt small (shared/incidents): the causes that are asserted are those that its verdict states, with the
 * evidence that it states; what must not be claimed is not, and what cannot be told is asked for. Each is tried again
 * with other names and with its files shuffled into other folders.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDump } from '../src/adapters/dump/load-dump.ts';
import { readYaml } from '../src/adapters/dump/read-yaml.ts';
import { diagnose } from '../src/core/diagnosis/engine.ts';
import type { CitedEvidence, Problem, Report } from '../src/core/diagnosis/report.ts';
import { ALL_RULES } from '../src/core/diagnosis/rules/index.ts';
import { digText } from '../src/core/model/dig.ts';
import type { Snapshot } from '../src/core/snapshot/snapshot.ts';
import { LAYOUTS, type DumpParts } from './dump-layouts.ts';
import { hasShared, SHARED, WHERE_ABSENT } from './shared-folder.ts';

/** Cause ids of the verdicts -> ids of our rules. */
const RULE_OF: Readonly<Record<string, string>> = {
  'operator-config-missing': 'operator-config-missing',
  'daemonset-selector-matches-no-node': 'daemon-selects-no-node',
  'drain-blocked-by-terminating-pods': 'drain-waits-for-terminating-pods',
  'sriov-disabled-in-firmware': 'sriov-disabled-in-firmware',
  'storage-modules-hold-driver': 'storage-modules-hold-driver',
  'hand-edit-started-fleet-upgrade': 'hand-edit-started-upgrade',
  'kernel-package-not-in-reachable-repos': 'kernel-package-missing',
  'repoconfig-refused-for-rhel': 'driver-repoconfig-refused',
  'nodefeaturerule-crd-missing-at-upgrade': 'helm-lacks-crd',
  'nicclusterpolicy-missing': 'nicclusterpolicy-missing',
  'nicclusterpolicy-name-ignored': 'nicclusterpolicy-name-ignored',
  'node-blocks-entirely-excluded': 'node-blocks-excluded',
  'pf-netdevice-missing-on-host': 'pf-netdevice-missing',
  'scc-binding-missing': 'scc-denied',
  'no-mechanism-driver-for-baremetal': 'mechanism-driver-missing',
  'persistent-override-not-allowed-in-uefi': 'boot-override-refused',
};

/** Incidents that no rule answers yet, by number: this list only shrinks. */
const NOT_ANSWERED: ReadonlySet<string> = new Set<string>();

interface Expected {
  readonly id: string;
  readonly verdict: 'fault' | 'nothing-wrong' | 'cannot-tell';
  readonly rootCauses?: readonly {
    readonly id: string;
    readonly evidence?: readonly { readonly file: string; readonly text: string }[];
  }[];
  readonly unknown?: readonly { readonly what: string; readonly command: string }[];
}

const root = path.join(SHARED, 'incidents');
const incidents = hasShared ? readdirSync(root).filter((name) => /^\d\d-/.test(name)) : [];
const expectedOf = (name: string): Expected =>
  readYaml(readFileSync(path.join(root, name, 'expect.yaml'), 'utf8'))[0] as Expected;

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'nicwright-incidents-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const loaded = async (folder: string): Promise<{ readonly value: Snapshot }> => {
  const snapshot = await loadDump([folder]);
  if (!snapshot.ok) throw new Error(snapshot.fault.message);
  return snapshot;
};

/** A fresh name for each node that an object names, the longest first, so that no name is a part of one still to come. */
const otherNodeNames = ({ objects }: Snapshot): Readonly<Record<string, string>> => {
  const names = objects.flatMap(({ object }) =>
    ['Node', 'SriovNetworkNodeState'].includes(object.kind)
      ? [object.metadata.name]
      : (digText(object, 'spec', 'nodeName') ?? []),
  );
  const unique = [...new Set(names)].toSorted((a, b) => b.length - a.length);
  return Object.fromEntries(unique.map((name, index) => [name, `rack${index + 1}-u7`]));
};

const partsOf = ({ objects, texts }: Snapshot): DumpParts => ({
  objects: objects.map(({ object }) => object),
  logs: texts.flatMap(({ kind, pod, namespace, container, previous, text }) =>
    kind === 'log' && pod !== undefined && namespace !== undefined && container !== undefined
      ? [{ namespace, pod, container, text, ...(previous === undefined ? {} : { previous }) }]
      : [],
  ),
  texts: Object.fromEntries(
    texts.flatMap(({ kind, pod, namespace, container, text, origin }) =>
      kind === 'log' && pod !== undefined && namespace !== undefined && container !== undefined
        ? []
        : [[path.basename(origin.source), text]],
    ),
  ),
});

/** A dump has its own time: the clock of who reads it must not count. */
const YEARS_LATER = Date.UTC(2040, 0, 1);

const report = async (folder: string): Promise<Report> => {
  const snapshot = await loadDump([folder]);
  if (!snapshot.ok) throw new Error(snapshot.fault.message);
  return diagnose(snapshot.value, ALL_RULES, { readYaml, now: YEARS_LATER });
};

const asserted = ({ problems }: Report): readonly string[] =>
  problems.map(({ rule }) => rule).toSorted((a, b) => a.localeCompare(b));

const wanted = ({ rootCauses = [] }: Expected): readonly string[] =>
  rootCauses.map(({ id }) => RULE_OF[id] ?? `no rule for ${id}`).toSorted((a, b) => a.localeCompare(b));

const everything = (problem: Problem): readonly CitedEvidence[] => [
  ...problem.evidence,
  ...problem.consequences.flatMap(({ evidence }) => evidence),
];

const squeeze = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** Whether one of the cited places is one of the stated ones: same file, and the line cited holds the text. */
const citesOneOf = (
  cited: readonly CitedEvidence[],
  stated: readonly { readonly file: string; readonly text: string }[],
  input: string,
): boolean =>
  stated.some(({ file, text }) =>
    cited.some(({ source, line, excerpt }) => {
      if (!source.endsWith(path.basename(file))) return false;
      if (squeeze(excerpt).includes(squeeze(text)) || squeeze(text).includes(squeeze(excerpt))) return true;
      const lines = readFileSync(path.join(input, file), 'utf8').split('\n');
      const near = line === undefined ? '' : lines.slice(Math.max(0, line - 3), line + 3).join(' ');
      return squeeze(near).includes(squeeze(text.split('\n')[0] ?? text));
    }),
  );

const filesUnder = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(path.join(folder, name)).isFile(),
  );

/** Every word that stands in `names`, replaced as a whole, in all files and their paths. */
const renamed = (from: string, to: string, names: Readonly<Record<string, string>>): void => {
  const swap = (text: string): string =>
    Object.entries(names).reduce((now, [old, fresh]) => now.replaceAll(old, fresh), text);
  for (const file of filesUnder(from)) {
    const target = path.join(to, swap(file));
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, swap(readFileSync(path.join(from, file), 'utf8')));
  }
};

/** Files and programs that two commands have in common, by words that are no option and no mere shell. */
const sharesProgram = (one: string, other: string): boolean => {
  const words = (text: string): ReadonlySet<string> =>
    new Set(text.split(/[\s;|"']+/).filter((word) => /^[\w/.]{5,}$/.test(word) && word !== 'worker'));
  const theirs = words(other);
  return [...words(one)].some((word) => theirs.has(word));
};

const OTHER_NAMES: Readonly<Record<string, string>> = {
  'nvidia-network-operator': 'fabric-system',
  'dpf-operator-system': 'dpu-estate',
};

/** How people hand over what they have: one text with everything pasted into it. */
const WRITTEN: Readonly<Record<string, (name: string, text: string) => string>> = {
  'one issue': (name, text) => `### ${name}\n\n\`\`\`\n${text}\n\`\`\`\n`,
  'one terminal session': (name, text) => `[root@jump ~]# cat ${name}\n${text}`,
};

describe.skipIf(!hasShared)(`incidents${WHERE_ABSENT}`, () => {
  const answered = incidents.filter((name) => !NOT_ANSWERED.has(name.slice(0, 2)));

  test.each(answered)('%s', async (name) => {
    const input = path.join(root, name, 'input');
    const expected = expectedOf(name);
    const found = await report(input);
    expect(asserted(found)).toEqual(wanted(expected));
    for (const { id, evidence = [] } of expected.rootCauses ?? []) {
      const problem = found.problems.find(({ rule }) => rule === RULE_OF[id]);
      expect(
        problem !== undefined && citesOneOf(everything(problem), evidence, input),
        `${id}: none of the stated places is cited`,
      ).toBe(true);
    }
    const asks = [...found.unknown, ...[...found.problems, ...found.symptoms].flatMap(({ lacks }) => lacks)];
    if (expected.verdict === 'cannot-tell')
      expect(
        asks.some(({ settle }) => expected.unknown?.some(({ command }) => sharesProgram(settle, command))),
        'none of what cannot be told is asked for',
      ).toBe(true);
    for (const { settle } of asks) expect(settle).not.toBe('');
  });

  test.each(answered)('%s: the same under other names and in another folder', async (name) => {
    const input = path.join(root, name, 'input');
    const other = path.join(scratch, name);
    renamed(input, other, OTHER_NAMES);
    cpSync(other, path.join(scratch, `${name}-moved/deeper/still`), { recursive: true });
    const before = asserted(await report(input));
    expect(asserted(await report(other))).toEqual(before);
    expect(asserted(await report(path.join(scratch, `${name}-moved`)))).toEqual(before);
  });

  test.each(answered)('%s: the same with other node names, and lists and files in another order', async (name) => {
    const input = path.join(root, name, 'input');
    const { value: snapshot } = await loaded(input);
    const other = path.join(scratch, `${name}-nodes`);
    renamed(input, other, otherNodeNames(snapshot));
    const shuffled: Snapshot = { ...(await loaded(other)).value };
    const found = diagnose(
      { ...shuffled, objects: shuffled.objects.toReversed(), texts: shuffled.texts.toReversed() },
      ALL_RULES,
      { readYaml },
    );
    expect(asserted(found)).toEqual(asserted(await report(input)));
  });

  test.each(answered)('%s: the same as a must-gather', async (name) => {
    const input = path.join(root, name, 'input');
    const { value: snapshot } = await loaded(input);
    const folder = path.join(scratch, `${name}-layout`);
    LAYOUTS['a must-gather']?.(folder, partsOf(snapshot));
    expect(asserted(await report(folder))).toEqual(asserted(await report(input)));
  });

  test.each(answered.flatMap((name) => Object.keys(WRITTEN).map((form) => [name, form] as const)))(
    '%s: the same as %s, with the lines cited there',
    async (name, form) => {
      const input = path.join(root, name, 'input');
      const expected = expectedOf(name);
      const folder = path.join(scratch, `${name}-${form.replaceAll(' ', '-')}`);
      mkdirSync(folder);
      const file = form.includes('issue') ? 'issue.md' : 'session.txt';
      const pieces = filesUnder(input).toSorted((a, b) => a.localeCompare(b));
      const written = pieces.map((one) =>
        WRITTEN[form]?.(path.basename(one), readFileSync(path.join(input, one), 'utf8')),
      );
      writeFileSync(path.join(folder, file), written.join('\n'));
      const found = await report(folder);
      expect(asserted(found)).toEqual(wanted(expected));
      for (const { id, evidence = [] } of expected.rootCauses ?? []) {
        const problem = found.problems.find(({ rule }) => rule === RULE_OF[id]);
        const stated = evidence.map(({ text }) => ({ file, text }));
        expect(problem !== undefined && citesOneOf(everything(problem), stated, folder), id).toBe(true);
      }
    },
  );

  test('those that are not answered yet do not assert a wrong cause', async () => {
    for (const name of incidents.filter((one) => NOT_ANSWERED.has(one.slice(0, 2))))
      expect(asserted(await report(path.join(root, name, 'input'))), name).toEqual([]);
  });
});
