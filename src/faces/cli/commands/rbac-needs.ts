/** `rbac needs SCRIPT`: the permissions that a shell script asks for, with line and condition; or what an old role lacks. */
import { readArguments, readEnvironment } from '../../../app/rbac/script-options.ts';
import type { UserInfo } from '../../../core/ports/kube-api.ts';
import { showRequest } from '../../../core/rbac/access-request.ts';
import { accountOf, showCaller } from '../../../core/rbac/caller.ts';
import { newNeeds, oldRights } from '../../../core/rbac/compare-needs.ts';
import { withDefaults } from '../../../core/rbac/default-policy.ts';
import { findGap } from '../../../core/rbac/gap.ts';
import type { JudgedNeed } from '../../../core/rbac/gap.ts';
import { grantObjects, leastGrant } from '../../../core/rbac/least-grant.ts';
import type { LeastGrant } from '../../../core/rbac/least-grant.ts';
import { emptyPolicy } from '../../../core/rbac/policy.ts';
import { PolicyIndex } from '../../../core/rbac/policy-index.ts';
import { ResourceTypes } from '../../../core/rbac/resource-types.ts';
import { analyzeScript } from '../../../core/rbac/script/analyze-script.ts';
import type { ScriptNeeds } from '../../../core/rbac/script/analyze-script.ts';
import type { Need } from '../../../core/rbac/script/recorder.ts';
import type { ScriptInput } from '../../../core/rbac/script/script-input.ts';
import { fail, ok } from '../../../core/result.ts';
import type { Result } from '../../../core/result.ts';
import { documentObjects } from '../../../core/snapshot/document-objects.ts';
import { defineCommand } from '../command.ts';
import type { CommandContext, OptionValues } from '../command.ts';
import { wrap } from '../diagnosis/wrap.ts';
import { EXIT } from '../exit-code.ts';
import type { Paint } from '../paint.ts';
import { grantYaml } from '../rbac/grant-yaml.ts';
import { callerOption, listOption, textOption } from '../rbac/rbac-options.ts';
import { table } from '../table.ts';

/** A screen holds about this many rows. */
const SHOWN = 25;

/** What the old version lacks: by its role, or as new needs beside its script. */
interface Compared {
  readonly with: string;
  readonly lacking: readonly Pick<JudgedNeed, 'need' | 'request' | 'when'>[];
  readonly because: ReadonlyMap<Need, string>;
}

const LINES_SHOWN = 5;

const linesOf = ({ places }: Need, script: string): string => {
  const lines = [
    ...new Set(places.map(({ source, line }) => (source === script ? String(line) : `${source}:${line}`))),
  ];
  const more = lines.length - LINES_SHOWN;
  return more > 0 ? `${lines.slice(0, LINES_SHOWN).join(', ')} and ${more} more` : lines.join(', ');
};

const rowsOf = (needs: readonly Need[], script: string): readonly (readonly string[])[] =>
  needs
    .toSorted((a, b) => (a.places[0]?.line ?? 0) - (b.places[0]?.line ?? 0))
    .map((need) => [
      linesOf(need, script),
      showRequest(need.request),
      need.tolerate === true ? 'goes on' : (need.places[0]?.onDenied ?? ''),
      need.when ?? 'always',
    ]);

const needsTable = (needs: readonly Need[], script: string, verbose: boolean, paint: Paint): readonly string[] => {
  if (needs.length === 0) return [];
  const rows = rowsOf(needs, script);
  const shown = verbose ? rows : rows.slice(0, SHOWN);
  return [
    '',
    table(['LINE', 'NEEDS', 'IF DENIED', 'WHEN'], shown),
    ...(rows.length > shown.length ? [paint.dim(`${rows.length - shown.length} more with -v`)] : []),
  ];
};

