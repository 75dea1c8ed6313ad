/** The Redfish emulator of sushy-tools on 127.0.0.1, with hosts of its fake driver; a change of power takes it 1 to 11 s. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../../scripts/real-parts/cache-folder.ts';
import { venvFolder } from '../../../scripts/real-parts/python-venv.ts';
import { execFileSync } from 'node:child_process';
import { startChild, type Child } from '../child.ts';

export interface SushyEmulator {
  readonly url: URL;
  readonly child: Child;
}

export interface FakeSystem {
  readonly uuid: string;
  readonly name: string;
}

/** A line of htpasswd by bcrypt, the only kind that the emulator reads. */
const htpasswd = (user: string, password: string): string => {
  const python = path.join(venvFolder(cacheFolder(), 'redfish'), 'bin/python');
  const program =
    'import bcrypt, os; print(bcrypt.hashpw(os.environ["PASSWORD"].encode(), bcrypt.gensalt(4)).decode())';
  const hash = execFileSync(python, ['-c', program], { env: { PASSWORD: password }, encoding: 'utf8' });
  return `${user}:${hash.trim()}\n`;
};

export const startSushyEmulator = async (
  folder: string,
  port: number,
  systems: readonly FakeSystem[],
  login: { readonly user: string; readonly password: string },
  tls: { readonly cert: string; readonly key: string },
): Promise<SushyEmulator> => {
  mkdirSync(folder, { recursive: true });
  const at = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text, { mode: 0o600 });
    return path.join(folder, name);
  };
  const fake = systems.map(({ uuid, name }) => ({ uuid, name, power_state: 'On', nics: [] }));
  const config = at(
    'emulator.conf',
    [
      "SUSHY_EMULATOR_LISTEN_IP = '127.0.0.1'",
      `SUSHY_EMULATOR_LISTEN_PORT = ${port}`,
      'SUSHY_EMULATOR_FAKE_DRIVER = True',
      `SUSHY_EMULATOR_STATE_DIR = '${folder}'`,
      `SUSHY_EMULATOR_AUTH_FILE = '${at('htpasswd', htpasswd(login.user, login.password))}'`,
      `SUSHY_EMULATOR_SSL_CERT = '${at('cert.pem', tls.cert)}'`,
      `SUSHY_EMULATOR_SSL_KEY = '${at('key.pem', tls.key)}'`,
      `SUSHY_EMULATOR_FAKE_SYSTEMS = ${JSON.stringify(fake)}`,
      '',
    ].join('\n'),
  );
  const program = path.join(venvFolder(cacheFolder(), 'redfish'), 'bin/sushy-emulator');
  const child = startChild('sushy-emulator', program, ['--config', config, '--fake'], {
    logFile: path.join(folder, 'log'),
  });
  const url = new URL(`https://127.0.0.1:${port}`);
  await child.ready(() => answers(port));
  return { url, child };
};

const answers = async (port: number): Promise<boolean> => {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
};
