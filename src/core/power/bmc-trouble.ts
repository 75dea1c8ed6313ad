/**
 * Why a BMC told nothing, and what comes of it: what passes by itself (it restarts, is busy, an answer was lost) is waited for
 * up to a limit, what a person has to mend (account, certificate, address) is told at once.
 */
import type { Fault } from '../result.ts';

export interface BmcTrouble {
  readonly because: string;
  /** It passes by itself, as far as can be told. */
  readonly passes: boolean;
  readonly wayOut: string;
}

const WAYS_OUT: Readonly<Record<string, string>> = {
  'bmc-credentials': 'correct its user name and password in the Secret nicwright-bmc, or in the file of --bmc',
  'bmc-rights': 'give its account the role Operator',
  'bmc-certificate': 'find out whose certificate that is; then correct its ca or fingerprint',
  'bmc-redirect': 'correct the BMC address of this node',
  'bmc-system': 'name the system in the BMC address of this node',
};

/** One sentence of a fault without its full stop, so that it can stand within another. */
const plain = (message: string): string => message.trim().replace(/\.$/, '');

export const bmcTrouble = (node: string, { code, message, next }: Fault): BmcTrouble => ({
  because: plain(message),
  passes: next === 'retry',
  wayOut: WAYS_OUT[code] ?? `nicwright power check ${node}`,
});

/** The longest time for which a BMC may tell nothing: it restarts within a few minutes. */
export const BMC_SILENT_MS = 15 * 60_000;
