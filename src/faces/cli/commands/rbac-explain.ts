/** `rbac explain 'pods "x" is forbidden: ...'`: what refused, whom, and the grant; for RBAC and for what only looks like it. */
import { explainLog } from '../../../core/rbac/explain-log.ts';
import type { ExplainedDenial } from '../../../core/rbac/explain-log.ts';
import { showRequest } from '../../../core/rbac/access-request.ts';
import { showCaller } from '../../../core/rbac/caller.ts';
import { grantObjects } from '../../../core/rbac/least-grant.ts';
import { rbacWorldWithRules } from '../../../core/rbac/rbac-world.ts';
import { fail, ok } from '../../../core/result.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import { defineCommand } from '../command.ts';
import { wrap } from '../diagnosis/wrap.ts';
import { EXIT } from '../exit-code.ts';
import { namesSource } from '../joined-input.ts';
import type { Paint } from '../paint.ts';
import { grantYaml } from '../rbac/grant-yaml.ts';

/** A screen holds about this many refusals without their grants. */
const SHOWN = 8;
const INDENT = ' '.repeat(4);

const objectsOf = ({ denial, caller, grant }: ExplainedDenial): readonly KubeObject[] =>
  grant === undefined || caller === undefined || denial.permission === undefined
    ? []
    : grantObjects(grant, `lets ${showCaller(caller)} ${showRequest(denial.permission)}`);

const explainedText = (one: ExplainedDenial, withGrant: boolean, paint: Paint): string => {
  const { denial, caller, verdict, grant, line, count } = one;
  const times = count > 1 ? ` (line ${line} and ${count - 1} more)` : line > 1 ? ` (line ${line})` : '';
  const head =
    caller === undefined || denial.permission === undefined
      ? denial.cause
      : `${denial.cause}: ${showCaller(caller)} may not ${showRequest(denial.permission)}`;
  const objects = objectsOf(one);
  const say = (text: string): readonly string[] => wrap(text, paint.width, INDENT, INDENT);
  return [
    `${paint.bad(head)}${times}`,
    ...say(denial.because),
    ...(verdict === undefined
      ? []
      : say(verdict.allowed ? `by the roles of the input it is allowed now: ${verdict.because}` : verdict.because)),
    ...wrap(denial.remedy, paint.width, `${INDENT}-> `, `${INDENT}   `),
    ...(grant?.advice ?? []).flatMap(({ level, text }) => say(`${level === 'info' ? 'note' : 'beware'}: ${text}`)),
    ...(grant?.open ?? []).flatMap(({ because }) => say(because)),
    ...(objects.length === 0 ? [] : withGrant ? ['', grantYaml(objects)] : [`${INDENT}(-o grant prints it)`]),
  ].join('\n');
};

export default defineCommand({
  path: 'rbac explain',
  about: 'Explains a "forbidden" error or a log: what refused, whom, and the least grant that would allow it',
  examples: [
    {
      line: `rbac explain 'pods "x" is forbidden: User "system:serviceaccount:a:b" cannot get resource "pods" in API group "" in the namespace "a"'`,
      does: 'a pasted error',
    },
    { line: 'kubectl logs -p x -c dms-init | nicwright rbac explain -', does: 'a log from stdin' },
    { line: 'rbac explain ERROR --from rbac.yaml', does: 'also says which rule comes nearest' },
  ],
  arguments: [{ name: 'TEXT', about: 'the error as it was printed, or - for stdin' }],
  readsSnapshot: 'objects',
  formats: ['grant'],
  run: async (context, [given = ''], options) => {
    const text = given === '-' ? await context.readText('-') : ok(given);
    if (!text.ok) return text;
    let index;
    if (namesSource(options)) {
      const snapshot = await context.snapshot();
      if (!snapshot.ok) return snapshot;
      const world = rbacWorldWithRules(snapshot.value);
      if (!world.ok) return world;
      ({ index } = world.value);
    }
    const explained = explainLog(text.value, index);
    if (explained.length === 0)
      return fail(
        'input-no-refusal',
        'There is no refusal in the text that is known here; paste the whole line, from the resource or "Error" to its end.',
      );
    const verbose = options['verbose'] === true;
    const shown = verbose ? explained : explained.slice(0, SHOWN);
    const hidden = explained.length - shown.length;
    const all = (): string => grantYaml(explained.flatMap(objectsOf));
    return ok({
      exit: EXIT.findings,
      data: explained.map((one) => ({
        line: one.line,
        count: one.count,
        ...one.denial,
        ...(one.verdict === undefined ? {} : { now: one.verdict }),
        grant: objectsOf(one),
      })),
      text: (paint) =>
        [
          ...shown.map((one) => explainedText(one, verbose || explained.length === 1, paint)),
          ...(hidden > 0 ? [paint.dim(`${hidden} more with -v`)] : []),
        ].join('\n\n'),
      formats: { grant: all },
    });
  },
});
