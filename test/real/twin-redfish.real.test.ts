/** Clients that we did not write take the twin's BMCs for real ones: redfishtool, and sushy as Ironic uses it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cacheFolder } from '../../scripts/real-parts/cache-folder.ts';
import { venvFolder } from '../../scripts/real-parts/python-venv.ts';
import { selfSignedCertificate } from '../../src/faces/twin-api/certificate/self-signed.ts';
import { serveTwinBmcs, type TwinBmcs } from '../../src/faces/twin-api/redfish/twin-bmcs.ts';
import { scenarioNamed } from '../../src/twin/scenarios/scenarios.ts';
import { createTwin, type Twin } from '../../src/twin/twin.ts';
import { realPart } from './real-parts.ts';

const run = promisify(execFile);
const tool = realPart('redfishtool');

/** Reads, powers off and on as Ironic's redfish driver does, and sets BIOS setup for the next boot. */
const SUSHY_PROGRAM = `
import json, sys, time, sushy
url, user, password, ca = sys.argv[1:]
root = sushy.Sushy(url, username=user, password=password, verify=ca)
system = root.get_system_collection().get_members()[0]
seen = [system.power_state.value, system.serial_number]
system.reset_system(sushy.RESET_FORCE_OFF)
for _ in range(200):
    system.refresh(force=True)
    if system.power_state == sushy.POWER_STATE_OFF: break
    time.sleep(0.05)
seen.append(system.power_state.value)
system.set_system_boot_options(target=sushy.BOOT_SOURCE_TARGET_BIOS_SETUP, enabled=sushy.BOOT_SOURCE_ENABLED_ONCE)
system.refresh(force=True)
seen.append(system.boot.target.value)
system.reset_system(sushy.RESET_ON)
for _ in range(200):
    system.refresh(force=True)
    if system.power_state == sushy.POWER_STATE_ON: break
    time.sleep(0.05)
seen.append(system.power_state.value)
print(json.dumps(seen))
`;

// DMTF's schemas are not on any registry, so their absence is said and is no skip.
const schemas = process.env['NICWRIGHT_REDFISH_SCHEMAS'];
if (schemas === undefined)
  test("no Redfish schemas given (NICWRIGHT_REDFISH_SCHEMAS): DMTF's service validator is not asked", async ({
    annotate,
  }) => {
    await annotate("no Redfish schemas given: set NICWRIGHT_REDFISH_SCHEMAS to ask DMTF's service validator", 'note');
    expect(tool.program).not.toBe('');
  });

describe.skipIf(tool.absent)(tool.title("the twin's BMCs"), () => {
  let twin: Twin;
  let bmcs: TwinBmcs;
  let pump: NodeJS.Timeout;
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nicwright-redfish-'));
    const scenario = scenarioNamed('dgx-cold-restart');
    if (scenario === undefined) throw new Error('there is no scenario dgx-cold-restart');
    twin = createTwin(scenario, 1);
    const certificate = selfSignedCertificate(Date.now());
    writeFileSync(path.join(folder, 'ca.pem'), certificate.certificate);
    bmcs = await serveTwinBmcs(twin, certificate);
    pump = setInterval(() => void twin.clock.run(2_000), 5);
  });
  afterAll(async () => {
    clearInterval(pump);
    await bmcs.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const urlOf = (node: string): URL => {
    const url = bmcs.urls.get(node);
    if (url === undefined) throw new Error(`no BMC of ${node}`);
    return url;
  };

  const redfishtool = async (node: string, ...args: string[]): Promise<string> => {
    const { username, password } = bmcs.login;
    const login = ['-r', urlOf(node).host, '-u', username, '-p', password, '-S', 'Always'];
    return (await run(tool.program, [...login, ...args], { timeout: 60_000 })).stdout;
  };

  test.each(['Basic', 'Session'])('redfishtool reads the system (%s)', async (auth) => {
    const system = JSON.parse(await redfishtool('dgx030', '-A', auth, 'Systems', '-1')) as Record<string, unknown>;
    expect(system).toMatchObject({ PowerState: 'On', SerialNumber: twin.hosts.get('dgx030')?.serial });
  });

  test('redfishtool powers off, sets what to boot next, and powers on', async () => {
    const until = async (power: string): Promise<void> => {
      while (twin.hosts.get('dgx030')?.power !== power) await new Promise((done) => setTimeout(done, 5));
    };
    await redfishtool('dgx030', 'Systems', '-1', 'reset', 'ForceOff');
    await until('off');
    await redfishtool('dgx030', 'Systems', '-1', 'setBootOverride', 'Once', 'BiosSetup');
    const boot = JSON.parse(await redfishtool('dgx030', 'Systems', '-1')) as { Boot: Record<string, unknown> };
    expect(boot.Boot).toMatchObject({ BootSourceOverrideTarget: 'BiosSetup', BootSourceOverrideEnabled: 'Once' });
    await redfishtool('dgx030', 'Systems', '-1', 'reset', 'On');
    await until('on');
  });

  test('redfishtool is told of a type that is not offered', async () => {
    await expect(redfishtool('dgx030', 'Systems', '-1', 'reset', 'PowerCycle')).rejects.toThrow();
  });

  if (schemas !== undefined)
    test("DMTF's service validator finds no fault", { timeout: 300_000 }, async () => {
      const { username, password } = bmcs.login;
      const validator = path.join(venvFolder(cacheFolder(), 'redfish'), 'bin/rf_service_validator');
      const where = ['-r', urlOf('dgx031').origin, '--authtype', 'Basic', '-u', username, '-p', password];
      await run(validator, [...where, '--logdir', folder, '--schema_directory', schemas], { timeout: 280_000 });
    });

  test('sushy powers off, sets BIOS setup for one boot, and powers on', async () => {
    const python = path.join(venvFolder(cacheFolder(), 'redfish'), 'bin/python');
    const { username, password } = bmcs.login;
    const args = ['-c', SUSHY_PROGRAM, `${urlOf('dgx031').origin}/redfish/v1`, username, password, `${folder}/ca.pem`];
    const { stdout } = await run(python, args, { timeout: 60_000 });
    expect(JSON.parse(stdout)).toEqual(['On', twin.hosts.get('dgx031')?.serial, 'Off', 'BiosSetup', 'On']);
  });
});
