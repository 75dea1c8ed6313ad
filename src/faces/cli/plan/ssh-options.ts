/** The options by which hosts are reached by ssh instead of through pods, and what they come to. */
import { isMap } from '../../../core/model/dig.ts';
import type { SshLogin } from '../../../core/ports/host-access.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import type { CommandContext, OptionSpec, OptionValues } from '../command.ts';

export const SSH_OPTIONS: readonly OptionSpec[] = [
  { flags: '--ssh', about: 'ask and change hosts by ssh, and through no pods; never with a password' },
  { flags: '--ssh-user <user>', about: "whom to log in as; else as ssh's own configuration says" },
  { flags: '--ssh-port <port>', about: 'the port of sshd on every host' },
  { flags: '--ssh-identity <file>', about: 'the private key' },
  { flags: '--ssh-known-hosts <file>', about: "host keys to trust, instead of the user's" },
  { flags: '--ssh-hosts <file>', about: 'a map from node to address; else InternalIP and Hostname of the Node' },
  { flags: '--ssh-sudo', about: 'run commands on the hosts by sudo -n' },
];

const FURTHER = ['sshUser', 'sshPort', 'sshIdentity', 'sshKnownHosts', 'sshHosts', 'sshSudo'] as const;

const readAddresses = async (context: CommandContext, path: string): Promise<Result<SshLogin['addresses']>> => {
  const documents = await context.readDocuments(path);
  if (!documents.ok) return documents;
  const map = documents.value[0]?.value;
  const entries = isMap(map) ? Object.entries(map) : [];
  if (entries.length === 0 || entries.some(([, address]) => typeof address !== 'string'))
    return fail('input-ssh', `${path}: a map from node to its name or IP address is wanted; see docs/host-access.md.`);
  return ok(Object.fromEntries(entries.map(([node, address]) => [node, String(address)])));
};

/** Undefined: hosts are reached through pods. */
export const readSshOptions = async (
  context: CommandContext,
  options: OptionValues,
): Promise<Result<SshLogin | undefined>> => {
  const text = (name: (typeof FURTHER)[number]): string | undefined => {
    const value = options[name];
    return typeof value === 'string' ? value : undefined;
  };
  if (options['ssh'] !== true)
    return FURTHER.some((name) => options[name] !== undefined)
      ? fail('usage', 'Options --ssh-... shape what --ssh does; give --ssh, too.')
      : ok(undefined);
  if (options['hostPods'] === true)
    return fail('usage', 'Hosts are reached by one way: give --ssh, or --host-pods, not both.');
  const [user, port, identityFile, knownHostsFile, file] = [
    text('sshUser'),
    text('sshPort'),
    text('sshIdentity'),
    text('sshKnownHosts'),
    text('sshHosts'),
  ];
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536))
    return fail('usage', `--ssh-port takes a port, not ${JSON.stringify(port)}.`);
  const addresses = file === undefined ? ok({}) : await readAddresses(context, file);
  if (!addresses.ok) return addresses;
  return ok({
    ...(user !== undefined && { user }),
    ...(port !== undefined && { port: Number(port) }),
    ...(identityFile !== undefined && { identityFile }),
    ...(knownHostsFile !== undefined && { knownHostsFile }),
    sudo: options['sshSudo'] === true,
    addresses: addresses.value,
  });
};
