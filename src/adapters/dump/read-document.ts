/**
 * Reads the text of one file into documents by the fastest reader that understands it: JSON by JSON.parse, kubectl's
 * YAML by kubectl-yaml.ts, any other YAML by js-yaml (docs/decisions/0010). Does not know what the documents mean.
 */
import { NotKubectlYaml, parseKubectlYaml } from './kubectl-yaml.ts';
import type { OwnText } from './own-text.ts';
import { readYaml } from './read-yaml.ts';

export interface ReadDocuments {
  readonly format: 'json' | 'yaml';
  readonly values: readonly unknown[];
}

const firstCharacter = (text: string): string => /\S/.exec(text)?.[0] ?? '';

/** Looks like YAML with Kubernetes objects in it; cheap, so that logs and tool output are not parsed as YAML. */
const HAS_OBJECTS = /^(?:- |\s*)?(?:apiVersion|kind|items): ?\S*/m;

/**
 * The documents of a text, or undefined when it is neither JSON nor a YAML text with objects in it.
 * Throws an Error with one line when it is one of the two and broken.
 */
export const readDocument = (text: string, own?: OwnText): ReadDocuments | undefined => {
  const first = firstCharacter(text);
  if (first === '{' || first === '[') {
    try {
      return { format: 'json', values: [JSON.parse(text)] };
    } catch (error) {
      // Flow YAML, JSON lines and cut-off JSON come this way: only the last is an error worth a word.
      if (!/^\s*[{[]\s*(?:"|\}|\])/.test(text)) return undefined;
      throw error;
    }
  }
  if (!HAS_OBJECTS.test(text.length > 65_536 ? text.slice(0, 65_536) : text)) return undefined;
  try {
    return { format: 'yaml', values: parseKubectlYaml(text, own) };
  } catch (error) {
    if (!(error instanceof NotKubectlYaml)) throw error;
    return { format: 'yaml', values: readYaml(text) };
  }
};
