/** `rbac who-can VERB WHAT`: every subject that a rule allows it, with the binding and the rule. */
import { asServed, showRequest } from '../../../core/rbac/access-request.ts';
import { parseQuestion } from '../../../core/rbac/parse-question.ts';
import type { Question } from '../../../core/rbac/parse-question.ts';
import { pathOf } from '../../../core/rbac/policy.ts';
import type { Subject } from '../../../core/rbac/policy.ts';
import { rbacWorldWithRules, showExtent } from '../../../core/rbac/rbac-world.ts';
import type { RbacWorld } from '../../../core/rbac/rbac-world.ts';
import { showRule } from '../../../core/rbac/show-rule.ts';
import { whoCan } from '../../../core/rbac/who-can.ts';
import type { Holder } from '../../../core/rbac/who-can.ts';
import { ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Paint } from '../paint.ts';
import { SUBRESOURCE_OPTION, textOption, unknownLines } from '../rbac/rbac-options.ts';
import { table } from '../table.ts';

/** A screen holds about this many rows. */
const SHOWN = 30;

const showSubject = ({ kind, namespace, name }: Subject): string =>
  namespace === undefined ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;

const answerText = (
  holders: readonly Holder[],
  { request, notes }: Question,
  world: RbacWorld,
  verbose: boolean,
  paint: Paint,
): string => {
  const rows = holders
    .map(({ subject, binding, role, rule }) => [
      showSubject(subject),
      pathOf(binding),
      pathOf(role),
      ...(verbose ? [showRule(rule)] : []),
    ])
    .toSorted((a, b) => (a[0] ?? '').localeCompare(b[0] ?? ''));
  const shown = verbose ? rows : rows.slice(0, SHOWN);
  const hidden = rows.length - shown.length;
  const subjects = new Set(rows.map(([subject]) => subject)).size;
  const who = subjects === 0 ? 'nobody' : subjects === 1 ? '1 subject' : `${subjects} subjects`;
  return [
    `${who} may ${showRequest(request)}, by ${showExtent(world)}`,
    ...(rows.length === 0 ? [] : ['', table(['SUBJECT', 'BY', 'ROLE', ...(verbose ? ['RULE'] : [])], shown)]),
    ...(hidden > 0 ? [paint.dim(`${hidden} more with -v`)] : []),
    '',
    ...notes,
    ...unknownLines(world.gaps, paint),
    paint.dim('group system:masters always may; who is in a group, and what other authorizers say, RBAC does not know'),
  ].join('\n');
};

export default defineCommand({
  path: 'rbac who-can',
  about: 'Lists who may do something, and by which binding and role',
  examples: [
    { line: 'rbac who-can get secrets -n dpf-operator-system --from rbac.yaml', does: 'from files' },
    { line: 'rbac who-can patch nodes/dgx030 -v', does: 'a live cluster, with the rules' },
  ],
  arguments: [
    { name: 'VERB', about: 'get, list, watch, create, update, patch, delete, ...' },
    {
      name: 'WHAT',
      about: 'TYPE[.GROUP], TYPE/NAME, TYPE/SUBRESOURCE, or a path such as /metrics; -n names the namespace',
    },
  ],
  options: [SUBRESOURCE_OPTION],
  readsSnapshot: 'objects',
  run: async (context, [verb = '', what = ''], options) => {
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    const world = rbacWorldWithRules(snapshot.value);
    if (!world.ok) return world;
    const subresource = textOption(options, 'subresource');
    const namespace = textOption(options, 'namespace');
    const question = parseQuestion(
      {
        verb,
        what,
        ...(subresource === undefined ? {} : { subresource }),
        ...(namespace === undefined ? {} : { namespace }),
      },
      world.value.types,
    );
    if (!question.ok) return question;
    const holders = whoCan(world.value.index, asServed(question.value.request));
    return ok({
      exit: EXIT.clean,
      data: { ...question.value, holders, unknown: world.value.gaps },
      text: (paint) => answerText(holders, question.value, world.value, options['verbose'] === true, paint),
    });
  },
});
