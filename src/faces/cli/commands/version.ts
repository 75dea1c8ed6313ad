/** `nicwright version`: which release this is, and on which Node it runs. */
import { ok } from '../../../core/result.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { VERSION } from '../version.ts';

export default defineCommand({
  path: 'version',
  about: 'Prints the version',
  examples: [{ line: 'version -o json', does: 'the version for a script' }],
  run: () =>
    Promise.resolve(ok({ exit: EXIT.clean, data: { nicwright: VERSION }, text: () => `nicwright ${VERSION}` })),
});
