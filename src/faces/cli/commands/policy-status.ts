/** `policy status`: what the network operator says of its policy, and what is really the case. */
import { policyStatus, type PolicyStatusAnswer } from '../../../app/nicpolicy/policy-status.ts';
import type { ComponentRow, PolicyReport } from '../../../core/nicpolicy/policy-report.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { durationMs } from '../duration.ts';
import { wrap } from '../diagnosis/wrap.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';

const really = ({ workloads, remarks, message, inSpec }: ComponentRow): string => {
  if (inSpec && workloads.length + remarks.length === 0 && message === undefined)
    return 'unknown: the input shows no workload of it';
  if (remarks.length > 0) return [...(message === undefined ? [] : [message]), ...remarks].join('; ');
  if (message !== undefined) return message;
  return workloads.map(({ object, because }) => `${object} ${because}`).join('; ');
};

const SAYS = 'notReady'.length;
const GAPS = 6;
const NARROWEST = 30;

/** The last column is broken into lines, so that the table stays within the terminal. */
const rowsOf = (rows: readonly ComponentRow[], width: number): readonly (readonly string[])[] => {
  const state = Math.max(...rows.map((row) => row.state.length));
  const room = Math.max(NARROWEST, width - state - SAYS - GAPS);
  return rows.flatMap((row) =>
    wrap(really(row), room, '', '').map((line, index) =>
      index === 0 ? [row.state, row.word ?? '-', line] : ['', '', line],
    ),
  );
};

const reportText = (report: PolicyReport, verbose: boolean, paint: Paint): string => {
  const state = report.state ?? 'no status yet';
  const colour = report.ready === true ? paint.good : report.ready === false ? paint.bad : paint.warn;
  const verdict =
    report.ready === true
      ? ''
      : report.state === 'ready'
        ? report.ready === false
          ? ', but not well'
          : ', unproved'
        : '';
  const shown = verbose
    ? report.rows
    : report.rows.filter(
        ({ word, inSpec, remarks }) => word !== 'ignore' || inSpec || remarks[0] !== 'not in the spec',
      );
  const ignored = report.rows.length - shown.length;
  return [
    `NicClusterPolicy ${report.name}: ${colour(`${state}${verdict}`)}`,
    ...(report.reason === undefined ? [] : wrap(report.reason, paint.width, '  ', '  ')),
    ...report.remarks.map((remark) => `  ${remark}`),
    ...(shown.length === 0 ? [] : ['', table(['STATE', 'SAYS', 'REALLY'], rowsOf(shown, paint.width))]),
    ...(ignored > 0 ? [paint.dim(`${ignored} more not in the spec (ignore)`)] : []),
    ...(verbose
      ? [
          '',
          ...report.rows
            .filter(({ images }) => images.length > 0)
            .map(({ state: name, images }) => `${name}: ${images.join(', ')}`),
        ]
      : []),
    ...(report.conditions.length === 0 ? [] : ['', `conditions: ${report.conditions.join(', ')}`]),
    ...report.gaps.flatMap(({ what, because, settle }) =>
      wrap(`unknown: ${what}: ${because}; ${settle ?? ''}`, paint.width, '', '  '),
    ),
  ].join('\n');
};

const text = ({ installed, policies, absent }: PolicyStatusAnswer, verbose: boolean, paint: Paint): string => {
  const release =
    installed === undefined
      ? 'release of the operator unknown'
      : `network operator ${installed.version} in namespace ${installed.namespace} (${installed.source})`;
  if (policies.length === 0)
    return [
      absent
        ? paint.bad('There is no NicClusterPolicy: nothing deploys drivers, nv-ipam, multus or device plugins.')
        : 'The input holds no NicClusterPolicy, and does not show that there is none.',
      absent
        ? '-> write one named nic-cluster-policy, and check it with nicwright policy check'
        : '-> kubectl get nicclusterpolicies.mellanox.com -o yaml',
      paint.dim(release),
    ].join('\n');
  return [...policies.map((report) => reportText(report, verbose, paint)), paint.dim(release)].join('\n\n');
};

const exitOf = ({ policies, absent }: PolicyStatusAnswer): ExitCode => {
  if (policies.length === 0) return absent ? EXIT.findings : EXIT.unreadable;
  return policies.every(({ ready }) => ready === true) ? EXIT.clean : EXIT.findings;
};

const isReady = ({ policies }: PolicyStatusAnswer): boolean =>
  policies.length > 0 && policies.every(({ ready }) => ready === true);

const POLL_MS = 5_000;

/** Reads until the policy is ready or the time is over; the last reading is what is shown. */
const waitForReady = async (
  context: CommandContext,
  first: PolicyStatusAnswer,
  read: () => Promise<Result<PolicyStatusAnswer>>,
  timeoutMs: number,
): Promise<Result<PolicyStatusAnswer>> => {
  const began = context.clock.now();
  let answer = first;
  while (!isReady(answer) && context.clock.now() - began < timeoutMs) {
    const open = answer.policies.flatMap(({ rows }) => rows).filter(({ word }) => word === 'notReady');
    context.progress(`waiting for ${open.length > 0 ? open.map(({ state }) => state).join(', ') : 'the policy'}`);
    await context.clock.sleep(POLL_MS);
    const again = await read();
    if (!again.ok) return again;
    answer = again.value;
  }
  return ok(answer);
};

export default defineCommand({
  path: 'policy status',
  about: "Shows a NicClusterPolicy's state per component, and what the operator's word leaves out",
  examples: [
    { line: 'policy status --from dump/', does: "one row per component: the operator's word and what really runs" },
    {
      line: 'policy status --from dump/ --release 25.7.0 -v',
      does: 'with the images of that release, ignored states too',
    },
    {
      line: 'policy status --context dgx --wait --timeout 10m',
      does: 'wait until everything really runs; exit 1 if it does not in time',
    },
  ],
  options: [
    { flags: '--release <version>', about: 'release of the operator, where no input shows it' },
    { flags: '--wait', about: 'read the live cluster again until the policy is ready' },
    { flags: '--timeout <duration>', about: 'how long to wait: 90s, 10m, 1h', default: '10m' },
  ],
  readsSnapshot: 'objects',
  run: async (context, _args, options) => {
    const named = options['release'];
    const release = typeof named === 'string' ? named : undefined;
    const given = typeof options['timeout'] === 'string' ? options['timeout'] : '10m';
    const timeout = durationMs(given);
    if (timeout === undefined)
      return fail('usage', `--timeout ${given} is no duration; write for example 90s, 10m or 1h.`);
    if (options['wait'] === true && Array.isArray(options['from']))
      return fail('usage', '--wait needs a live cluster: files do not change.');
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    let answer = policyStatus(snapshot.value, release);
    if (answer.ok && options['wait'] === true) {
      const read = async (): Promise<Result<PolicyStatusAnswer>> => {
        const again = await context.readAgain();
        return again.ok ? policyStatus(again.value, release) : again;
      };
      answer = await waitForReady(context, answer.value, read, timeout);
    }
    if (!answer.ok) return answer;
    const { value } = answer;
    return ok({ exit: exitOf(value), data: value, text: (paint) => text(value, options['verbose'] === true, paint) });
  },
});
