/** `nicwright power check`: proves reachability, account, identity and abilities of the BMCs of nodes, and changes nothing. */
import { powerCheck, type PowerCheck } from '../../../app/power/power-check.ts';
import type { BmcSources } from '../../../app/power/find-bmc-entry.ts';
import { isMap } from '../../../core/model/dig.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { defineCommand, type CommandContext, type OptionValues } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Paint } from '../paint.ts';

const readMap = async (context: CommandContext, path: string): Promise<Result<NonNullable<BmcSources['file']>>> => {
  const documents = await context.readDocuments(path);
  if (!documents.ok) return documents;
  const [document] = documents.value;
  return isMap(document?.value)
    ? ok({ path, map: document.value })
    : fail('input-bmc', `${path}: a map from node to its BMC is wanted; see docs/power.md for its form.`);
};

/** A file alone is enough where the cluster is not named; otherwise the cluster is asked, too. */
const readSources = async (context: CommandContext, options: OptionValues): Promise<Result<BmcSources>> => {
  const path = options['bmc'];
  const file = typeof path === 'string' ? await readMap(context, path) : undefined;
  if (file !== undefined && !file.ok) return file;
  const fromFile = file === undefined ? {} : { file: file.value };
  const namesCluster = options['kubeconfig'] !== undefined || options['context'] !== undefined;
  if (file !== undefined && !namesCluster) return ok(fromFile);
  const cluster = await context.cluster();
  if (!cluster.ok) return cluster;
  return ok({ ...fromFile, cluster: { api: cluster.value.api, readYaml: context.readYaml } });
};

const ABILITY = { on: 'on', off: 'off', 'graceful-off': 'graceful shutdown', 'ac-cycle': 'AC cycle' } as const;

const abilityLine = ({ abilities }: PowerCheck): readonly string[] => {
  if (abilities === undefined) return [];
  const { requests, acCycle, afterPowerLoss, bootTargets, role } = abilities;
  return [
    `can: ${requests.map((request) => ABILITY[request]).join(', ')}${acCycle ? ', AC cycle' : ''}`,
    role === undefined
      ? 'role of the account: not told; the first request shows whether it may switch power'
      : `role of the account: ${role}`,
    ...(bootTargets === undefined ? [] : [`next boot: ${bootTargets.join(', ') || 'no target'}`]),
    ...(afterPowerLoss === undefined ? [] : [`after a loss of power: ${afterPowerLoss}`]),
  ];
};

const describe = (check: PowerCheck, paint: Paint): string => {
  const { node, via, source, power, identity, refusals } = check;
  const good = refusals.length === 0;
  const machine = [identity?.manufacturer, identity?.model, identity?.serial].filter((one) => one !== undefined);
  const facts = [
    ...(via === undefined ? [] : [`${via}${source === undefined ? '' : ` (${source})`}`]),
    ...(power === undefined
      ? []
      : [`power ${power}${machine.length === 0 ? '' : `, ${machine.join(' ')}`}${good ? ', it is this host' : ''}`]),
    ...abilityLine(check),
    ...(check.arms ?? []).map(({ card, via: at, state, said }) => `Arm side of ${card}: ${state} (${said}), ${at}`),
  ];
  return [
    `${paint.bold(node)}: ${good ? paint.good('its power can be switched from here') : paint.bad('its power cannot be switched from here')}`,
    ...refusals.map(({ because, wayOut }) => `  ${because}${wayOut === '' ? '' : `\n    -> ${wayOut}`}`),
    ...facts.map((line) => `  ${paint.dim(line)}`),
  ].join('\n');
};

/** A pod knows its node by the downward API; a laptop is no node. */
const weRunOn = (node: string | undefined): { readonly node: string } | 'outside' =>
  node === undefined || node === '' ? 'outside' : { node };

export default defineCommand({
  path: 'power check',
  about:
    "Proves that nodes' power could be switched: BMC reached, account taken, right host, what it can do; changes nothing",
  examples: [
    { line: 'power check dgx030 dgx031', does: 'asks the BMCs that the cluster names for these nodes' },
    { line: 'power check dgx030 --bmc bmcs.yaml', does: 'with addresses and accounts from a file' },
  ],
  arguments: [{ name: 'NODE...', about: 'nodes' }],
  options: [
    { flags: '--bmc <file>', about: 'a file: node -> address, username, password; it counts before the cluster' },
    { flags: '--node-name <name>', about: 'the node that this process runs on, where it runs in the cluster' },
  ],
  usesCluster: true,
  run: async (context, args, options) => {
    const sources = await readSources(context, options);
    if (!sources.ok) return sources;
    const own = options['nodeName'];
    const checks: PowerCheck[] = [];
    for (const node of args) {
      context.progress(`asking the BMC of ${node}`);
      checks.push(
        await powerCheck(node, {
          sources: sources.value,
          openBmc: context.openBmc,
          weRunOn: weRunOn(typeof own === 'string' ? own : undefined),
        }),
      );
    }
    return ok({
      exit: checks.every(({ refusals }) => refusals.length === 0) ? EXIT.clean : EXIT.findings,
      data: checks,
      text: (paint) => checks.map((check) => describe(check, paint)).join('\n\n'),
    });
  },
});
