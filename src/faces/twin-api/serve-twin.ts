/** A world on the network: its API, its administrator's token, and the pace at which its time passes. */
import { randomBytes } from 'node:crypto';
import type { Speed } from '../../core/model/speed.ts';
import { PRIVILEGED_GROUP } from '../../core/rbac/evaluate.ts';
import type { UserInfo } from '../../core/ports/kube-api.ts';
import type { VirtualClock } from '../../twin/virtual-clock.ts';
import type { Twin } from '../../twin/twin.ts';
import type { World } from '../../twin/world/world.ts';
import { type RequestEntry, startApiServer } from './api-server.ts';
import { selfSignedCertificate } from './certificate/self-signed.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { ObjectTexts } from './object-texts.ts';
import { startPace } from './pace.ts';
import { writeBmcSecret } from './redfish/bmc-secret.ts';
import { serveTwinBmcs } from './redfish/twin-bmcs.ts';
import { Tokens } from './tokens.ts';

export interface ServeOptions {
  readonly world: World;
  readonly clock: VirtualClock;
  /** Their BMCs are served by Redfish, and found by the Secret nicwright-bmc. */
  readonly machines?: Pick<Twin, 'hosts' | 'bmc'> & Partial<Pick<Twin, 'arm'>>;
  readonly speed: Speed;
  /** 0: any that is free. */
  readonly port: number;
  /** Milliseconds of the real clock, by which clients check the certificate. */
  readonly now: number;
  /** Tokens that hold beside the administrator's. */
  readonly users?: ReadonlyMap<string, UserInfo>;
  readonly onRequest?: (entry: RequestEntry) => void;
  readonly onBug: (error: unknown) => void;
}

export interface ServedTwin {
  /** `https://127.0.0.1:6443`. */
  readonly url: string;
  /** The administrator's. */
  readonly kubeconfig: string;
  readonly kubeconfigFor: (token: string) => string;
  /** Rejects when an actor of the twin has a bug: its time would stand still, so nothing is served any more. */
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

const ADMINISTRATOR: UserInfo = { username: 'admin', groups: [PRIVILEGED_GROUP] };

/** Rejects when the port is taken. */
export const serveTwin = async (options: ServeOptions): Promise<ServedTwin> => {
  const { world, clock, machines, speed, port, now, users = [], onRequest, onBug } = options;
  const certificate = selfSignedCertificate(now);
  const token = randomBytes(24).toString('base64url');
  const tokens = new Tokens(world, new Map([[token, ADMINISTRATOR], ...users]));
  const pace = startPace(world, clock, speed);
  const parts = { world, tokens, pace, texts: new ObjectTexts() };
  try {
    const server = await startApiServer({
      parts,
      certificate,
      port,
      onBug,
      ...(onRequest !== undefined && { onRequest }),
    });
    const bmcs = machines === undefined ? undefined : await serveTwinBmcs(machines, certificate);
    if (bmcs !== undefined) writeBmcSecret(world, bmcs, certificate);
    const url = `https://127.0.0.1:${server.port}`;
    const kubeconfigFor = (of: string): string =>
      kubeconfigText({ server: url, certificate: certificate.certificate, token: of });
    const stop = async (): Promise<void> => {
      await server.stop();
      await bmcs?.close();
      await pace.stop();
    };
    return {
      url,
      kubeconfig: kubeconfigFor(token),
      kubeconfigFor,
      ended: pace.ended.catch(async (error: unknown) => {
        await stop();
        throw error;
      }),
      stop,
    };
  } catch (error) {
    await pace.stop();
    throw error;
  }
};
