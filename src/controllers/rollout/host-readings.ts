/** What a host answers to the questions of a visit, read by core/inventory. A host that gives no answer leaves the fact untold. */
import type { HostReading } from '../../core/inventory/readers/host-reading.ts';
import { readHostText } from '../../core/inventory/readers/read-host-text.ts';
import type { HostQuestion } from '../../core/model/host-question.ts';
import type { HostAnswer } from '../../core/ports/host-tools.ts';
import type { Result } from '../../core/result.ts';
import type { CardReading } from '../../core/visit/gates/firmware-gate.ts';
import type { DeviceLinks } from '../../core/visit/gates/link-gates.ts';
import type { VfCount } from '../../core/visit/gates/node-gates.ts';
import { told, untold, type Told } from '../../core/visit/told.ts';
import type { RolloutPorts } from './rollout-ports.ts';

export const askHost = async (
  { hostTools }: Pick<RolloutPorts, 'hostTools'>,
  node: string,
  question: HostQuestion,
  signal: AbortSignal,
): Promise<Result<HostAnswer>> => {
  const tools = await hostTools(node);
  return tools.ok ? tools.value.ask(question, { signal }) : tools;
};

const readingsOf = ({ output, command }: HostAnswer): readonly HostReading[] =>
  readHostText(`$ ${command.join(' ')}\n${output}`, { source: 'host' });

/** What the firmware tool said of a card, as settings or as its problem. */
export const cardReading = (pci: string, answer: HostAnswer): CardReading => {
  const readings = readingsOf(answer);
  const settings = readings.flatMap((reading) => (reading.kind === 'settings' ? reading.settings : []));
  if (settings.length > 0)
    return {
      pci,
      settings: settings.map(({ name, current, next }) => ({
        name,
        ...(current !== undefined && { current }),
        ...(next !== undefined && { next }),
      })),
    };
  const message = readings.find((reading) => reading.kind === 'tool-message');
  const said = message?.text ?? answer.output.trim().split('\n')[0] ?? '';
  return {
    pci,
    settings: [],
    problem: said === '' ? 'the firmware tool printed nothing' : `the firmware tool says: ${said}`,
  };
};

export const readCards = async (
  ports: Pick<RolloutPorts, 'hostTools'>,
  node: string,
  pcis: readonly string[],
  signal: AbortSignal,
): Promise<Told<readonly CardReading[]>> => {
  const readings: CardReading[] = [];
  for (const pci of pcis) {
    const answer = await askHost(ports, node, { ask: 'firmware-settings', pci }, signal);
    if (!answer.ok) return untold(`the firmware of ${pci} cannot be read: ${answer.fault.message}`);
    readings.push(cardReading(pci, answer.value));
  }
  return told(readings);
};

/** One entry for each function that was asked for: a file that is not there is an answer, too. */
export const readVfCounts = async (
  ports: Pick<RolloutPorts, 'hostTools'>,
  node: string,
  pcis: readonly string[],
  signal: AbortSignal,
): Promise<Told<readonly VfCount[]>> => {
  if (pcis.length === 0) return told([]);
  const answer = await askHost(ports, node, { ask: 'vf-counts', pcis }, signal);
  if (!answer.ok) return untold(`the VFs cannot be counted: ${answer.fault.message}`);
  const counts = new Map(
    readingsOf(answer.value).flatMap((reading) =>
      reading.kind === 'vf-count' && reading.file === 'sriov_numvfs' && reading.pci !== undefined
        ? [[reading.pci, reading.count] as const]
        : [],
    ),
  );
  const unread = pcis.find((pci) => !counts.has(pci));
  return unread === undefined
    ? told(pcis.map((pci) => ({ pci, numVfs: counts.get(pci) ?? 'absent' })))
    : untold(`sriov_numvfs of ${unread} was not answered`);
};

/** Functions of which the host says nothing are left out; where it cannot be asked such a thing at all, that is all of them. */
export const readDeviceLinks = async (
  ports: Pick<RolloutPorts, 'hostTools'>,
  node: string,
  pcis: readonly string[],
  signal: AbortSignal,
): Promise<Told<readonly DeviceLinks[]>> => {
  if (pcis.length === 0) return told([]);
  const answer = await askHost(ports, node, { ask: 'links', pcis }, signal);
  if (!answer.ok && answer.fault.code === 'host-no-tool') return told([]);
  if (!answer.ok) return untold(`PCIe links and ports cannot be read: ${answer.fault.message}`);
  return told(readingsOf(answer.value).flatMap((reading) => (reading.kind === 'device-links' ? [reading] : [])));
};

/** None where no driver lists any: a GPU that is not told is counted by its resource all the same. */
export const readGpus = async (
  ports: Pick<RolloutPorts, 'hostTools'>,
  node: string,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const answer = await askHost(ports, node, { ask: 'gpus' }, signal);
  return answer.ok ? readingsOf(answer.value).flatMap((one) => (one.kind === 'gpus' ? one.pcis : [])) : [];
};
