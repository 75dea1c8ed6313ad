/** What collectors say they did not get, in their own logs: a missing file alone does not tell why it is missing. */
import { kindOfPlural } from './kind-of-plural.ts';
import { kindKey, type Gap, type SnapshotText } from './snapshot.ts';

const basename = (source: string): string => /[^/!]*$/.exec(source)?.[0] ?? source;

const FAILED = /forbidden|denied|unauthorized|timed? ?out|failed|error|unable|refused|cannot/i;

/** `[TIME] crds/instances/x/all.yaml: Error from server (Forbidden): ...` of NVIDIA's network operator, and of our own. */
const collectionGaps = ({ text }: SnapshotText): readonly Gap[] =>
  text.split('\n').flatMap((line) => {
    const groups = /^(?:\[[^\]]*\] )?(?<what>\S+): (?<because>.+)$/.exec(line)?.groups;
    const { what = '', because = '' } = groups ?? {};
    if (!FAILED.test(because)) return [];
    return [{ what: `${what} of the dump`, because: `the collector could not get it: ${because.trim()}` }];
  });

/** `sonobuoy (F)   : 2ms` and `x (X)` of troubleshoot.sh. */
const troubleshootGaps = ({ text }: SnapshotText): readonly Gap[] =>
  [...text.matchAll(/^(?<what>\S+) \((?<how>[FX])\)\s*:/gm)].map(({ groups }) => ({
    what: `what the collector ${groups?.['what'] ?? ''} would have written`,
    because: groups?.['how'] === 'X' ? 'the bundle left it out' : 'it failed when the bundle was made',
  }));

const READERS: readonly { readonly file: RegExp; readonly read: (text: SnapshotText) => readonly Gap[] }[] = [
  { file: /(?:^|[/!])collection-errors\.log$/, read: collectionGaps },
  { file: /(?:^|[/!])execution-data[/!]summary\.txt$/, read: troubleshootGaps },
];

export const collectorGaps = (texts: readonly SnapshotText[]): readonly Gap[] =>
  texts.flatMap((text) => READERS.find(({ file }) => file.test(text.origin.source))?.read(text) ?? []);

const FOUND_NONE = /crds\/instances\/(?<plural>[^/\s]+)\/all\.yaml: no instances found/g;
const NOT_SERVED = /^(?<plural>[a-z][\w.-]*): the server has no such kind$/gm;

/** Kinds of which a collector found no instances, or which the server does not have: that is a fact, not a gap. */
export const kindsFoundEmpty = (texts: readonly SnapshotText[]): readonly string[] =>
  texts
    .filter(({ origin }) => basename(origin.source) === 'collection-errors.log')
    .flatMap(({ text }) => [...text.matchAll(FOUND_NONE), ...text.matchAll(NOT_SERVED)])
    .flatMap(({ groups }) => {
      const kind = kindOfPlural(groups?.['plural'] ?? '');
      return kind === undefined ? [] : [kindKey(kind.kind, kind.apiVersion)];
    });