const openLines = (
  { unreached, unresolved, tokenAsConfig }: ScriptNeeds,
  script: string,
  paint: Paint,
): readonly string[] => [
  ...(unreached.length === 0 ? [] : ['', 'Not reached in the way it is started:']),
  ...unreached.flatMap((need) =>
    wrap(
      `${showRequest(need.request)}${need.when === undefined ? '' : `: needed when ${need.when}`}`,
      paint.width,
      `  ${linesOf(need, script)}  `,
      '      ',
    ),
  ),
  ...tokenAsConfig.map((line) => `line ${line}: a token is given as kubeconfig; it is none, and the call fails`),
  ...(unresolved.length === 0 ? [] : ['', paint.warn('Not resolved:')]),
  ...unresolved.flatMap(({ source, line, text, why }) =>
    wrap(
      `${text === '' ? '' : `${text}: `}${why}`,
      paint.width,
      `  ${source === script ? '' : `${source}:`}${line}  `,
      '      ',
    ),
  ),
];

const comparedLines = ({ with: other, lacking, because }: Compared, script: string, paint: Paint): readonly string[] =>
  lacking.length === 0
    ? [paint.good(`${other} gives all that ${script} needs`)]
    : [
        paint.bad(
          `${script} needs ${lacking.length} ${lacking.length === 1 ? 'permission' : 'permissions'} that ${other} does not have`,
        ),
        ...lacking.flatMap(({ need, request, when }) => [
          ...wrap(
            `${showRequest(request)}${when === undefined ? '' : ` when ${when}`}`,
            paint.width,
            `  ${linesOf(need, script)}  `,
            '      ',
          ),
          ...wrap(because.get(need) ?? '', paint.width, '      ', '      ').filter((line) => line.trim() !== ''),
        ]),
      ];

const ownIdentity = ({ identities }: ScriptNeeds): readonly string[] =>
  identities.map(({ who, when }) => `speaks as ${who}${when === undefined ? '' : ` when ${when}`}`);

const withoutTolerated = (needs: readonly Need[]): readonly Need[] => needs.filter(({ tolerate }) => tolerate !== true);

/** Here-documents in a script may hold manifests, too. */
const isScript = (file: string, text: string): boolean =>
  file.endsWith('.sh') ||
  text.startsWith('#!') ||
  (!/\.(?:ya?ml|json)$/.test(file) && !/^\s*(?:- )?"?kind"?:/m.test(text));

const compare = async (
  context: CommandContext,
  options: OptionValues,
  needs: ScriptNeeds,
  read: (name: string, text: string) => Result<ScriptNeeds>,
  account: UserInfo | undefined,
): Promise<Result<Compared | undefined>> => {
  const against = textOption(options, 'against');
  if (against === undefined) return ok(undefined);
  const text = await context.readText(against);
  if (!text.ok) return text;
  if (isScript(against, text.value)) {
    const old = read(against, text.value);
    if (!old.ok) return old;
    const added = newNeeds(withoutTolerated(needs.needs), old.value.needs);
    const lacking = added.map((need) => ({
      need,
      request: need.request,
      ...(need.when === undefined ? {} : { when: need.when }),
    }));
    return ok({ with: against, lacking, because: new Map() });
  }
  const documents = await context.readDocuments(against);
  if (!documents.ok) return documents;
  const namespace = textOption(options, 'namespace');
  const rights = oldRights(documentObjects(documents.value).objects, {
    ...(account === undefined ? {} : { account }),
    ...(namespace === undefined ? {} : { namespace }),
  });
  if (!rights.ok) return rights;
  const gap = findGap(rights.value.index, rights.value.caller, needs.needs);
  const lacking = [...gap.missing, ...gap.conditionalMissing];
  return ok({
    with: against,
    lacking,
    because: new Map(lacking.map(({ need, verdict }) => [need, verdict.because])),
  });
};

