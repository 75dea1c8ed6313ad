/** `rbac can WHO VERB WHAT`: whether RBAC allows it, by which rule, or what comes nearest and what would allow it. */
import type { AccessVerdict, UserInfo } from '../../../core/ports/kube-api.ts';
import { asServed, showRequest } from '../../../core/rbac/access-request.ts';
import { showCaller } from '../../../core/rbac/caller.ts';
import { evaluate } from '../../../core/rbac/evaluate.ts';
import type { Verdict } from '../../../core/rbac/evaluate.ts';
import { grantObjects, leastGrant } from '../../../core/rbac/least-grant.ts';
import type { LeastGrant } from '../../../core/rbac/least-grant.ts';
import { parseQuestion } from '../../../core/rbac/parse-question.ts';
import type { Question } from '../../../core/rbac/parse-question.ts';
import { pathOf } from '../../../core/rbac/policy.ts';
import { rbacWorldWithRules, showExtent } from '../../../core/rbac/rbac-world.ts';
import type { RbacWorld } from '../../../core/rbac/rbac-world.ts';
import { ok } from '../../../core/result.ts';
import type { Result } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import type { CommandContext, OptionValues } from '../command.ts';
import { wrap } from '../diagnosis/wrap.ts';
import { EXIT } from '../exit-code.ts';
import type { Paint } from '../paint.ts';
import { grantYaml } from '../rbac/grant-yaml.ts';
import { callerOption, GROUP_OPTION, SUBRESOURCE_OPTION, textOption, unknownLines } from '../rbac/rbac-options.ts';

const INDENT = ' '.repeat(4);

interface Answer {
  readonly caller: UserInfo;
  readonly question: Question;
  readonly verdict: Verdict;
  readonly grant: LeastGrant;
  readonly world: RbacWorld;
  /** Of a live cluster, which also asks authorizers other than RBAC. */
  readonly apiServer: Result<AccessVerdict> | undefined;
}

/** Undefined when the question is about files alone. */
const askServer = async (
  context: CommandContext,
  options: OptionValues,
  caller: UserInfo,
  { request }: Question,
): Promise<Result<AccessVerdict> | undefined> => {
  if (options['from'] !== undefined) return undefined;
  const cluster = await context.cluster();
  return cluster.ok ? cluster.value.api.can(caller, request) : cluster;
};

const isAllowed = ({ verdict, apiServer }: Answer): boolean =>
  apiServer?.ok === true ? apiServer.value.allowed : verdict.allowed;

const serverLines = ({ verdict, apiServer }: Answer, paint: Paint): readonly string[] => {
  if (apiServer === undefined) return [];
  const say = (text: string): readonly string[] => wrap(text, paint.width, INDENT, INDENT);
  if (!apiServer.ok) return say(`the API server itself was not asked: ${apiServer.fault.message}`);
  const { allowed, reason } = apiServer.value;
  const words = `the API server says ${allowed ? 'yes' : 'no'}${reason === '' ? '' : `: ${reason}`}`;
  return say(
    allowed === verdict.allowed
      ? words
      : `${words}; the roles that were read say ${verdict.allowed ? 'yes' : 'no'}, so another authorizer (Node, webhook) decides, or roles have changed`,
  );
};

