/** Where the real Ironic 39.0.0 answers other than what was recorded from 21.4.4, or other than we do, each by name. */
import type { PortAnswer } from '../../../src/core/smartnic/port-api.ts';
import type { AskedIronic } from './ask-ironic.ts';

/** Shared cases by name, with what 39.0.0 answers; the recorded answer stands in the case. */
export const RECORDED_DIFFERENCES: Readonly<Record<string, string>> = {};

const SEVERAL_CAUSES = 'which of several causes is named is the choice of the JSON schema library';
const NEWER_SERVER = 'we answer as 1.82, and 39.0.0 knows more versions and fields';

/** Our own requests by name: why our words may differ, although the status is the same. */
export const OTHER_WORDS: Readonly<Record<string, string>> = {
  'post managed only': SEVERAL_CAUSES,
  'post unknown network type': SEVERAL_CAUSES,
  'post number in the link': SEVERAL_CAUSES,
  'post version too high': NEWER_SERVER,
  'post wrong major version': NEWER_SERVER,
  'patch unknown path': NEWER_SERVER,
  'patch read-only path': NEWER_SERVER,
};

/** The list of frozen attributes is a Python set, whose order differs from run to run. */
const settled = (message: string | undefined): string | undefined =>
  message?.replace(/\(([a-z_, ]+)\)/, (_, names: string) => `(${names.split(', ').sort().join(', ')})`);

/** Undefined when both answers are the same. */
export const ironicDifference = (name: string, ours: PortAnswer, real: AskedIronic): string | undefined => {
  if (ours.http !== real.http)
    return `${name}: we answer ${ours.http} (${ours.message ?? ''}), Ironic ${real.http} (${real.message ?? ''})`;
  if (settled(ours.message) !== settled(real.message) && !(name in OTHER_WORDS))
    return `${name}: we say "${ours.message ?? ''}", Ironic "${real.message ?? ''}"`;
  if (ours.stored !== undefined && real.stored !== undefined)
    for (const field of [
      'address',
      'is_smartnic',
      'local_link_connection',
      'pxe_enabled',
      'physical_network',
      'extra',
    ] as const)
      if (
        field in real.stored &&
        JSON.stringify(sorted(ours.stored[field])) !== JSON.stringify(sorted(real.stored[field]))
      )
        return `${name}: we store ${field} ${JSON.stringify(ours.stored[field])}, Ironic ${JSON.stringify(real.stored[field])}`;
  if (ours.shown !== undefined && real.shown !== undefined) {
    const keys = (shown: Readonly<Record<string, unknown>>): string =>
      Object.keys(shown)
        .filter((key) => !['links', 'created_at', 'updated_at'].includes(key))
        .sort()
        .join(',');
    if (keys(ours.shown) !== keys(real.shown))
      return `${name}: we show ${keys(ours.shown)}, Ironic ${keys(real.shown)}`;
  }
  return undefined;
};

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
