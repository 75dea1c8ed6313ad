/** `nicwright install`: prints what the controller needs in a cluster, or adds the CRD and our namespace. */
import { installManifests } from '../../../app/install/manifests.ts';
import { areDefinitionsServed, installDefinitions } from '../../../app/steps/install-definitions.ts';
import { livePorts } from '../../../app/apply/live-ports.ts';
import { SYSTEM_NAMESPACE } from '../../../core/model/system-namespace.ts';
import { fail, ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { manifestText } from '../install/manifest-text.ts';

export default defineCommand({
  path: 'install',
  about: 'Prints what the controller needs in a cluster, or adds the kind Rollout and the namespace nicwright-system',
  examples: [
    {
      line: 'install --print --image registry.example/nicwright:0.1.0 | kubectl apply -f -',
      does: 'CRD, roles that read and that act, and the controller',
    },
    { line: 'install --crds', does: 'the CRD and the namespace only; needs an administrator' },
  ],
  options: [
    { flags: '--print', about: 'print the manifests and change nothing' },
    { flags: '--crds', about: 'apply the CRD and the namespace to the cluster' },
    { flags: '--image <image>', about: 'where the controller image lies' },
  ],
  usesCluster: true,
  run: async (context, _args, options) => {
    if (options['print'] === true) {
      const image = options['image'];
      const objects = installManifests(typeof image === 'string' ? image : undefined);
      return ok({ exit: EXIT.clean, data: objects, text: () => manifestText(objects) });
    }
    if (options['crds'] !== true)
      return fail('usage', 'Say --print to see the manifests, or --crds to add the CRD and the namespace.');
    const cluster = await context.cluster();
    if (!cluster.ok) return cluster;
    const hosts = await context.nodeAccess(cluster.value.api, { ownPods: false });
    const { clock, random, weRunOn, openBmc, readYaml } = context;
    const { ports } = livePorts({ api: cluster.value.api, clock, random, weRunOn, openBmc, readYaml, ...hosts });
    const work = { ports, signal: new AbortController().signal, tell: context.progress };
    const before = await areDefinitionsServed(work);
    if (!before.ok) return before;
    const installed = await installDefinitions(work);
    if (!installed.ok) return installed;
    return ok({
      exit: EXIT.clean,
      data: { installed: ['rollouts.nicwright.dev', SYSTEM_NAMESPACE], wasThere: before.value },
      text: () =>
        before.value
          ? 'The kind Rollout and the namespace were there, and are up to date.'
          : 'The kind Rollout and the namespace nicwright-system are installed.',
    });
  },
});
