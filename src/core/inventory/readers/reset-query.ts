/**
 * `mstfwreset|mlxfwreset q` and the transcript of a `reset` (reference: sriov.md 3.2). The query's last lines, where the
 * firmware has register MRSI, tell whether the last reset was warm or cold (mstflint mlxfwresetlib/cmd_reg_mrsi.py:83-100).
 */
import { taken, type Reader } from './host-reading.ts';
import { isBlank } from './text-lines.ts';

const HEADING = /^\s*Reset-(levels|types|sync)\b[^:]*:\s*$/;
const ROW = /^\s*(\d{1,2}):\s.*-(Not )?supported\b([^\n]*)$/i;
const REASON = /^\s*Reset-reason:\s*.*?\b(warm|cold)\b/i;
const ANY_REASON = /^\s*Reset-reason:/i;
const CLOCKS = /^\s*Timestamp \(number of clock cycles\) since last cold reset:\s*(\d{1,20})\s*$/i;

type Part = 'levels' | 'types' | 'sync';

export const readResetQuery: Reader = ({ lines, at }) => {
  const first = lines[at]?.text ?? '';
  if (!HEADING.test(first) && !ANY_REASON.test(first) && !CLOCKS.test(first)) return undefined;
  const tables: Record<Part, Record<string, boolean>> = { levels: {}, types: {}, sync: {} };
  const defaults: Partial<Record<Part, number>> = {};
  let resetReason: 'warm' | 'cold' | undefined;
  let clocks: number | undefined;
  let part: Part | undefined;
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined) break;
    if (isBlank(line)) continue;
    const heading = HEADING.exec(line.text)?.[1] as Part | undefined;
    const row = ROW.exec(line.text);
    const reason = REASON.exec(line.text)?.[1];
    const clock = CLOCKS.exec(line.text)?.[1];
    if (heading !== undefined) part = heading;
    else if (row?.[1] !== undefined && part !== undefined) {
      tables[part][String(Number(row[1]))] = row[2] === undefined;
      if (/\(default\)/i.test(row[3] ?? '')) defaults[part] = Number(row[1]);
    } else if (reason !== undefined) resetReason = reason.toLowerCase() === 'cold' ? 'cold' : 'warm';
    else if (clock !== undefined) clocks = Number(clock);
    else if (!ANY_REASON.test(line.text)) break;
    next = here + 1;
  }
  return taken(next, {
    kind: 'reset-query',
    levels: tables.levels,
    types: tables.types,
    sync: tables.sync,
    ...(defaults.levels !== undefined && { defaultLevel: defaults.levels }),
    ...(defaults.types !== undefined && { defaultType: defaults.types }),
    ...(defaults.sync !== undefined && { defaultSync: defaults.sync }),
    ...(resetReason !== undefined && { resetReason }),
    ...(clocks !== undefined && { clocksSinceColdReset: clocks }),
  });
};

const RUN = /^\s*(?:The reset level for device|Minimal reset level for device|-I- Sending Reset Command)/;
const RUN_LEVEL = /^\s*(\d):\s+\S/;

export const readResetRun: Reader = ({ lines, at }) => {
  if (!RUN.test(lines[at]?.text ?? '')) return undefined;
  let level: number | undefined;
  let loaded = false;
  let next = at;
  for (let here = at; here < lines.length; here += 1) {
    const line = lines[here];
    if (line === undefined) break;
    if (isBlank(line)) continue;
    const named = RUN_LEVEL.exec(line.text)?.[1];
    if (named !== undefined) level ??= Number(named);
    else if (/FW was loaded successfully/.test(line.text)) loaded = true;
    else if (!RUN.test(line.text) && !/^\s*(?:Continue with reset|-I- )/.test(line.text)) break;
    next = here + 1;
  }
  return taken(next, { kind: 'reset-run', ...(level !== undefined && { level }), loaded });
};
