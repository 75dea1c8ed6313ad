/**
 * What becomes of a visit whose BMC goes wrong while the host is off, over HTTPS with our own client: what passes is waited for,
 * what a person has to mend is held at once, each with one sentence and the way out, and the password stands nowhere.
 */
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { redfishBmc } from '../../adapters/redfish/redfish-bmc.ts';
import { REDFISH_TIMES, RedfishService } from '../../adapters/redfish/redfish-service.ts';
import { runRolloutController } from '../../controllers/rollout/rollout-controller.ts';
import { rolloutDefinition } from '../../core/model/crd/rollout-definition.ts';
import { ROLLOUTS } from '../../core/model/crd/rollout.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, NODES } from '../../core/model/kube-resource.ts';
import type { Log } from '../../core/ports/log.ts';
import { ok } from '../../core/result.ts';
import { readJournal, VISIT_KEY, type VisitJournal } from '../../core/visit/visit-journal.ts';
import { plainPaint } from '../../faces/cli/paint.ts';
import { rolloutText } from '../../faces/cli/plan/status-text.ts';
import { selfSignedCertificate, type ServerCertificate } from '../../faces/twin-api/certificate/self-signed.ts';
import { redfishResponder, type RedfishReply } from '../../faces/twin-api/redfish/redfish-responder.ts';
import { CONNECTX7_RAIL } from '../../twin/hardware/adapter-model.ts';
import { DGX_B200 } from '../../twin/hardware/host.ts';
import { plainScenario } from '../../twin/scenarios/plain-fleet.ts';
import { createTwin, type Twin } from '../../twin/twin.ts';
import { changeRollout, showRollouts } from '../apply/rollouts.ts';
import { twinPorts } from './twin-ports.ts';

const NODE = 'n1';
const PCI = '0000:18:00.0';
const PASSWORD = 'correct-horse-4711';
const MINUTE = 60_000;
const TRUSTED = selfSignedCertificate(Date.now());
const OTHER = selfSignedCertificate(Date.now());

/** How the BMC behaves from some moment on. */
type Mood =
  | 'well'
  | 'wrong password'
  | 'session lost'
  | 'other certificate'
  | 'half an answer'
  | '503'
  | 'silent'
  | 'other machine';

const SWAPPED = '11111111-2222-4333-8444-555555555555';

