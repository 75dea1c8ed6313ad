/** The adapter that an entry names: Redfish, IPMI, or the site's own command. */
import { systemClock } from '../adapters/clock/system-clock.ts';
import type { OpenBmc } from '../core/ports/open-bmc.ts';
import { ok } from '../core/result.ts';

const nothing = (): Promise<void> => Promise.resolve();

export const openBmc: OpenBmc = async (node, entry) => {
  const { via, username = '', password = '', ca, fingerprint, auth } = entry;
  if ('command' in via) {
    const { commandBmc } = await import('../adapters/power-command/command-bmc.ts');
    return ok({ bmc: commandBmc(node, via.command), close: nothing });
  }
  const { address } = via;
  if (address.protocol === 'ipmi') {
    const [{ ipmiBmc }, { ipmiArm }, { Ipmitool }] = await Promise.all([
      import('../adapters/ipmi/ipmi-bmc.ts'),
      import('../adapters/ipmi/bluefield-arm.ts'),
      import('../adapters/ipmi/ipmitool.ts'),
    ]);
    const { host, port } = address;
    const target = { host, username, password, ...(port === undefined ? {} : { port }) };
    const tool = new Ipmitool(target, systemClock);
    return ok({ bmc: ipmiBmc(tool), arm: ipmiArm(tool), close: nothing });
  }
  const [{ redfishBmc }, { redfishArm }, { RedfishService }] = await Promise.all([
    import('../adapters/redfish/redfish-bmc.ts'),
    import('../adapters/redfish/bluefield-arm.ts'),
    import('../adapters/redfish/redfish-service.ts'),
  ]);
  const service = new RedfishService(
    {
      url: new URL(address.origin),
      trust: { ...(ca === undefined ? {} : { ca }), ...(fingerprint === undefined ? {} : { fingerprint }) },
      login: { username, password, ...(auth === undefined ? {} : { auth }) },
    },
    systemClock,
  );
  const bmc = redfishBmc(service, systemClock, address.system);
  return ok({ bmc, arm: redfishArm(service, bmc, address.system), close: () => bmc.close() });
};
