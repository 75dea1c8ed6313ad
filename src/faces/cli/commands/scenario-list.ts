/** `scenario list`: what can be played on the twin. */
import { listScenarios } from '../../../app/scenario/list-scenarios.ts';
import { ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { wrap } from '../diagnosis/wrap.ts';
import { EXIT } from '../exit-code.ts';

export default defineCommand({
  path: 'scenario list',
  about: 'Lists the incidents that can be played on a simulated cluster',
  examples: [{ line: 'scenario list', does: 'names and what happens in each' }],
  run: () => {
    const scenarios = listScenarios();
    const widest = Math.max(...scenarios.map(({ name }) => name.length)) + 3;
    return Promise.resolve(
      ok({
        exit: EXIT.clean,
        data: scenarios,
        text: (paint) =>
          scenarios
            .flatMap(({ name, about }) => wrap(about, paint.width, name.padEnd(widest), ' '.repeat(widest)))
            .join('\n'),
      }),
    );
  },
});