/** The twin's BMC behind a server that can be made to misbehave; the twin's own Redfish answers everything else. */
const serveMoody = async (twin: Twin) => {
  let mood: Mood = 'well';
  const login = { username: 'admin', password: PASSWORD };
  const bmc = twin.bmc(NODE);
  const fresh = (password: string) =>
    redfishResponder({
      bmc: {
        ...bmc,
        identity: async (options) => {
          const told = await bmc.identity(options);
          return told.ok && mood === 'other machine' ? ok({ ...told.value, uuid: SWAPPED }) : told;
        },
      },
      login: { ...login, password },
      bootId: () => twin.hosts.get(NODE)?.bootId ?? '',
      keepsBootOverride: true,
      restart: () => false,
    });
  let respond = fresh(PASSWORD);
  const send = (response: import('node:http').ServerResponse, { status, headers, body }: RedfishReply): void => {
    const text = JSON.stringify(body ?? {});
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length, ...headers });
    if (mood === 'half an answer') {
      response.write(text.slice(0, text.length / 2));
      setTimeout(() => response.destroy(), 1);
    } else response.end(text);
  };
  const start = async (certificate: ServerCertificate, port: number) => {
    const server = https.createServer({ cert: certificate.certificate, key: certificate.key }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (mood === 'silent') return void response.destroy();
        if (mood === '503') return send(response, { status: 503, headers: { 'retry-after': '0' } });
        const { method = 'GET', url: path = '/', headers } = request;
        void respond({ method, path, headers, body: Buffer.concat(chunks).toString() }).then((reply) =>
          reply === undefined ? response.destroy() : send(response, reply),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return server;
  };
  let shown = TRUSTED;
  let server = await start(shown, 0);
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<unknown> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return {
    url: new URL(`https://127.0.0.1:${port}`),
    stop,
    become: async (next: Mood): Promise<void> => {
      mood = next;
      // A new responder has no sessions, and knows the password that it was made with.
      if (next === 'wrong password') respond = fresh('changed-by-somebody');
      if (next === 'session lost' || next === 'well' || next === 'other machine') respond = fresh(PASSWORD);
      const wanted = next === 'other certificate' ? OTHER : TRUSTED;
      if (wanted === shown) return;
      shown = wanted;
      await stop();
      server = await start(shown, port);
    },
  };
};

const begin = async () => {
  const plain = plainScenario([NODE]);
  const twin = createTwin(
    {
      ...plain,
      fleet: plain.fleet.map((node) => ({
        ...node,
        host: {
          ...node.host,
          platform: DGX_B200,
          adapters: [
            {
              card: '0000:18:00',
              model: CONNECTX7_RAIL,
              functions: [{ pci: PCI, rdma: 'mlx5_0', interface: 'ib0', linkType: 'IB' as const }],
              staged: { NUM_OF_VFS: '8' },
            },
          ],
        },
      })),
    },
    1,
  );
  await twin.runUntil(twin.start + 5 * MINUTE);
  const api = twin.world.api();
  await api.create(CUSTOM_RESOURCE_DEFINITIONS, rolloutDefinition());
  await api.create(ROLLOUTS, {
    apiVersion: 'nicwright.dev/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'cold' },
    spec: {
      reason: 'a test of BMCs',
      groups: [{ nodes: [NODE], rung: 'cold', cards: [{ pci: PCI, values: { NUM_OF_VFS: '8' } }] }],
      allow: { rung: 'cold' },
      // Long enough for whatever goes wrong to begin and to end while it is off.
      power: { adapter: 'bmc', holdSeconds: 300 },
      waves: { canary: 0 },
    },
  });
  return twin;
};

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

const carryOut = async () => {
  const twin = await begin();
  const moody = await serveMoody(twin);
  const said: string[] = [];
  const hear = (message: string, fields?: object): void => void said.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const log: Log = { debug: hear, info: hear, warn: hear, error: hear };
  const service = new RedfishService(
    { url: moody.url, trust: { ca: TRUSTED.certificate }, login: { username: 'admin', password: PASSWORD } },
    twin.clock,
    { ...REDFISH_TIMES, answerMs: 5_000 },
  );
  const bmc = redfishBmc(service, twin.clock);
  const stop = new AbortController();
  const ports = { ...twinPorts(twin), log, bmc: () => Promise.resolve(ok(bmc)) };
  const running = runRolloutController(ports, stop.signal).catch(() => {});
  // The twin's time passes some hundred times as fast as ours, in steps that a request has time to be answered in.
  let going = true;
  const pumping = (async () => {
    while (going) {
      await twin.clock.run(2_000);
      await systemClock.sleep(1);
    }
  })();
  stops.push(async () => {
    going = false;
    stop.abort();
    await pumping;
    await Promise.race([running, systemClock.sleep(500)]);
    await moody.stop();
  });
  const journal = async (): Promise<VisitJournal | undefined> => {
    const node = await twin.world.api().get(NODES, { name: NODE });
    const read = readJournal(node.ok ? (node.value.metadata.annotations?.[VISIT_KEY] ?? '') : '');
    return read.ok ? read.value : undefined;
  };
  const until = async (holds: (visit: VisitJournal | undefined) => boolean): Promise<VisitJournal | undefined> => {
    for (;;) {
      const visit = await journal();
      if (holds(visit)) return visit;
      await systemClock.sleep(5);
    }
  };
  const status = async (): Promise<string> => {
    const shown = await showRollouts(twin.world.api(), 'cold');
    return shown.ok ? shown.value.map((one) => rolloutText({ ...one }, { ...plainPaint, width: 2_000 })).join() : '';
  };
  const everything = (): string => [...said, ...twin.log, JSON.stringify(twin.snapshot().objects)].join('\n');
  return { twin, moody, until, status, everything };
};

const isOff = (visit: VisitJournal | undefined): boolean => visit?.power?.phase === 'held-off';
const isHeld = (visit: VisitJournal | undefined): boolean => visit?.stage === 'held';
const isOver = (visit: VisitJournal | undefined): boolean => visit === undefined;

type Run = Awaited<ReturnType<typeof carryOut>>;

const resume = async ({ twin, moody, until }: Run): Promise<void> => {
  await moody.become('well');
  // A refused account is left alone for 5 minutes.
  const from = twin.clock.now();
  while (twin.clock.now() - from < 6 * MINUTE) await systemClock.sleep(5);
  await changeRollout(twin.world.api(), 'cold', 'resume', twin.clock.now() + MINUTE);
  await until(isOver);
  expect(twin.hosts.get(NODE)?.adapterOf(PCI)?.current('NUM_OF_VFS')).toBe('8');
};

test.for<[Mood, RegExp]>([
  ['wrong password', /refuses user name or password of admin/],
  ['other certificate', /The certificate of .* is not trusted/],
  ['other machine', /answers for another machine: its UUID is 11111111/],
])('%s: held at once, in the middle of off, and a resume powers on', { timeout: 180_000 }, async ([mood, says]) => {
  const run = await carryOut();
  const off = await run.until(isOff);
  await run.moody.become(mood);
  const visit = await run.until(isHeld);
  expect(visit?.held?.because).toMatch(says);
  expect(visit?.held?.wayOut).toMatch(
    /n1 was last read as off: nicwright resume goes on with it, and powers it on again/,
  );
  expect((visit?.held?.atMs ?? 0) - (off?.sinceMs ?? 0)).toBeLessThan(10 * MINUTE);
  expect(run.twin.hosts.get(NODE)?.power).toBe('off');
  const shown = await run.status();
  expect(shown).toMatch(says);
  expect(shown).toContain('nicwright resume');
  expect(run.everything()).toMatch(says);
  expect(run.everything() + shown).not.toContain(PASSWORD);
  await resume(run);
});

test.for<[Mood, RegExp]>([
  ['half an answer', /was cut off before its answer was whole/],
  ['503', /answers 503; the BMC is busy or restarting/],
  ['silent', /was cut off before its answer was whole|gave no answer/],
])('%s: waited for, told meanwhile, and held after 15 minutes', { timeout: 180_000 }, async ([mood, says]) => {
  const run = await carryOut();
  await run.until(isOff);
  await run.moody.become(mood);
  const waiting = await run.until((visit) => visit?.silentSinceMs !== undefined);
  expect(waiting?.stage).toBe('restart');
  expect(waiting?.because).toMatch(says);
  expect(await run.status()).toMatch(/-> nicwright power check n1; n1 was last read as off/);
  const visit = await run.until(isHeld);
  expect(visit?.held?.because).toMatch(/^the BMC has told nothing for 1[56] min; last: /);
  expect(visit?.held?.because).toMatch(says);
  expect(run.twin.hosts.get(NODE)?.power).toBe('off');
  expect(run.everything()).not.toContain(PASSWORD);
  await resume(run);
});

test.for<Mood>(['session lost', 'silent', '503'])(
  '%s for a few minutes: the visit goes on by itself',
  { timeout: 180_000 },
  async (mood) => {
    const run = await carryOut();
    await run.until(isOff);
    await run.moody.become(mood);
    const from = run.twin.clock.now();
    while (run.twin.clock.now() - from < 5 * MINUTE) await systemClock.sleep(5);
    if (mood !== 'session lost') await run.moody.become('well');
    const seen: string[] = [];
    await run.until((visit) => {
      if (visit !== undefined) seen.push(visit.stage);
      return isOver(visit);
    });
    expect(seen).not.toContain('held');
    expect(run.twin.hosts.get(NODE)?.adapterOf(PCI)?.current('NUM_OF_VFS')).toBe('8');
    expect(run.everything()).not.toContain(PASSWORD);
  },
);
