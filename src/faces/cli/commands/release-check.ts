/** `release check`: what an upgrade of the network operator's chart would do, before it is tried. */
import { releaseCheck, type ReleaseCheck } from '../../../app/release/release-check.ts';
import type { UpgradeFinding } from '../../../core/release/upgrade-finding.ts';
import type { ReuseFlag } from '../../../core/release/upgrade-values.ts';
import { readValuesFile } from '../../../core/release/values-file.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import type { PositionedDocument } from '../../../core/snapshot/positioned-document.ts';
import { defineCommand, type OptionValues } from '../command.ts';
import { wrap } from '../diagnosis/wrap.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { namesSource } from '../joined-input.ts';
import type { Paint } from '../paint.ts';

const text = (options: OptionValues, name: string): string | undefined => {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
};

const flagOf = (options: OptionValues): Result<ReuseFlag> => {
  const chosen = (['reuseValues', 'resetThenReuseValues'] as const).filter((name) => options[name] === true);
  if (chosen.length > 1)
    return fail('usage-flags', '--reuse-values and --reset-then-reuse-values exclude each other; give one.');
  return ok(
    chosen[0] === 'reuseValues'
      ? '--reuse-values'
      : chosen[0] === 'resetThenReuseValues'
        ? '--reset-then-reuse-values'
        : '--reset-values',
  );
};

const INDENT = ' '.repeat(9);

const HEADINGS = { stops: 'stops', warns: 'warning', tells: 'note' } as const;

const place = ({ path }: UpgradeFinding, document: PositionedDocument | undefined): string =>
  path === undefined || document === undefined ? '' : ` (${document.source}:${document.lineOf(path)})`;

const findingLines = (
  finding: UpgradeFinding,
  document: PositionedDocument | undefined,
  paint: Paint,
): readonly string[] => {
  const colour = finding.severity === 'stops' ? paint.bad : finding.severity === 'warns' ? paint.warn : paint.dim;
  return [
    `${colour(HEADINGS[finding.severity].padEnd(8))} ${paint.bold(finding.about)}${place(finding, document)}`,
    ...wrap(finding.because, paint.width, INDENT, INDENT),
    ...(finding.wayOut === undefined ? [] : wrap(finding.wayOut, paint.width, `${INDENT}-> `, `${INDENT}   `)),
  ];
};

/** A screen holds about this many findings; the rest is counted, and shown with -v. */
const SHOWN_NOTES = 3;

const VERDICTS = {
  stops: 'refused before anything changes',
  warns: 'goes through, with losses',
  clean: 'nothing speaks against it',
} as const;

const flagWords = (flag: string): string => (flag === '--reset-values' ? 'with fresh defaults (-f)' : `with ${flag}`);

const render = (
  check: ReleaseCheck,
  document: PositionedDocument | undefined,
  verbose: boolean,
  paint: Paint,
): string => {
  const { installed, report } = check;
  const found =
    installed === undefined ? 'installed release unknown' : `installed ${installed.version} (${installed.source})`;
  if (report === undefined) return [paint.bold(found), check.because ?? '', `-> ${check.wayOut ?? ''}`].join('\n');
  const loud = report.findings.filter(({ severity }) => severity !== 'tells');
  const notes = report.findings.filter(({ severity }) => severity === 'tells');
  const shown = [...loud, ...(verbose ? notes : notes.slice(0, Math.max(0, SHOWN_NOTES - loud.length)))];
  const hidden = report.findings.length - shown.length;
  const colour = report.verdict === 'stops' ? paint.bad : report.verdict === 'warns' ? paint.warn : paint.good;
  return [
    `${report.from} -> ${report.to} ${flagWords(report.flag)}: ${colour(VERDICTS[report.verdict])}`,
    paint.dim(`${found}; values from ${check.valuesFrom}`),
    ...check.otherInstalls.map(({ version, namespace, source }) =>
      paint.warn(
        `another install: ${version} in namespace ${namespace} (${source}); this answer is for ${installed?.namespace ?? ''}`,
      ),
    ),
    ...(installed?.unfinished === undefined
      ? []
      : [
          paint.warn(
            `Helm's newest record is ${installed.unfinished}: an upgrade is under way or broke off; helm rollback ${installed.release ?? ''}, or try it again once it is`,
          ),
        ]),
    '',
    ...shown.flatMap((finding) => findingLines(finding, document, paint)),
    ...(hidden > 0 ? [paint.dim(`${hidden} more to know with -v`)] : []),
    ...report.gaps.map(({ what, because, settle }) => paint.dim(`unknown  ${what}: ${because}; ${settle}`)),
  ].join('\n');
};

const exitOf = ({ report }: ReleaseCheck): ExitCode => (report?.verdict === 'clean' ? EXIT.clean : EXIT.findings);

export default defineCommand({
  path: 'release check',
  about: 'Foresees what an upgrade of the network operator chart does: template errors, ignored keys, images, CRDs',
  examples: [
    {
      line: 'release check --from dump/ --to 25.7.0 --values values-25.7.0.yaml',
      does: 'finds the installed release in the dump and checks the upgrade with this values file',
    },
    {
      line: 'release check --from-release 24.7.0 --to 25.7.0 --reuse-values',
      does: 'says which templates fail, on which key, and what avoids it',
    },
  ],
  options: [
    { flags: '--to <version>', about: 'release to upgrade to' },
    { flags: '--from-release <version>', about: 'installed release, where no input shows it' },
    { flags: '--values <file>', about: 'values file of the upgrade (helm -f)' },
    { flags: '--reuse-values', about: 'as helm upgrade --reuse-values' },
    { flags: '--reset-then-reuse-values', about: 'as helm upgrade --reset-then-reuse-values' },
    { flags: '--kube-version <version>', about: 'version of the API server, where no input shows it' },
    { flags: '--devel', about: 'consider pre-releases too' },
  ],
  readsSnapshot: 'objects',
  run: async (context, _args, options) => {
    const to = text(options, 'to');
    if (to === undefined) return fail('usage-to', 'Which release to upgrade to? Give --to VERSION.');
    const flag = flagOf(options);
    if (!flag.ok) return flag;
    const fromRelease = text(options, 'fromRelease');
    const snapshot = fromRelease === undefined || namesSource(options) ? await context.snapshot() : undefined;
    if (snapshot?.ok === false) return snapshot;
    const file = text(options, 'values');
    const documents = file === undefined ? ok([]) : await context.readDocuments(file);
    if (!documents.ok) return documents;
    const given = file === undefined ? undefined : readValuesFile(documents.value, file);
    if (given?.ok === false) return given;
    const kubeVersion = text(options, 'kubeVersion');
    const check = releaseCheck({
      to,
      devel: options['devel'] === true,
      flag: flag.value,
      ...(fromRelease === undefined ? {} : { fromRelease }),
      ...(snapshot === undefined ? {} : { snapshot: snapshot.value }),
      ...(given === undefined ? {} : { given: given.value }),
      ...(kubeVersion === undefined ? {} : { kubeVersion }),
    });
    if (!check.ok) return check;
    const verbose = options['verbose'] === true;
    return ok({
      exit: exitOf(check.value),
      data: check.value,
      text: (paint) => render(check.value, documents.value[0], verbose, paint),
    });
  },
});
