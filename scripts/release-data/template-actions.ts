/**
 * Go template text as the script needs it: the actions in order with their lines, and each action's pipeline as a
 * small tree. Only what Helm charts of the network operator use is read; anything else becomes an unknown operand.
 */

export interface Action {
  /** 1-based line on which the action starts. */
  readonly line: number;
  /** Keyword for `if`, `else if`, `else`, `with`, `range`, `end`, `define`, `block`; `do` for everything else. */
  readonly word: 'if' | 'else if' | 'else' | 'with' | 'range' | 'end' | 'define' | 'do';
  readonly text: string;
}

/** Operand of a command: a field chain on the dot, on `$`, or on a variable; a literal; a call; a nested pipeline. */
export type Operand =
  | {
      readonly kind: 'fields'; /** `dot`, `root` or a variable with its dollar sign. */
      readonly of: string;
      readonly path: readonly string[];
    }
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'word'; readonly name: string }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline; readonly path: readonly string[] };

export type Command = readonly Operand[];

export interface Pipeline {
  readonly assigns: readonly string[];
  readonly commands: readonly Command[];
}

const WORDS = /^(if|else\s+if|else|with|range|end|define|block)\b/;

/** All actions of one template file; comments fall away. */
export const actionsOf = (text: string): readonly Action[] => {
  const actions: Action[] = [];
  for (const match of text.matchAll(/\{\{(-\s)?([\s\S]*?)(\s-)?\}\}/g)) {
    const body = (match[2] ?? '').trim();
    if (body.startsWith('/*')) continue;
    const line = text.slice(0, match.index).split('\n').length;
    const found = WORDS.exec(body)?.[1]?.replace(/\s+/, ' ');
    const word = found === undefined ? 'do' : ((found === 'block' ? 'define' : found) as Action['word']);
    actions.push({ line, word, text: found === undefined ? body : body.slice(body.match(WORDS)?.[0].length).trim() });
  }
  return actions;
};

const TOKEN =
  /\s*(:=|\||\(|\)|,|=|"(?:[^"\\]|\\.)*"|`[^`]*`|-?\d+(?:\.\d+)?|\$?[A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)+|\$[A-Za-z0-9_]*|\.|[A-Za-z0-9_]+)/y;

const tokensOf = (text: string): readonly string[] => {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match?.[1] === undefined) {
      if (text.slice(start).trim() === '') break;
      throw new Error(`unreadable template text: ${text.slice(start, start + 40)}`);
    }
    // A `.field` right behind a closing parenthesis belongs to it; elsewhere it starts a new operand.
    const glued = match[0].length === match[1].length && tokens.at(-1) === ')' && match[1].startsWith('.');
    tokens.push(glued ? `)${match[1]}` : match[1]);
  }
  return tokens;
};

const literalOf = (token: string): Operand | undefined => {
  if (token.startsWith('"') || token.startsWith('`')) return { kind: 'literal', value: token.slice(1, -1) };
  if (/^-?\d/.test(token)) return { kind: 'literal', value: Number(token) };
  if (token === 'true' || token === 'false') return { kind: 'literal', value: token === 'true' };
  return token === 'nil' ? { kind: 'literal', value: null } : undefined;
};

const fieldsOf = (token: string): Operand | undefined => {
  if (token === '.') return { kind: 'fields', of: 'dot', path: [] };
  if (!token.startsWith('.') && !token.startsWith('$')) return undefined;
  const [head = '', ...path] = token.split('.');
  return { kind: 'fields', of: head === '' ? 'dot' : head === '$' ? 'root' : head, path };
};

/** The pipeline of an action's text (without its keyword). */
export const pipelineOf = (text: string): Pipeline => {
  const tokens = tokensOf(text);
  let at = 0;
  const parse = (): Pipeline => {
    const define = tokens.slice(at).findIndex((token) => token === ':=' || token === '=');
    const assigns: string[] = [];
    if (define >= 0 && tokens.slice(at, at + define).every((token) => token === ',' || token.startsWith('$'))) {
      assigns.push(...tokens.slice(at, at + define).filter((token) => token !== ','));
      at += define + 1;
    }
    const commands: Operand[][] = [[]];
    for (; at < tokens.length; at += 1) {
      const token = tokens[at] as string;
      if (token.startsWith(')')) break;
      if (token === '|') commands.push([]);
      else if (token === '(') {
        at += 1;
        const pipeline = parse();
        const close = tokens[at] ?? ')';
        commands.at(-1)?.push({ kind: 'pipeline', pipeline, path: close.split('.').slice(1) });
      } else commands.at(-1)?.push(literalOf(token) ?? fieldsOf(token) ?? { kind: 'word', name: token });
    }
    return { assigns, commands };
  };
  return parse();
};
