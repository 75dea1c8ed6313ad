/** The BMCs of all hosts of a twin over Redfish, each at an address of its own and with one account. */
import { randomBytes } from 'node:crypto';
import { PERSONALITIES } from '../../../twin/hardware/bmc-personality.ts';
import type { Twin } from '../../../twin/twin.ts';
import type { ServerCertificate } from '../certificate/self-signed.ts';
import { redfishResponder } from './redfish-responder.ts';
import { startRedfishServer, type RedfishServer } from './redfish-server.ts';

export interface TwinBmcs {
  readonly login: { readonly username: string; readonly password: string };
  readonly urls: ReadonlyMap<string, URL>;
  readonly close: () => Promise<void>;
}

/** Time must pass by itself (pace.ts): an answer of a BMC takes some of the twin's. */
export const serveTwinBmcs = async (
  twin: Pick<Twin, 'hosts' | 'bmc'>,
  certificate: ServerCertificate,
): Promise<TwinBmcs> => {
  const login = { username: 'admin', password: randomBytes(12).toString('hex') };
  const servers = new Map<string, RedfishServer>();
  for (const [name, host] of twin.hosts) {
    const respond = redfishResponder({
      bmc: twin.bmc(name),
      login,
      bootId: () => host.bootId,
      keepsBootOverride: PERSONALITIES[host.spec.bmc ?? 'dgx'].keepsBootOverride,
      restart: () => host.restart(),
    });
    servers.set(name, await startRedfishServer(respond, certificate));
  }
  return {
    login,
    urls: new Map([...servers].map(([name, { url }]) => [name, url])),
    close: async () => {
      await Promise.all([...servers.values()].map((server) => server.close()));
    },
  };
};
