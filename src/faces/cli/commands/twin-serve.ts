/** `twin serve`: a simulated cluster behind a Kubernetes API, for kubectl and everything else that speaks to one. */
import { clusterOfSnapshot } from '../../../app/twin-serve/cluster-of-snapshot.ts';
import { playScenario } from '../../../app/twin-serve/play-scenario.ts';
import type { TwinCluster } from '../../../app/twin-serve/twin-cluster.ts';
import { ok, type Result } from '../../../core/result.ts';
import { type CommandContext, defineCommand, type OptionValues } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { readServeOptions, serveOptions } from '../twin/serve-options.ts';
import { servedText } from '../twin/served-text.ts';

interface Begun {
  readonly cluster: TwinCluster;
  /** `scenario dgx-cold-restart`, `dump/`. */
  readonly of: string;
}

const begin = async (context: CommandContext, options: OptionValues): Promise<Result<Begun>> => {
  const { from } = options;
  if (Array.isArray(from)) {
    const snapshot = await context.snapshot();
    if (!snapshot.ok) return snapshot;
    for (const gap of snapshot.value.gaps) context.warn(`${gap.what}: ${gap.because}`);
    const of = snapshot.value.sources.join(', ');
    return ok({ cluster: clusterOfSnapshot(snapshot.value, context.clock.now()), of });
  }
  context.progress(`playing ${String(options['scenario'])}`);
  const played = await playScenario(String(options['scenario']), 1);
  if (!played.ok) return played;
  return ok({ cluster: played.value.cluster, of: `scenario ${played.value.name}` });
};

export default defineCommand({
  path: 'twin serve',
  about: 'Serves a simulated cluster, or one read from files, as a Kubernetes API on this machine',
  examples: [
    { line: 'twin serve', does: 'the two DGX nodes of the incident, in real time' },
    { line: 'twin serve --from dump/ --port 6443', does: 'what was collected elsewhere, as if it were a cluster' },
    { line: 'twin serve --scenario dgx-reimage --speed 60x', does: 'another incident; an hour passes in a minute' },
  ],
  options: [
    { flags: '--from <path...>', about: 'files or folders of `kubectl get -o yaml` and logs to serve' },
    { flags: '--scenario <name>', about: 'one of `nicwright scenario list`', default: 'dgx-cold-restart' },
    ...serveOptions('real'),
  ],
  run: async (context, _args, options) => {
    const choice = readServeOptions(options);
    if (!choice.ok) return choice;
    const begun = await begin(context, options);
    if (!begun.ok) return begun;
    const served = await context.serveTwin({ cluster: begun.value.cluster, ...choice.value });
    if (!served.ok) return served;
    const { url, kubeconfigFile, ended } = served.value;
    return ok({
      exit: EXIT.clean,
      data: { of: begun.value.of, url, kubeconfig: kubeconfigFile, speed: choice.value.speed },
      text: (paint) => servedText(served.value, choice.value.speed, ['kubectl get nodes'], paint),
      goesOn: ended,
    });
  },
});
