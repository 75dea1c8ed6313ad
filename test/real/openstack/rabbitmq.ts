/** A RabbitMQ broker for one suite, on 127.0.0.1 only: its own epmd and its own ports, since the defaults are open to all. */
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { startGroup } from './process-group.ts';

export interface Broker {
  /** For `transport_url`. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';

export const startBroker = async (
  folder: string,
  ports: readonly [amqp: number, dist: number, epmd: number],
): Promise<Broker> => {
  const [amqp, dist, epmd] = ports;
  mkdirSync(path.join(folder, 'mnesia'), { recursive: true });
  const names = startGroup('epmd', ['-address', '127.0.0.1', '-port', String(epmd)], path.join(folder, 'epmd.log'), {});
  const server = startGroup(SERVER, [], path.join(folder, 'rabbitmq.log'), {
    HOME: folder,
    ERL_EPMD_PORT: String(epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: 'nicwright@localhost',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(amqp),
    RABBITMQ_DIST_PORT: String(dist),
    RABBITMQ_MNESIA_BASE: path.join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_ENABLED_PLUGINS_FILE: path.join(folder, 'enabled_plugins'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  });
  await server.ready(() => accepts(amqp));
  return {
    url: `rabbit://guest:guest@127.0.0.1:${amqp}/`,
    stop: async () => {
      await server.kill();
      await names.kill();
    },
  };
};

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