export default defineCommand({
  path: 'rbac needs',
  about: 'Derives the permissions that a shell script needs, with line and condition; reads the script, never runs it',
  examples: [
    {
      line: 'rbac needs dmsinit.sh --args "--cmd register --external-certificate TODO" --env NODE_NAME=worker1',
      does: 'as a container starts it; without --args every way of calling it is looked at',
    },
    { line: 'rbac needs new.sh --against old-role.yaml', does: 'what a new version needs that the old role lacks' },
    { line: 'rbac needs new.sh --against old.sh', does: 'what it needs that the old version did not' },
    { line: 'rbac needs job.sh --as sa:jobs/runner -o grant', does: 'the Role and RoleBinding for it' },
  ],
  arguments: [{ name: 'SCRIPT', about: 'a shell script; - is stdin' }],
  options: [
    { flags: '--args <words>', about: 'how it is called, in one string' },
    { flags: '--env <name=value...>', about: 'variables of its environment whose values are known' },
    { flags: '-n, --namespace <name>', about: "the pod's namespace, for calls that name none" },
    { flags: '--as <account>', about: 'who runs it, for -o grant: sa:NAMESPACE/NAME' },
    { flags: '--against <file>', about: 'an older Role or ClusterRole (YAML), or the older script' },
    { flags: '--strict', about: 'exit 4 where a call could not be resolved' },
  ],
  formats: ['grant'],
  run: async (context, [script = ''], options) => {
    const args = readArguments(textOption(options, 'args'));
    if (!args.ok) return args;
    const env = readEnvironment(listOption(options, 'env'));
    if (!env.ok) return env;
    const as = textOption(options, 'as');
    const account = as === undefined ? ok(undefined) : callerOption(as, options);
    if (!account.ok) return account;
    if (options['output'] === 'grant' && account.value === undefined)
      return fail('usage-account', 'Say with --as sa:NAMESPACE/NAME whose grant it is to be.');
    const text = await context.readText(script);
    if (!text.ok) return text;
    const name = script === '-' ? 'stdin' : script;
    const namespace =
      textOption(options, 'namespace') ??
      (account.value === undefined ? undefined : accountOf(account.value.username)?.namespace);
    const input: Omit<ScriptInput, 'name'> = {
      ...(args.value === undefined ? {} : { args: args.value }),
      env: env.value,
      ...(namespace === undefined ? {} : { namespace }),
      types: new ResourceTypes(),
      readYaml: context.readYaml,
    };
    const read = (source: string, content: string): Result<ScriptNeeds> =>
      analyzeScript(content, { ...input, name: source });
    const analyzed = read(name, text.value);
    if (!analyzed.ok) return analyzed;
    const needs = analyzed.value;
    const compared = await compare(context, options, needs, read, account.value);
    if (!compared.ok) return compared;
    const grant: LeastGrant | undefined =
      account.value === undefined
        ? undefined
        : leastGrant(
            new PolicyIndex(withDefaults(emptyPolicy)),
            account.value,
            compared.value?.lacking ?? judged(needs, account.value),
          );
    const objects =
      grant === undefined || account.value === undefined
        ? []
        : grantObjects(grant, `what ${name} needs to run as ${showCaller(account.value)}`);
    const { total, resolved } = needs.calls;
    const isOpen = needs.unresolved.length > 0;
    return ok({
      exit:
        (compared.value?.lacking.length ?? 0) > 0
          ? EXIT.findings
          : options['strict'] === true && isOpen
            ? EXIT.unresolved
            : EXIT.clean,
      data: {
        script: name,
        ...needs,
        ...(compared.value === undefined ? {} : { against: compared.value.with, lacking: compared.value.lacking }),
        ...(grant === undefined ? {} : { grant: objects, open: grant.open, advice: grant.advice }),
      },
      text: (paint) => {
        const verbose = options['verbose'] === true;
        const asked = verbose ? needs.needs : withoutTolerated(needs.needs);
        return [
          ...(compared.value === undefined ? [] : [...comparedLines(compared.value, name, paint), '']),
          `${name} needs ${asked.length} ${asked.length === 1 ? 'permission' : 'permissions'}; ${total === 0 ? 'it calls no kubectl' : `${resolved} of ${total} kubectl calls resolved`}`,
          ...ownIdentity(needs),
          ...(compared.value === undefined || verbose ? needsTable(asked, name, verbose, paint) : []),
          ...openLines(needs, name, paint),
        ].join('\n');
      },
      formats: { grant: () => grantYaml(objects) },
    });
  },
});

/** All of them, since nothing is known to be there: discovery and the like every account has. */
const judged = (needs: ScriptNeeds, caller: UserInfo): readonly JudgedNeed[] => {
  const gap = findGap(new PolicyIndex(withDefaults(emptyPolicy)), caller, needs.needs);
  return [...gap.missing, ...gap.conditionalMissing];
};
