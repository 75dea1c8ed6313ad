/** `nicwright driver next`: what the next pass of the upstream upgrade managers does, on the whole cluster. */
import { forecastPasses } from '../../../core/driver/forecast-passes.ts';
import { ok } from '../../../core/result.ts';
import { snapshotSeconds } from '../../../core/snapshot/snapshot-time.ts';
import { defineCommand } from '../command.ts';
import { forecastText } from '../driver/forecast-text.ts';
import { EXIT } from '../exit-code.ts';

export default defineCommand({
  path: 'driver next',
  about: 'Shows what the next pass of the driver upgrade does on every node',
  examples: [
    { line: 'driver next', does: 'the next pass of the live cluster, grouped by what happens' },
    { line: 'driver next --from must-gather/ -v', does: 'from a dump, every node with its reason' },
  ],
  readsSnapshot: 'objects',
  run: async ({ snapshot, clock }, _args, options) => {
    const read = await snapshot();
    if (!read.ok) return read;
    const forecasts = forecastPasses(read.value, snapshotSeconds(read.value, clock.now()));
    return ok({
      exit: forecasts.some(({ fault }) => fault !== undefined) ? EXIT.findings : EXIT.clean,
      data: forecasts,
      text: (paint) => forecastText(forecasts, paint, options['verbose'] === true),
    });
  },
});
