/** `nicwright verify node NAME`: the gates of a visit alone; what the input cannot tell is unknown, never passed. */
import { verifyNode, type NodeVerdict } from '../../../core/visit/gates/verify-node.ts';
import type { Gate } from '../../../core/visit/gates/gate.ts';
import { ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Paint } from '../paint.ts';

const TITLES: Readonly<Record<Gate['gate'], string>> = {
  firmware: 'Firmware: current = next boot = wanted',
  vfs: 'VFs on every configured interface',
  'node-state': 'Node state finished and fresh',
  resources: 'Resources allocatable as promised',
  'left-with': 'Nothing lost',
  functions: 'Every function still there',
  links: 'PCIe links as fast and as wide as before',
  ports: 'Ports up as before',
  fits: 'Pods that wait would fit now',
};

const EXITS = { pass: EXIT.clean, fail: EXIT.findings, unknown: EXIT.unresolved } as const;

const word = (verdict: Gate['verdict'], paint: Paint): string =>
  ({
    pass: paint.good('pass'),
    fail: paint.bad('FAIL'),
    unknown: paint.warn('unknown'),
    'not-compared': paint.warn('not compared'),
    accepted: paint.warn('accepted'),
  })[verdict];

const verdictOf = (gates: readonly Gate[]): Gate['verdict'] => {
  if (gates.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return gates.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'pass';
};

/** Passed checks are counted; the others stand with their reason. */
const section = (name: Gate['gate'], gates: readonly Gate[], paint: Paint, verbose: boolean): readonly string[] => {
  const open = gates.filter(({ verdict }) => verdict !== 'pass');
  const passed = gates.length - open.length;
  const shown = verbose ? gates : open.slice(0, 6);
  return [
    `${word(verdictOf(gates), paint)}  ${TITLES[name]} (${passed} of ${gates.length})`,
    ...shown.map(({ on, because }) => `      ${on}: ${because}`),
    ...(!verbose && open.length > shown.length ? [`      and ${open.length - shown.length} more (-v)`] : []),
  ];
};

const render = ({ node, verdict, gates }: NodeVerdict, paint: Paint, verbose: boolean): string =>
  [
    `${paint.bold(node)}: ${word(verdict, paint)}`,
    ...[...Map.groupBy(gates, ({ gate }) => gate)].flatMap(([name, group]) => section(name, group, paint, verbose)),
  ].join('\n');

export default defineCommand({
  path: 'verify node',
  about: 'Checks that a node does what its policies promise: firmware, VFs, node state, resources, and waiting pods',
  examples: [
    { line: 'verify node dgx030', does: 'on the live cluster' },
    { line: 'verify node dgx031 --from describe.txt', does: 'from kubectl output; what is not in it is unknown' },
  ],
  arguments: [{ name: 'NAME', about: 'the node' }],
  options: [{ flags: '--strict', about: 'exit with 4 when something cannot be told' }],
  readsSnapshot: 'everything',
  run: async (context, [name = ''], options) => {
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    const verified = verifyNode(snapshot.value, name);
    if (!verified.ok) return verified;
    const { verdict } = verified.value;
    return ok({
      exit: verdict === 'unknown' && options['strict'] !== true ? EXIT.clean : EXITS[verdict],
      data: verified.value,
      text: (paint) => render(verified.value, paint, options['verbose'] === true),
    });
  },
});
