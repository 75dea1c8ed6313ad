/**
 * A person's YAML or JSON file with the line of every part, by the package `yaml`: slower than the dump readers, but it
 * knows comments and positions. Used for policies, pools, values and scripts, never for dumps.
 */
import { LineCounter, isMap, isNode, isScalar, isSeq, parseAllDocuments, type Document, type Node } from 'yaml';
import type { Path } from '../../core/model/dig.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { PositionedDocument } from '../../core/snapshot/positioned-document.ts';

/** The node at `path`, else its nearest parent; a key of a map stands for its value. */
const nearest = (document: Document.Parsed, path: Path): Node | null => {
  let here: Node | null = document.contents;
  let best = here;
  for (const step of path) {
    if (isMap(here)) {
      const pair = here.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return best;
      if (isNode(pair.key)) best = pair.key;
      here = isNode(pair.value) ? pair.value : null;
    } else if (isSeq(here) && typeof step === 'number') {
      const item = here.items[step];
      here = isNode(item) ? item : null;
      if (here !== null) best = here;
    } else return best;
  }
  return best;
};

/** All documents of the text, empty ones left out. A syntax error is a fault that names file and line. */
export const readPositioned = (text: string, source: string): Result<readonly PositionedDocument[]> => {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter, version: '1.2', uniqueKeys: true });
  if (!Array.isArray(documents)) return ok([]);
  const read: PositionedDocument[] = [];
  for (const document of documents as Document.Parsed[]) {
    const [error] = document.errors;
    if (error !== undefined)
      return fail(
        'input-syntax',
        `${source}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? 'it is not YAML'}`,
      );
    if (document.contents === null) continue;
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch (cause) {
      return fail('input-syntax', `${source}: ${cause instanceof Error ? cause.message : 'it cannot be read'}`);
    }
    read.push({
      value,
      source,
      lineOf: (path) => lineCounter.linePos(nearest(document, path)?.range?.[0] ?? 0).line || 1,
    });
  }
  return ok(read);
};
