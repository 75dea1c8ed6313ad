/** `nicwright driver explain NODE`: why a node is where it is in the driver upgrade, and what a person must do. */
import { explainNode } from '../../../core/driver/explain/explain-node.ts';
import { ok } from '../../../core/result.ts';
import { snapshotSeconds } from '../../../core/snapshot/snapshot-time.ts';
import { defineCommand } from '../command.ts';
import { explanationText } from '../driver/explanation-text.ts';
import { EXIT } from '../exit-code.ts';

export default defineCommand({
  path: 'driver explain',
  about: 'Says why a node is where it is in the driver upgrade, and what to do',
  examples: [
    { line: 'driver explain dgx031', does: 'why the node is stuck, live' },
    {
      line: 'driver explain dgx031 --from must-gather/ -v',
      does: 'the same from a dump, with the limits of upstream at work',
    },
  ],
  arguments: [{ name: 'NODE', about: 'the name of the node' }],
  readsSnapshot: 'everything',
  run: async ({ snapshot, clock }, [node = ''], options) => {
    const read = await snapshot();
    if (!read.ok) return read;
    const explained = explainNode(read.value, node, snapshotSeconds(read.value, clock.now()));
    if (!explained.ok) return explained;
    return ok({
      exit: explained.value.todo.length > 0 ? EXIT.findings : EXIT.clean,
      data: explained.value,
      text: (paint) => explanationText(explained.value, paint, options['verbose'] === true),
    });
  },
});
