/**
 * What the clients people use send for a port, by client and by the newest version of the server: who can set
 * is_smartnic there, and how (recorded with ironicclient 5.0.1 and openstacksdk 0.101; gophercloud from its source).
 */
import { parseMicroversion, type Microversion } from './microversion.ts';

interface ClientFacts {
  readonly name: string;
  /** The version that is asked for first, or for every port call. */
  readonly asks: number;
  /** The lowest server version the client works with. */
  readonly floor: number;
  readonly setsSmartNic: boolean;
  readonly because: string;
}

export const CLIENTS = {
  ironicclient: {
    name: 'python-ironicclient 5.0.1 (openstack baremetal)',
    asks: 78,
    floor: 1,
    setsSmartNic: true,
    because: 'it knows --is-smartnic and sends the flag as the word "True" or "False"',
  },
  openstacksdk: {
    name: 'openstacksdk 0.101',
    asks: 34,
    floor: 1,
    setsSmartNic: false,
    because: 'its port model stops at 1.34, so is_smartnic is dropped without a word',
  },
  gophercloud: {
    name: 'gophercloud 2 (Metal3)',
    asks: 89,
    floor: 89,
    setsSmartNic: false,
    because: 'it never sends is_smartnic, and refuses servers below 1.89',
  },
} as const satisfies Readonly<Record<string, ClientFacts>>;

export type ClientName = keyof typeof CLIENTS;

interface PortCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly success: number;
}

/** `openstack baremetal` commands on ports and the call each makes. */
const PORT_COMMANDS: readonly (readonly [start: string, call: PortCall])[] = [
  ['port create', { method: 'POST', path: '/v1/ports', success: 201 }],
  ['port set', { method: 'PATCH', path: '/v1/ports/UUID', success: 200 }],
  ['port unset', { method: 'PATCH', path: '/v1/ports/UUID', success: 200 }],
  ['port show', { method: 'GET', path: '/v1/ports/UUID', success: 200 }],
  ['port list', { method: 'GET', path: '/v1/ports', success: 200 }],
  ['port delete', { method: 'DELETE', path: '/v1/ports/UUID', success: 204 }],
];

/** What ironicclient repeats: 409 means busy to it, so a wrong 409 costs its user ten seconds. */
export const REPEATED = { statuses: [409, 503], times: 5, secondsApart: 2 } as const;

/** The requests of one ironicclient command against a server whose newest version is `serverMax`, in order. */
export const ironicclientRequests = (command: string, serverMax: Microversion): readonly string[] => {
  const call = PORT_COMMANDS.find(([start]) => command.startsWith(start))?.[1];
  if (call === undefined) return [];
  const ask = `${call.method} ${call.path} 1.`;
  const { asks } = CLIENTS.ironicclient;
  if (serverMax.minor >= asks) return [`${ask}${asks} -> ${call.success}`];
  // The 406 itself carries the versions, but the client never reads them there: a 4xx response counts as false.
  return [`${ask}${asks} -> 406`, 'GET /v1 (no version header)', `${ask}${serverMax.minor} -> ${call.success}`];
};

/** The requests of one openstacksdk call, without its two discovery requests. */
export const openstacksdkRequests = (call: string): readonly string[] => {
  const named = (name: string): boolean => call.startsWith(`${name}(`);
  const dropped = call.includes('is_smartnic');
  const version = `1.${CLIENTS.openstacksdk.asks}`;
  if (named('create_port')) return [`POST /v1/ports ${version}${dropped ? ' without is_smartnic' : ''}`];
  if (named('update_port')) return dropped ? [] : [`PATCH /v1/ports/UUID ${version}`];
  if (named('ports')) return [`GET /v1/ports/detail ${version}`];
  return [];
};

/** Undefined when the client works with the server, else the sentence that says why not. */
export const clientRefuses = (client: ClientName, serverMax: string): string | undefined => {
  const max = parseMicroversion(serverMax, { major: 1, minor: 0 });
  const { name, floor } = CLIENTS[client];
  return max !== undefined && max.minor < floor ? `${name} needs a server of at least 1.${floor}` : undefined;
};
