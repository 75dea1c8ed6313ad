/** `nicwright controller`: carries out Rollouts in this process, in a cluster or beside it, until it is stopped. */
import { createReadiness } from '../../../app/apply/readiness.ts';
import { runController } from '../../../app/apply/run-controller.ts';
import { fail, ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { CARRIER_OPTIONS, openPorts } from '../plan/open-ports.ts';

export default defineCommand({
  path: 'controller',
  about: 'Carries out Rollouts until it is stopped; of several processes one works, and the others stand by',
  examples: [
    { line: 'controller', does: 'with the kubeconfig at hand' },
    { line: 'controller --listen 8080', does: 'in a cluster: /healthz, /readyz and /metrics' },
  ],
  options: [
    { flags: '--listen <port>', about: 'answer /healthz, /readyz and /metrics on this port' },
    ...CARRIER_OPTIONS,
  ],
  usesCluster: true,
  run: async (context, _args, options) => {
    const listen = options['listen'];
    if (listen !== undefined && !/^\d{1,5}$/.test(String(listen)))
      return fail('usage', `--listen takes a port, not ${JSON.stringify(listen)}.`);
    const readiness = createReadiness(context.clock);
    const { log, metrics, serve } = await context.carrierVoice();
    const opened = await openPorts(context, options, { log, metrics });
    if (!opened.ok) return opened;
    const served = listen === undefined ? undefined : await serve(Number(listen), readiness.state);
    if (served?.ok === false) return served;
    const { ports, close } = opened.value;
    const carry = async (): Promise<void> => {
      try {
        await runController({ ports, identity: context.identity, signal: context.untilStopped(), readiness });
      } finally {
        await close();
      }
    };
    return ok({
      exit: EXIT.clean,
      data: { identity: context.identity, ...(served?.ok === true && { port: served.value.port }) },
      text: () =>
        `${context.identity} carries out Rollouts while it leads${served?.ok === true ? `; http://127.0.0.1:${served.value.port}/metrics` : ''}.`,
      goesOn: carry(),
    });
  },
});
