/** `rbac check -f rendered/`: what the scripts of manifests need, what their accounts lack, and the grant that closes it. */
import { linesOfSources, readBaseline, readScripts } from '../../../app/rbac/check-input.ts';
import { accountOf, parseCaller } from '../../../core/rbac/caller.ts';
import { CHECK_RULES, checkFindings } from '../../../core/rbac/workload/check-findings.ts';
import { checkManifests } from '../../../core/rbac/workload/check-manifests.ts';
import { fail, ok } from '../../../core/result.ts';
import type { Result } from '../../../core/result.ts';
import { joinSnapshots } from '../../../core/snapshot/join.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import { defineCommand } from '../command.ts';
import type { CommandContext, OptionValues } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { namesSource } from '../joined-input.ts';
import { accountGrant, checkData } from '../rbac/check-data.ts';
import { checkJunit } from '../rbac/check-junit.ts';
import { checkSarif } from '../rbac/check-sarif.ts';
import { checkText } from '../rbac/check-text.ts';
import type { CheckView } from '../rbac/check-text.ts';
import { grantYaml } from '../rbac/grant-yaml.ts';
import { listOption, textOption } from '../rbac/rbac-options.ts';

const readInput = async (context: CommandContext, options: OptionValues): Promise<Result<Snapshot>> => {
  const files = listOption(options, 'file');
  const parts: Snapshot[] = [];
  if (files.length === 0 || namesSource(options)) {
    const below = await context.snapshot();
    if (!below.ok) return below;
    parts.push(below.value);
  }
  if (files.length > 0) {
    const rendered = await context.readPaths(files);
    if (!rendered.ok) return rendered;
    parts.push(rendered.value);
  }
  const [only] = parts;
  return ok(only !== undefined && parts.length === 1 ? only : joinSnapshots(parts));
};

const runAsOption = (options: OptionValues): Result<{ namespace: string; name: string } | undefined> => {
  const given = textOption(options, 'as');
  if (given === undefined) return ok(undefined);
  const caller = parseCaller(given);
  const account = caller.ok ? accountOf(caller.value.username) : undefined;
  return account === undefined
    ? fail('usage-caller', `--as ${given} names no ServiceAccount; write sa:NAMESPACE/NAME.`)
    : ok(account);
};

export default defineCommand({
  path: 'rbac check',
  about: 'Finds permissions that scripts in manifests need and their accounts lack, with line, condition and the grant',
  examples: [
    {
      line: 'rbac check -f rendered/ -n my-namespace',
      does: 'the output of helm template or kustomize build; -n is the namespace of objects that name none',
    },
    {
      line: 'rbac check -f rendered/ --script dmsinit.sh -o sarif > rbac.sarif',
      does: 'with a script that lies in an image, for a merge request',
    },
    {
      line: 'rbac check -f rendered/ --baseline before.json',
      does: 'fails only on gaps that an earlier -o json had not',
    },
    { line: 'rbac check --from dump/ -o grant | kubectl apply -f -', does: 'closes the gaps of a cluster' },
  ],
  options: [
    { flags: '-f, --file <path...>', about: 'manifests: files or folders; joined with what --from or a cluster holds' },
    {
      flags: '--script <file...>',
      about: 'a script that lies in an image, found by its file name; or /path/in/image=FILE, or CONTAINER=FILE',
    },
    { flags: '--as <account>', about: 'judge scripts that no container starts as run by sa:NAMESPACE/NAME' },
    { flags: '--baseline <file>', about: 'an earlier answer (-o json): what it had does not fail the check' },
    {
      flags: '--in-place',
      about: 'also print the edit of the role that is there: temporary, with when its owner reverts it',
    },
    { flags: '--strict', about: 'exit 4 where a call could not be resolved or a script not be placed' },
  ],
  readsSnapshot: 'objects',
  formats: ['sarif', 'junit', 'grant'],
  run: async (context, _args, options) => {
    const runAs = runAsOption(options);
    if (!runAs.ok) return runAs;
    const scripts = await readScripts(listOption(options, 'script'), context.readText);
    if (!scripts.ok) return scripts;
    const baselineFile = textOption(options, 'baseline');
    const known =
      baselineFile === undefined ? ok(new Set<string>()) : await readBaseline(baselineFile, context.readText);
    if (!known.ok) return known;
    const snapshot = await readInput(context, options);
    if (!snapshot.ok) return snapshot;
    const check = checkManifests({
      snapshot: snapshot.value,
      namespace: textOption(options, 'namespace') ?? 'default',
      scripts: scripts.value,
      ...(runAs.value === undefined ? {} : { runAs: runAs.value }),
      inPlace: options['inPlace'] === true,
      readYaml: context.readYaml,
      linesOf: await linesOfSources(snapshot.value, context.readText),
    });
    const [gap] = check.gaps;
    if (check.accounts.length === 0)
      return fail(
        'input-no-workload',
        `${gap === undefined ? '' : `${gap.what}: ${gap.because}. `}The input holds no workload and no script that is started; give manifests with pods, or --script FILE --as sa:NAMESPACE/NAME.`,
      );
    const findings = checkFindings(check);
    const view: CheckView = { check, findings, known: known.value };
    const fails = findings.some(({ rule, fingerprint }) => CHECK_RULES[rule].fails && !known.value.has(fingerprint));
    const isOpen = findings.some(({ rule }) => /unresolved|not-started|not-read/.test(rule));
    return ok({
      exit: fails ? EXIT.findings : options['strict'] === true && isOpen ? EXIT.unresolved : EXIT.clean,
      data: checkData(view),
      text: (paint) => checkText(view, options['verbose'] === true, paint),
      formats: {
        sarif: () => checkSarif(findings, known.value, baselineFile !== undefined),
        junit: () => checkJunit(view),
        grant: () => grantYaml(check.accounts.flatMap(accountGrant)),
      },
    });
  },
});
