/**
 * Lines of the SR-IOV config daemon's log that state something about firmware. Keyed on the message's stem and its fields,
 * never on file:line, which moved between releases (reference: diagnosis-ux.md 3.2). klog, zap console and the same pasted
 * with lost tabs are read; other lines of a log are taken as log and say nothing here.
 */
import { digFlag, digNumber, digText } from '../../model/dig.ts';
import { pciAddress } from '../../model/pci-address.ts';
import type { Origin } from '../../snapshot/snapshot.ts';
import { taken, type DaemonFact, type HostReading, type Reader } from './host-reading.ts';
import { toolProblem } from './tool-messages.ts';
import { isBlank, textLines, type TextLine } from './text-lines.ts';

const KLOG = /^\s*(?:\d{4}-\d\d-\d\dT\S+\s+)?[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ [^\s\]]+\] /;
const ZAP = /^\s*(?:\d{4}-\d\d-\d\dT\S+\s+)?(?:INFO|ERROR|WARN|DEBUG|LEVEL\(-?\d+\))\s+\S+\.(?:go|s):\d+\s/;
const JSON_REST = /^\s*\{".*\}\s*$/;
const BARE_STEM =
  /^\s*(?:,\s*)?(?:Error when trying to check if NV access registers are supported|exit status \d+\s*$|.*(?:mellanox|generic)[- ]plugin|.*Changing TotalVfs)/i;
/** What a message that spans lines goes on with (`-E- Failed to open the device` / `, exit status 3`). */
const CONTINUATION = /^\s*,\s*exit status \d+\s*$/;

const START = /starting node writer|Starting SriovNetworkConfigDaemon|\bRun\(\): (?:node|start)/;
const HOST_RESTART = /\breboot node\b|rebootNode\(\)/;

const fieldsIn = (text: string): unknown => {
  const start = text.indexOf('{"');
  if (start < 0) return undefined;
  try {
    return JSON.parse(text.slice(start)) as unknown;
  } catch {
    return undefined;
  }
};

const vfChange = (text: string, fields: unknown): DaemonFact | undefined => {
  const inWords = /Changing TotalVfs (\d{1,5}) to (\d{1,5})/.exec(text);
  if (inWords !== null) return { fact: 'vf-change', current: Number(inWords[1]), requested: Number(inWords[2]) };
  const current = digNumber(fields, 'current');
  const requested = digNumber(fields, 'requested');
  if (!/Changing TotalVfs/.test(text) || current === undefined || requested === undefined) return undefined;
  return { fact: 'vf-change', current, requested };
};

const verdict = (text: string, fields: unknown): DaemonFact | undefined => {
  const inWords = /mellanox[- ]plugin needDrain (true|false) needReboot (true|false)/.exec(text);
  if (inWords !== null) return { fact: 'verdict', drain: inWords[1] === 'true', reboot: inWords[2] === 'true' };
  const reboot = digFlag(fields, 'need-reboot') ?? digFlag(fields, 'reboot-required');
  const drain = digFlag(fields, 'need-drain') ?? digFlag(fields, 'drain-required');
  return reboot === undefined ? undefined : { fact: 'verdict', reboot, ...(drain !== undefined && { drain }) };
};

const queriedDevice = (text: string, fields: unknown): string | undefined => {
  const named =
    /mstconfig,? \[[^\]]*-d (\S+)/.exec(text)?.[1] ??
    /(?:getMlnxNicFwData|mst[cC]onfigReadData|MstConfigReadData)\(\):? (?:try to read .* )?(?:for )?device (\S+)/.exec(
      text,
    )?.[1] ??
    (/(?:getMlnxNicFwData|MstConfigReadData)\(\)/.test(text) ? digText(fields, 'device') : undefined);
  return named === undefined ? undefined : pciAddress(named);
};

/** All facts of one line, given the device queried last. */
const factsOf = (text: string, lastDevice: string | undefined): readonly DaemonFact[] => {
  const fields = fieldsIn(text);
  const device = queriedDevice(text, fields);
  const problem = toolProblem(text);
  const status = /exit status (\d{1,3})\b/.exec(text)?.[1];
  const inDpuMode = /NIC (\S+) is in DPU mode/.exec(text)?.[1];
  const facts: (DaemonFact | undefined)[] = [
    vfChange(text, fields),
    verdict(text, fields),
    device === undefined ? undefined : { fact: 'query', device },
    problem === undefined
      ? undefined
      : { fact: 'tool-error', problem, text: text.trim(), ...(lastDevice !== undefined && { device: lastDevice }) },
    status === undefined ? undefined : { fact: 'exit-status', status: Number(status) },
    inDpuMode === undefined ? undefined : { fact: 'dpu-mode', device: inDpuMode },
    /lockdown mode/i.test(text) ? { fact: 'lockdown' } : undefined,
    /need reboot for updating kernel arguments/.test(text) ? { fact: 'kernel-arguments' } : undefined,
    START.test(text) ? { fact: 'start' } : undefined,
    HOST_RESTART.test(text) ? { fact: 'host-restart' } : undefined,
  ];
  return facts.filter((fact) => fact !== undefined);
};

const isLogLine = (line: TextLine): boolean => KLOG.test(line.text) || ZAP.test(line.text) || BARE_STEM.test(line.text);

type PlacedFact = DaemonFact & { readonly origin: Origin };

/** The facts of lines in order; `goesOn` says which line still belongs to the log. */
const collect = (lines: readonly TextLine[], at: number, source: string, goesOn: (line: TextLine) => boolean) => {
  const facts: PlacedFact[] = [];
  let lastDevice: string | undefined;
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined) break;
    if (isBlank(line)) continue;
    if (!goesOn(line)) break;
    const following = lines[here + 1];
    const wrapped = following !== undefined && JSON_REST.test(following.text);
    const origin = { source, line: line.number };
    for (const fact of factsOf(wrapped ? `${line.text} ${following.text}` : line.text, lastDevice)) {
      if (fact.fact === 'query') lastDevice = fact.device;
      facts.push({ ...fact, origin });
    }
    if (wrapped) here += 1;
    next = here + 1;
  }
  return { facts, next };
};