const answerText = (answer: Answer, verbose: boolean, paint: Paint): string => {
  const { caller, question, verdict, grant, world } = answer;
  const allowed = isAllowed(answer);
  const what = `${showCaller(caller)} may ${allowed ? '' : 'not '}${showRequest(question.request)}`;
  const more = verdict.via
    .slice(1)
    .map(({ role, ruleIndex, binding }) => `also by rule ${ruleIndex + 1} of ${pathOf(role)}, by ${pathOf(binding)}`);
  const objects = grantObjects(grant, `lets ${showCaller(caller)} ${showRequest(question.request)}`);
  return [
    `${allowed ? paint.good('yes') : paint.bad('no ')} ${what}`,
    ...wrap(verdict.because, paint.width, INDENT, INDENT),
    ...(verbose
      ? more.flatMap((line) => wrap(line, paint.width, INDENT, INDENT))
      : more.length > 0
        ? [`${INDENT}and by ${more.length} more bindings (-v)`]
        : []),
    ...serverLines(answer, paint),
    ...question.notes.flatMap((note) => wrap(note, paint.width, INDENT, INDENT)),
    ...(allowed
      ? []
      : [
          `${INDENT}-> the least grant is ${grant.grants.map(({ role, binding, existing }) => (existing ? `${pathOf(binding)} to ${pathOf(role)}` : `${pathOf(role)} and ${pathOf(binding)}`)).join(', ')}${verbose ? ':' : ' (-o grant prints it)'}`,
        ]),
    ...(!allowed && verbose ? [grantYaml(objects)] : []),
    ...(verdict.allowed ? [] : unknownLines(world.gaps, paint)),
    ...wrap(
      `by ${showExtent(world)}${verbose ? `; groups ${caller.groups.join(', ')}` : ''}; what other authorizers and admission say is not in them`,
      paint.width,
      INDENT,
      INDENT,
    ).map(paint.dim),
  ].join('\n');
};

export default defineCommand({
  path: 'rbac can',
  about: 'Says whether an account may do something, with the rule that allows it or the one that comes nearest',
  examples: [
    {
      line: 'rbac can sa:dpf-operator-system/dms get secrets/worker1-server-secret -n dpf-operator-system --from rbac.yaml',
      does: 'from files: kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o yaml',
    },
    {
      line: 'rbac can system:serviceaccount:dpf-operator-system:dms create pods/exec -n dpf-operator-system',
      does: 'a live cluster; its API server is asked, too',
    },
    { line: 'rbac can user:jane list nodes --group ops --from rbac.yaml -o grant', does: 'prints what would allow it' },
  ],
  arguments: [
    { name: 'WHO', about: 'sa:NAMESPACE/NAME, user:NAME, group:NAME or system:serviceaccount:NAMESPACE:NAME' },
    { name: 'VERB', about: 'get, list, watch, create, update, patch, delete, ...' },
    {
      name: 'WHAT',
      about: 'TYPE[.GROUP], TYPE/NAME, TYPE/SUBRESOURCE, or a path such as /metrics; -n names the namespace',
    },
  ],
  options: [SUBRESOURCE_OPTION, GROUP_OPTION],
  readsSnapshot: 'objects',
  formats: ['grant'],
  run: async (context, [who = '', verb = '', what = ''], options) => {
    const caller = callerOption(who, options);
    if (!caller.ok) return caller;
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    const read = rbacWorldWithRules(snapshot.value);
    if (!read.ok) return read;
    const world = read.value;
    const subresource = textOption(options, 'subresource');
    const namespace = textOption(options, 'namespace');
    const question = parseQuestion(
      {
        verb,
        what,
        ...(subresource === undefined ? {} : { subresource }),
        ...(namespace === undefined ? {} : { namespace }),
      },
      world.types,
    );
    if (!question.ok) return question;
    const { request, notes } = question.value;
    const verdict = evaluate(world.index, caller.value, asServed(request));
    const grant = leastGrant(world.index, caller.value, verdict.allowed ? [] : [{ request }]);
    const apiServer = await askServer(context, options, caller.value, question.value);
    const answer: Answer = { caller: caller.value, question: question.value, verdict, grant, world, apiServer };
    const objects = grantObjects(grant, `lets ${showCaller(caller.value)} ${showRequest(request)}`);
    return ok({
      exit: isAllowed(answer) ? EXIT.clean : EXIT.findings,
      data: {
        allowed: isAllowed(answer),
        who: caller.value,
        request,
        because: verdict.because,
        via: verdict.via,
        ...(verdict.nearest === undefined ? {} : { nearest: verdict.nearest }),
        missingRoles: verdict.missingRoles,
        ...(apiServer === undefined
          ? {}
          : { apiServer: apiServer.ok ? apiServer.value : { notAsked: apiServer.fault.message } }),
        notes,
        grant: objects,
        unknown: verdict.allowed ? [] : world.gaps,
      },
      text: (paint) => answerText(answer, options['verbose'] === true, paint),
      formats: { grant: () => grantYaml(objects) },
    });
  },
});
