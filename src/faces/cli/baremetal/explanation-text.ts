/** The explanation of a bare-metal node as text: the answer, what stands against it, its ports, the steps, the isolation. */
import type { ExplainedPort, Explanation } from '../../../core/smartnic/explain/explain-node.ts';
import type { ExplainedStep } from '../../../core/smartnic/explain/explained-steps.ts';
import type { NodeFinding } from '../../../core/smartnic/explain/finding.ts';
import { ISOLATION_HEAD, ISOLATION_RISK } from '../../../core/smartnic/explain/isolation.ts';
import { showOrigin } from '../../../core/model/fact.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';
import { wrap } from '../diagnosis/wrap.ts';

/** Findings shown without -v; the rest is counted. */
const FINDINGS_SHOWN = 4;

const indented = (lines: readonly string[], by = '  '): readonly string[] => lines.map((line) => `${by}${line}`);

const mark = ({ level }: NodeFinding, paint: Paint): string =>
  level === 'problem' ? paint.bad('problem') : level === 'warning' ? paint.warn('warning') : paint.dim('unknown');

const findingLines = (finding: NodeFinding, paint: Paint, verbose: boolean): readonly string[] => [
  ...wrap(`${mark(finding, paint)} ${finding.about}: ${finding.says}`, paint.width, '', '  '),
  ...wrap(`since ${finding.because}`, paint.width, '  ', '  '),
  ...wrap(`do: ${finding.wayOut}`, paint.width, '  ', '  '),
  ...(verbose ? indented(finding.origins.map((origin) => paint.dim(`read in ${showOrigin(origin)}`))) : []),
];

const stepLines = (step: ExplainedStep, width: number, verbose: boolean): readonly string[] => {
  const head = `${String(step.number).padStart(width)}  ${step.inSetup ? '| ' : ''}${step.says}`;
  if (!verbose) return [head];
  return [
    `${head}  [${step.word}]`,
    `${' '.repeat(width + 4)}since ${step.because}`,
    ...(step.ports ?? []).flatMap(({ port, unusable, actions }) => [
      `${' '.repeat(width + 4)}port ${port}${unusable === undefined ? ':' : `: skipped, ${unusable}`}`,
      ...actions.map(({ says, role }) => `${' '.repeat(width + 6)}${says}${role === undefined ? '' : ` (${role})`}`),
    ]),
  ];
};

const stepsText = (
  { steps, flow, deployInterface, setupCycles, refused, practice }: Explanation,
  paint: Paint,
  verbose: boolean,
): readonly string[] => {
  if (refused !== undefined) return [];
  const how = practice === 'ironic' ? ', as Ironic does it' : '';
  const head = `${paint.bold(`Steps of ${flow}`)} (${deployInterface}${how}; the host is booted into setup ${setupCycles === 0 ? 'never' : setupCycles === 1 ? 'once' : `${setupCycles} times`})`;
  if (steps.length === 0) return ['', head, '  none'];
  const width = String(steps.length).length;
  let part = '';
  return [
    '',
    head,
    ...steps.flatMap((step) => {
      const lines = indented(stepLines(step, width, verbose));
      if (step.part === part) return lines;
      part = step.part;
      return [paint.dim(`  ${part}`), ...lines];
    }),
    ...(steps.some(({ inSetup }) => inSetup)
      ? [paint.dim('  | = the host stands in its setup, where no operating system runs')]
      : []),
  ];
};

const portDetail = ({ name, address, standing, host, agentSince }: ExplainedPort, paint: Paint): readonly string[] => [
  ...wrap(`${address ?? name} (${name}) ${standing.wired}: ${standing.because}`, paint.width, '  ', '    '),
  ...(agentSince === undefined ? [] : wrap(`the agent of ${host ?? '?'} ${agentSince}`, paint.width, '    ', '    ')),
];

const portsText = ({ ports }: Explanation, paint: Paint, verbose: boolean): readonly string[] => {
  if (ports.length === 0) return [];
  const rows = ports.map(({ address, host, bridgePort, bridge, uplink, agent, neutronPort, standing }) => [
    address ?? '-',
    bridgePort === undefined ? '-' : host === undefined ? bridgePort : `${bridgePort} in ${bridge}`,
    uplink ?? '-',
    agent,
    // The whole id stands in -o json.
    neutronPort?.replace(/^([0-9a-f]{8})-\S+/, '$1') ?? '-',
    standing.wired,
  ]);
  return [
    '',
    ...table(['PORT (A)', 'BRIDGE PORT (B)', 'UPLINK (C)', 'AGENT', 'NEUTRON PORT', 'WIRED'], rows)
      .split('\n')
      .map((line, index) => (index === 0 ? paint.bold(line) : line)),
    ...(verbose ? ports.flatMap((port) => portDetail(port, paint)) : []),
  ];
};

const isolationText = ({ isolation }: Explanation, paint: Paint, verbose: boolean): readonly string[] => {
  if (isolation.length === 0) return [];
  const failed = isolation.filter(({ verdict }) => verdict === 'fail');
  const untold = isolation.filter(({ verdict }) => verdict === 'cannot be told');
  const passed = isolation.length - failed.length - untold.length;
  const shown = verbose ? isolation : failed;
  return [
    '',
    `${paint.bold('Isolation')}: ${failed.length} failed, ${passed} passed, ${untold.length} cannot be told from this${verbose ? '' : ' (-v)'}`,
    ...(verbose ? wrap(`${ISOLATION_HEAD} ${ISOLATION_RISK}`, paint.width, '  ', '  ') : []),
    ...shown.flatMap(({ asks, verdict, because, settle }) => [
      ...wrap(`${verdict === 'fail' ? paint.bad(verdict) : verdict}: ${asks} ${because}`, paint.width, '  ', '    '),
      ...(settle === undefined ? [] : wrap(`to tell: ${settle}`, paint.width, '    ', '    ')),
    ]),
  ];
};

export const explanationText = (explanation: Explanation, paint: Paint, verbose: boolean): string => {
  const { headline, standsAt, findings, notes, origins } = explanation;
  const shown = verbose ? findings : findings.slice(0, FINDINGS_SHOWN);
  return [
    ...wrap(headline, paint.width, '', '  ').map(paint.bold),
    `state: ${standsAt}`,
    ...portsText(explanation, paint, verbose),
    ...(shown.length > 0 ? ['', ...shown.flatMap((finding) => findingLines(finding, paint, verbose))] : []),
    ...(shown.length < findings.length ? [`  and ${findings.length - shown.length} more (-v)`] : []),
    ...stepsText(explanation, paint, verbose),
    ...(notes.length > 0 ? ['', ...notes.flatMap((note) => wrap(`note: ${note}`, paint.width, '', '  '))] : []),
    ...isolationText(explanation, paint, verbose),
    ...(verbose ? ['', paint.dim(`read: ${origins.map(showOrigin).join(', ')}`)] : []),
  ].join('\n');
};
