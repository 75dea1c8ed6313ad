/** `rbac verify WHO -f grant.yaml`: a grant gives what it should, and nothing beside it: other names, lists, namespaces. */
import { askIndex, askServer } from '../../../app/rbac/ask-probes.ts';
import type { ProbeAnswer } from '../../../app/rbac/ask-probes.ts';
import type { UserInfo } from '../../../core/ports/kube-api.ts';
import { showRequest } from '../../../core/rbac/access-request.ts';
import { showCaller } from '../../../core/rbac/caller.ts';
import { withDefaults } from '../../../core/rbac/default-policy.ts';
import { PolicyIndex } from '../../../core/rbac/policy-index.ts';
import { rbacWorldWithRules } from '../../../core/rbac/rbac-world.ts';
import { readPolicy } from '../../../core/rbac/read-policy.ts';
import { probesOf, reviewAdvice } from '../../../core/rbac/verify-probes.ts';
import type { Probe } from '../../../core/rbac/verify-probes.ts';
import { fail, ok } from '../../../core/result.ts';
import type { Result } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import type { CommandContext, OptionValues } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { callerOption, listOption } from '../rbac/rbac-options.ts';
import { table } from '../table.ts';

/** A screen holds about this many rows. */
const SHOWN = 25;

const TRIES: Readonly<Record<Probe['tries'], string>> = {
  grant: 'what is granted',
  'other-name': 'another name',
  list: 'a list',
  'other-namespace': 'another namespace',
};

const answersFor = async (
  context: CommandContext,
  options: OptionValues,
  caller: UserInfo,
  probes: readonly Probe[],
): Promise<Result<readonly ProbeAnswer[]>> => {
  if (options['from'] === undefined) {
    const cluster = await context.cluster();
    return cluster.ok ? askServer(cluster.value.api, caller, probes) : cluster;
  }
  const snapshot = await context.snapshot();
  if (!snapshot.ok) return snapshot;
  const world = rbacWorldWithRules(snapshot.value);
  return world.ok ? ok(askIndex(world.value.index, caller, probes)) : world;
};

export default defineCommand({
  path: 'rbac verify',
  about: 'Proves that a grant allows what it should and nothing beside it: no other name, no list, no other namespace',
  examples: [
    {
      line: 'rbac verify sa:dpf-operator-system/dms -f grant.yaml',
      does: 'asks the live API server, and names the binding that allowed each',
    },
    { line: 'rbac verify sa:dpf-operator-system/dms -f grant.yaml --from rbac.yaml', does: 'by the roles of a dump' },
  ],
  arguments: [{ name: 'WHO', about: 'sa:NAMESPACE/NAME, user:NAME or group:NAME' }],
  options: [{ flags: '-f, --file <path...>', about: 'the grant: its roles and bindings' }],
  readsSnapshot: 'objects',
  run: async (context, [who = ''], options) => {
    const caller = callerOption(who, options);
    if (!caller.ok) return caller;
    const files = listOption(options, 'file');
    if (files.length === 0) return fail('usage-file', 'Give the grant to be proved with -f: its Role and RoleBinding.');
    const read = await context.readPaths(files);
    if (!read.ok) return read;
    const probes = probesOf(new PolicyIndex(withDefaults(readPolicy(read.value.objects))), caller.value);
    if (probes.length === 0)
      return fail(
        'input-no-grant',
        `${files.join(', ')} grants nothing by name or namespace to ${showCaller(caller.value)}; look at the subjects of its bindings.`,
      );
    const asked = await answersFor(context, options, caller.value, probes);
    if (!asked.ok) return asked;
    const answers = asked.value;
    const wrong = answers.filter((answer) => !answer.holds);
    return ok({
      exit: wrong.length > 0 ? EXIT.findings : EXIT.clean,
      data: { who: caller.value, probes: answers },
      text: (paint) => {
        const verbose = options['verbose'] === true;
        const rows = [...wrong, ...answers.filter((answer) => answer.holds)].map(({ probe, holds, reason }) => [
          holds ? 'ok' : 'WRONG',
          probe.allowed === holds ? 'allowed' : 'denied',
          showRequest(probe.request),
          TRIES[probe.tries],
          reason,
        ]);
        const shown = verbose ? rows : rows.slice(0, SHOWN);
        return [
          wrong.length === 0
            ? paint.good(`all ${answers.length} probes of ${showCaller(caller.value)} hold`)
            : paint.bad(`${wrong.length} of ${answers.length} probes of ${showCaller(caller.value)} do not hold`),
          '',
          table(['', 'ANSWER', 'REQUEST', 'TRIES', 'REASON'], shown),
          ...(rows.length > shown.length ? [paint.dim(`${rows.length - shown.length} more with -v`)] : []),
          ...(verbose ? ['', reviewAdvice(caller.value)] : []),
        ].join('\n');
      },
    });
  },
});
