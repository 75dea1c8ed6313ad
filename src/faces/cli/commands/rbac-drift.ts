/** `rbac drift`: roles that somebody changed behind their owner's back, by whom and when, and whether that will stay. */
import { roleDrift } from '../../../core/rbac/role-drift.ts';
import type { RoleDrift } from '../../../core/rbac/role-drift.ts';
import { rbacWorldWithRules } from '../../../core/rbac/rbac-world.ts';
import { fail, ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { wrap } from '../diagnosis/wrap.ts';
import { EXIT } from '../exit-code.ts';
import type { Paint } from '../paint.ts';
import { unknownLines } from '../rbac/rbac-options.ts';

/** A screen holds about this many roles. */
const SHOWN = 8;
const INDENT = '  ';

const driftText = ({ object, writers, keeper, changedBy, forecast }: RoleDrift, paint: Paint): string => {
  const by =
    changedBy === undefined
      ? ''
      : `: changed by ${changedBy.manager}${changedBy.time === undefined ? '' : ` at ${changedBy.time}`}`;
  return [
    `${changedBy === undefined ? paint.bold(object) : paint.bad(object)}${by}`,
    ...writers
      .filter(({ wroteRules }) => wroteRules || changedBy !== undefined)
      .map(
        ({ manager, operation, time, wroteRules }) =>
          `${INDENT}${time ?? 'at an unknown time'}  ${operation.padEnd(6)}  ${manager}${wroteRules ? '' : ' (other fields)'}`,
      ),
    ...wrap(keeper === undefined ? 'nobody is known to keep it' : `kept by ${keeper}`, paint.width, INDENT, INDENT),
    ...wrap(forecast.why, paint.width, INDENT, INDENT),
    ...wrap(forecast.say, paint.width, `${INDENT}-> `, `${INDENT}   `),
  ].join('\n');
};

export default defineCommand({
  path: 'rbac drift',
  about: "Says who changed a role's rules, when, and whether its owner will put them back",
  examples: [
    {
      line: 'rbac drift --from rbac.yaml',
      does: 'roles that were edited behind their owner; read with --show-managed-fields',
    },
    { line: 'rbac drift ClusterRole/dpf-provisioning-dms-role', does: 'one role of a live cluster' },
  ],
  arguments: [{ name: '[ROLE...]', about: 'ClusterRole/NAME or Role/NAMESPACE/NAME; without, those that were edited' }],
  readsSnapshot: 'objects',
  run: async (context, names, options) => {
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    const world = rbacWorldWithRules(snapshot.value);
    if (!world.ok) return world;
    const all = snapshot.value.objects.flatMap(({ object }) => roleDrift(object) ?? []);
    const absent = names.filter((name) => !all.some(({ object }) => object === name));
    if (absent.length > 0)
      return fail(
        'usage-role',
        `The input has no ${absent.join(', ')}; name roles as ClusterRole/NAME or Role/NAMESPACE/NAME.`,
      );
    const changed = all.filter(({ changedBy }) => changedBy !== undefined);
    const chosen = names.length > 0 ? all.filter(({ object }) => names.includes(object)) : changed;
    const unread = all.filter(({ writers }) => writers.length === 0).length;
    const verbose = options['verbose'] === true;
    const shown = verbose ? chosen : chosen.slice(0, SHOWN);
    return ok({
      exit: chosen.some(({ changedBy }) => changedBy !== undefined) ? EXIT.findings : EXIT.clean,
      data: { roles: chosen, looked: all.length, withoutManagedFields: unread, unknown: world.value.gaps },
      text: (paint) =>
        [
          names.length > 0
            ? `${chosen.length} of ${all.length} roles`
            : `${changed.length} of ${all.length} roles were edited behind the back of who keeps them`,
          ...shown.flatMap((drift) => ['', driftText(drift, paint)]),
          ...(chosen.length > shown.length ? ['', paint.dim(`${chosen.length - shown.length} more with -v`)] : []),
          ...(unread === 0
            ? []
            : [
                '',
                ...wrap(
                  `unknown of ${unread} of the roles: they were read without managed fields; read them with kubectl get ... -o yaml --show-managed-fields`,
                  paint.width,
                  '',
                  '',
                ),
              ]),
          ...unknownLines(world.value.gaps, paint),
        ].join('\n'),
    });
  },
});
