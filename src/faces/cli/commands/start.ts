/** `nicwright start`: the incident of two DGX nodes on a simulated cluster, diagnosed, and then there to be looked at. */
import { playScenario } from '../../../app/twin-serve/play-scenario.ts';
import { diagnose } from '../../../core/diagnosis/engine.ts';
import { ALL_RULES } from '../../../core/diagnosis/rules/index.ts';
import { ok, type Result } from '../../../core/result.ts';
import { defineCommand, type CommandContext, type CommandOutcome } from '../command.ts';
import { reportText } from '../diagnosis/report-text.ts';
import { EXIT } from '../exit-code.ts';
import { storyText } from '../story/story-text.ts';
import { readServeOptions, serveOptions } from '../twin/serve-options.ts';
import { servedText } from '../twin/served-text.ts';

const TRIES = ['kubectl get nodes', 'kubectl get sriovnetworknodestates -A', 'npm run -s nicwright -- diagnose'];

const STORY_SEED = 1;

const story = async ({ progress }: CommandContext): Promise<Result<CommandOutcome>> => {
  progress('some hours pass on the simulated cluster');
  const { endsWell, tellStory } = await import('../../../app/story/dgx-story.ts');
  const told = await tellStory(STORY_SEED);
  if (!told.ok) return told;
  return ok({
    exit: endsWell(told.value) ? EXIT.clean : EXIT.findings,
    data: told.value,
    text: (paint) => storyText(told.value, paint),
  });
};

export default defineCommand({
  path: 'start',
  about: 'Shows the main job on a simulated cluster: two DGX nodes whose SR-IOV resources are gone',
  examples: [
    { line: 'start', does: 'diagnoses the incident, and serves the cluster for kubectl until Ctrl-C' },
    { line: 'start --once', does: 'prints the diagnosis and exits' },
    { line: 'start --story', does: 'tells the incident to its end in virtual time, and exits' },
  ],
  options: [
    { flags: '--once', about: 'print the diagnosis and exit' },
    { flags: '--story', about: 'tell the incident to its end: found, planned, rehearsed, carried out, proved, clean' },
    { flags: '--scenario <name>', about: 'one of `nicwright scenario list`', default: 'dgx-cold-restart' },
    ...serveOptions('60x'),
  ],
  run: async (context, _args, options) => {
    if (options['story'] === true) return story(context);
    const choice = readServeOptions(options);
    if (!choice.ok) return choice;
    context.progress(`playing ${String(options['scenario'])}`);
    const played = await playScenario(String(options['scenario']), 1);
    if (!played.ok) return played;
    const { cluster, snapshot } = played.value;
    const report = diagnose(snapshot(), ALL_RULES, { now: cluster.clock.now() });
    if (options['once'] === true)
      return ok({
        exit: EXIT.clean,
        data: report,
        text: (paint) => `${reportText(report, paint)}\n\nOn your own files: nicwright diagnose --from PATH...`,
      });
    const served = await context.serveTwin({ cluster, ...choice.value });
    if (!served.ok) return served;
    const { url, kubeconfigFile, ended } = served.value;
    return ok({
      exit: EXIT.clean,
      data: { report, url, kubeconfig: kubeconfigFile, speed: choice.value.speed },
      text: (paint) => `${reportText(report, paint)}\n\n${servedText(served.value, choice.value.speed, TRIES, paint)}`,
      goesOn: ended,
    });
  },
});