export const readDaemonLog: Reader = ({ lines, at, context }) => {
  const first = lines[at];
  if (first === undefined || !isLogLine(first) || /^\s*-[EIW]-/.test(first.text)) return undefined;
  const { facts, next } = collect(
    lines,
    at,
    context.source,
    (line) => isLogLine(line) || JSON_REST.test(line.text) || CONTINUATION.test(line.text),
  );
  return taken(next, { kind: 'daemon-log', facts });
};

/** Cheap test before a large log is read line by line. */
const TELLING =
  /TotalVfs|mstconfig|MstConfig|NV access|mellanox[- ]plugin|Mlnx|DPU mode|lockdown|exit status|-E- |need-reboot|reboot-required|kernel arguments|starting node writer|reboot node|rebootNode/i;

/** A log as a whole: only lines that may state something are looked at, so that large logs stay cheap. */
export const readDaemonLogText = (
  text: string,
  where: { readonly source: string; readonly node?: string; readonly firstLine?: number },
): readonly HostReading[] => {
  if (!TELLING.test(text)) return [];
  const all = textLines(text, where.firstLine);
  const telling = all.filter(
    (line, index) => TELLING.test(line.text) || (JSON_REST.test(line.text) && TELLING.test(all[index - 1]?.text ?? '')),
  );
  const { facts } = collect(telling, 0, where.source, () => true);
  const [first] = facts;
  if (first === undefined) return [];
  const context = { source: where.source, ...(where.node !== undefined && { node: where.node }) };
  return [{ kind: 'daemon-log', facts, context, origin: first.origin }];
};
