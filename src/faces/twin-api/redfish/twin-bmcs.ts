/** The BMCs of all hosts of a twin over Redfish, each at an address of its own and with one account. */
import { randomBytes } from 'node:crypto';
import type { ArmSide } from '../../../core/ports/arm-side.ts';
import type { Bmc } from '../../../core/ports/bmc.ts';
import { ok } from '../../../core/result.ts';
import { PERSONALITIES } from '../../../twin/hardware/bmc-personality.ts';
import type { Twin } from '../../../twin/twin.ts';
import type { ServerCertificate } from '../certificate/self-signed.ts';
import { redfishResponder } from './redfish-responder.ts';
import { startRedfishServer, type RedfishServer } from './redfish-server.ts';

/** The BMC of a BlueField of a host. */
export interface ArmBmc {
  readonly card: string;
  readonly serial: string;
  readonly url: URL;
}

export interface TwinBmcs {
  readonly login: { readonly username: string; readonly password: string };
  readonly urls: ReadonlyMap<string, URL>;
  /** Of the BlueFields of each host. */
  readonly arms: ReadonlyMap<string, readonly ArmBmc[]>;
  readonly close: () => Promise<void>;
}

type ServedHosts = Pick<Twin, 'hosts' | 'bmc'> & Partial<Pick<Twin, 'arm'>>;

/** As the BMC of a machine: its power stays on, and a graceful shutdown ends its Arm side. */
const bmcOfArm = (arm: ArmSide, serial: string): Bmc => ({
  where: arm.where,
  power: () => Promise.resolve(ok('on')),
  request: (request, options) =>
    request === 'graceful-off'
      ? arm.shutDown(options)
      : Promise.resolve(ok({ answer: 'refused', because: 'its power is that of its host' })),
  identity: () => Promise.resolve(ok({ manufacturer: 'Nvidia', model: 'BlueField-3', serial })),
});

/** Time must pass by itself (pace.ts): an answer of a BMC takes some of the twin's. */
export const serveTwinBmcs = async (twin: ServedHosts, certificate: ServerCertificate): Promise<TwinBmcs> => {
  const login = { username: 'admin', password: randomBytes(12).toString('hex') };
  const servers = new Map<string, RedfishServer>();
  const arms = new Map<string, readonly ArmBmc[]>();
  for (const [name, host] of twin.hosts) {
    const respond = redfishResponder({
      bmc: twin.bmc(name),
      login,
      bootId: () => host.bootId,
      keepsBootOverride: PERSONALITIES[host.spec.bmc ?? 'dgx'].keepsBootOverride,
      acCycle: PERSONALITIES[host.spec.bmc ?? 'dgx'].acCycle,
      restart: () => host.restart(),
    });
    servers.set(name, await startRedfishServer(respond, certificate));
    const own: ArmBmc[] = [];
    for (const { card, serial } of host.arms) {
      const arm = twin.arm?.(name, card);
      if (arm === undefined) continue;
      const respondArm = redfishResponder({
        bmc: bmcOfArm(arm, serial),
        login,
        bootId: () => host.bootId,
        keepsBootOverride: true,
        restart: () => false,
        armState: async () => {
          const reading = await arm.read();
          return reading.ok ? reading.value.said : undefined;
        },
      });
      const server = await startRedfishServer(respondArm, certificate);
      servers.set(`${name} ${card}`, server);
      own.push({ card, serial, url: server.url });
    }
    arms.set(name, own);
  }
  return {
    login,
    urls: new Map([...servers].flatMap(([name, { url }]) => (twin.hosts.has(name) ? [[name, url] as const] : []))),
    arms,
    close: async () => {
      await Promise.all([...servers.values()].map((server) => server.close()));
    },
  };
};
