/** `policy check`: a policy file against the release's table and, with --from, against the workloads of a cluster. */
import { policyCheck, type CheckedPolicy, type PolicyCheckAnswer } from '../../../app/nicpolicy/policy-check.ts';
import type { Proposal } from '../../../core/nicpolicy/check-policy.ts';
import { fieldText, type PolicyFinding } from '../../../core/nicpolicy/policy-finding.ts';
import { fail, ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { wrap } from '../diagnosis/wrap.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { namesSource } from '../joined-input.ts';
import type { Paint } from '../paint.ts';

const INDENT = ' '.repeat(9);

const findingLines = ({ document }: CheckedPolicy, finding: PolicyFinding, paint: Paint): readonly string[] => {
  const colour = { error: paint.bad, warning: paint.warn, note: paint.dim }[finding.severity];
  return [
    `${colour(finding.severity.padEnd(8))} ${paint.bold(fieldText(finding.path))} (${document.source}:${document.lineOf(finding.path)})`,
    ...wrap(finding.because, paint.width, INDENT, INDENT),
    ...(finding.wayOut === undefined ? [] : wrap(finding.wayOut, paint.width, `${INDENT}-> `, `${INDENT}   `)),
  ];
};

const proposalLines = ({ block: { maxParallelUpgrades, drain }, losesLocalData }: Proposal): readonly string[] => [
  'fits this cluster:',
  '    upgradePolicy:',
  '      autoUpgrade: true',
  `      maxParallelUpgrades: ${maxParallelUpgrades}`,
  '      drain:',
  '        enable: true',
  `        force: ${String(drain?.force ?? false)}`,
  `        deleteEmptyDir: ${String(drain?.deleteEmptyDir ?? false)}`,
  `        podSelector: ${JSON.stringify(drain?.podSelector ?? '')}`,
  `        timeoutSeconds: ${drain?.timeoutSeconds ?? 0}`,
  ...(losesLocalData.length === 0 ? [] : [`deleteEmptyDir lets go of the local data of ${losesLocalData.join(', ')}`]),
];

const policyText = (policy: CheckedPolicy, paint: Paint): string =>
  [
    `${policy.object}: ${policy.findings.length === 0 ? paint.good('nothing to say against it') : counts(policy.findings)}`,
    '',
    ...policy.findings.flatMap((finding) => findingLines(policy, finding, paint)),
    ...(policy.proposal === undefined ? [] : ['', ...proposalLines(policy.proposal)]),
    ...policy.gaps.flatMap(({ what, because, settle }) =>
      wrap(`unknown: ${what}: ${because}; ${settle ?? ''}`, paint.width, '', '  '),
    ),
  ].join('\n');

const counts = (findings: readonly PolicyFinding[]): string =>
  (['error', 'warning', 'note'] as const)
    .map((severity) => ({ severity, count: findings.filter((finding) => finding.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}${count === 1 ? '' : 's'}`)
    .join(', ');

const text = ({ release, releaseFrom, policies }: PolicyCheckAnswer, paint: Paint): string =>
  [
    ...policies.map((policy) => policyText(policy, paint)),
    paint.dim(`checked against ${release} (${releaseFrom})`),
  ].join('\n\n');

const exitOf = ({ policies }: PolicyCheckAnswer): ExitCode =>
  policies.some(({ findings }) => findings.some(({ severity }) => severity !== 'note')) ? EXIT.findings : EXIT.clean;

/** What -o json prints: the findings with file and line in place of the document. */
const dataOf = ({ policies, ...told }: PolicyCheckAnswer): unknown => ({
  ...told,
  policies: policies.map(({ document, findings, ...policy }) => ({
    ...policy,
    findings: findings.map((finding) => ({
      ...finding,
      field: fieldText(finding.path),
      file: document.source,
      line: document.lineOf(finding.path),
    })),
  })),
});

export default defineCommand({
  path: 'policy check',
  about: 'Checks a NicClusterPolicy file: names, images, and what a driver upgrade would do to the workloads',
  examples: [
    {
      line: 'policy check -f nicclusterpolicy.yaml --from dump/',
      does: 'warns by field, and proposes the values for this cluster',
    },
    {
      line: 'policy check -f nicclusterpolicy.yaml --release 25.7.0',
      does: 'checks the file alone against one release',
    },
  ],
  options: [
    { flags: '-f, --file <file>', about: 'file with a NicClusterPolicy or NicNodePolicies; - is stdin' },
    { flags: '--release <version>', about: 'release to check against, in place of the running or the newest one' },
  ],
  readsSnapshot: 'objects',
  run: async (context, _args, options) => {
    const file = options['file'];
    if (typeof file !== 'string') return fail('usage-file', 'Which policy? Give -f FILE.');
    const documents = await context.readDocuments(file);
    if (!documents.ok) return documents;
    const snapshot = namesSource(options) ? await context.snapshot() : undefined;
    if (snapshot?.ok === false) return snapshot;
    const release = options['release'];
    const answer = policyCheck({
      path: file,
      documents: documents.value,
      ...(typeof release === 'string' ? { release } : {}),
      ...(snapshot === undefined ? {} : { snapshot: snapshot.value }),
    });
    if (!answer.ok) return answer;
    return ok({ exit: exitOf(answer.value), data: dataOf(answer.value), text: (paint) => text(answer.value, paint) });
  },
});
