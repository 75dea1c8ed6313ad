/**
 * What ssh says when it ends with 255, told apart: each kind of failure is one fault with one sentence. ssh's own words are a
 * table of patterns here (OpenSSH 8 to 10); what fits none of them is said as it was printed and is no answer of the host.
 */
import { fail, type NextMove, type Result } from '../../core/result.ts';

interface Kind {
  readonly code: string;
  readonly says: RegExp;
  readonly next: NextMove;
  readonly sentence: (where: string, stderr: string) => string;
}

const FINGERPRINT = /\b(\w+) key sent by the remote host is\s+(SHA256:\S+?)\.?(?=\s|$)/;
const OFFENDING = /Offending \S+ key in (\S+?):(\d+)/;
/** Why a key could not be used stands before the refusal that follows from it. */
const KEY_TROUBLE =
  /^(?:Load key .*|no such identity: .*|Permissions \S+ for .* are too open\.?|sign_and_send_pubkey: .*)$/m;

const keyChanged = (where: string, stderr: string): string => {
  const [, kind = '', fingerprint = ''] = FINGERPRINT.exec(stderr) ?? [];
  const [, file, line] = OFFENDING.exec(stderr) ?? [];
  const seen = fingerprint === '' ? 'another key' : `${kind} ${fingerprint}`;
  const known = file === undefined ? 'the known host key' : `what ${file} has in line ${line ?? '?'}`;
  return `The host key of ${where} has changed: ${seen} was seen, and ${known} is another. Nothing was sent to it. Find out first why (another machine at this address, or a new installation); only if it is right: ssh-keygen -R with this address${file === undefined ? '' : ` -f ${file}`}, and note the new key.`;
};

/** In this order: a changed key is followed by "Host key verification failed", too. */
const KINDS: readonly Kind[] = [
  {
    code: 'host-key-changed',
    says: /REMOTE HOST IDENTIFICATION HAS CHANGED|REVOKED HOST KEY DETECTED/,
    next: 'wait',
    sentence: (where, stderr) =>
      /REVOKED HOST KEY/.test(stderr)
        ? `The host key of ${where} is marked as revoked. Nothing was sent to it; find out why before it is trusted again.`
        : keyChanged(where, stderr),
  },
  {
    code: 'host-key-unknown',
    says: /host key is known for|Host key verification failed/,
    next: 'wait',
    sentence: (where) =>
      `The host key of ${where} is not known here; check its fingerprint on its console, and note it in known_hosts (--ssh-known-hosts FILE; ssh-keyscan prints the key).`,
  },
  {
    code: 'host-ssh-denied',
    says: /Permission denied|Too many authentication failures/,
    next: 'wait',
    sentence: (where, stderr) => {
      const trouble = KEY_TROUBLE.exec(stderr)?.[0];
      return `${where} does not take our key${trouble === undefined ? '' : ` (${trouble.trim()})`}; give the right --ssh-user and --ssh-identity, and see that its authorized_keys has the key.`;
    },
  },
  {
    code: 'host-ssh-name',
    says: /Could not resolve hostname/,
    next: 'wait',
    sentence: (where) =>
      `The name of ${where} is not resolved here; give an address that is (--ssh-hosts FILE), or see to the name service.`,
  },
  {
    code: 'host-ssh-refused',
    says: /Connection refused/,
    next: 'retry',
    sentence: (where) => `${where} refuses the connection; see whether sshd runs there and on which port (--ssh-port).`,
  },
  {
    code: 'host-ssh-timeout',
    says: /timed out|Timeout, server/,
    next: 'retry',
    sentence: (where) => `${where} gave no answer in time; see whether the host is up and a firewall lets us through.`,
  },
  {
    code: 'host-ssh-unreachable',
    says: /No route to host|Network is unreachable/,
    next: 'retry',
    sentence: (where) => `There is no way to ${where} from here; see to the network, or give another address.`,
  },
  {
    code: 'host-ssh-negotiate',
    says: /Unable to negotiate/,
    next: 'wait',
    sentence: (where, stderr) => `${where} and the ssh client here have no algorithm in common: ${lastLine(stderr)}.`,
  },
];

/** The connection stood, and went down while the command ran; before that ssh uses other words. */
const DROPPED =
  /Connection to \S+ closed by remote host|Read from remote host|client_loop: send disconnect|Timeout, server \S+ not responding/;

export const isDropped = (stderr: string): boolean => DROPPED.test(stderr);

const lastLine = (text: string): string =>
  (text.trim().split('\n').at(-1) ?? '')
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 200);

export const sshFailure = (where: string, stderr: string): Result<never> => {
  const kind = KINDS.find(({ says }) => says.test(stderr));
  if (kind !== undefined) return fail(kind.code, kind.sentence(where, stderr), kind.next);
  const said = lastLine(stderr);
  return fail(
    'host-ssh-failed',
    isDropped(stderr)
      ? `The connection to ${where} went down before the command had ended; what came of it has to be read.`
      : `ssh to ${where} ended with 255${said === '' ? ' and without a word' : `: ${said}`}; try it by hand with ssh -v.`,
    'retry',
  );
};
