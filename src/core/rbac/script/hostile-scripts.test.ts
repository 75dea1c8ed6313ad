/** Scripts are somebody else's: whatever they hold, the analysis ends soon, with an answer or one sentence. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ResourceTypes } from '../resource-types.ts';
import { analyzeScript } from './analyze-script.ts';
import type { ScriptNeeds } from './analyze-script.ts';

const types = new ResourceTypes();
const analyze = (text: string) =>
  analyzeScript(text, { name: 's.sh', types, readYaml: () => [], env: {}, namespace: 'ns' });

/** Of processor time, since machines that run tests are busy. Unbounded work would take minutes. */
const LIMIT_MS = 10_000;

const inTime = <T>(work: () => T): T => {
  const began = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1000).toBeLessThan(LIMIT_MS);
  return result;
};

const needsOf = (text: string): ScriptNeeds => {
  const analyzed = inTime(() => analyze(text));
  if (!analyzed.ok) throw new Error(analyzed.fault.message);
  return analyzed.value;
};

const refusal = (text: string): string => {
  const analyzed = analyze(text);
  return analyzed.ok ? '' : analyzed.fault.message;
};

const MEGABYTE = 1024 * 1024;
const filled = (line: string, bytes = MEGABYTE): string => line.repeat(Math.ceil(bytes / line.length));

describe('refused in one sentence', () => {
  test.for([
    ['a binary', '\u007FELF\u0000\u0001kubectl get pods', /binary file and no shell script/],
    ['a text beyond the limit', 'a'.repeat(3 * MEGABYTE), /more than 2097152 is not read; give the part/],
  ] as const)('%s', ([, text, message]) => {
    expect(refusal(text)).toMatch(message);
    expect(refusal(text).split('\n')).toHaveLength(1);
  });
});

describe('a large script is read to its end', () => {
  test.for([
    ['calls', 'kubectl get pod p -n ns\n', MEGABYTE],
    ['comments', '# kubectl get pods\n', MEGABYTE],
    ['one line', 'echo a; ', MEGABYTE / 4],
    ['undecided branches', 'if x; then kubectl get pod p -n ns; fi\n', MEGABYTE / 4],
    ['functions', 'f() { kubectl get pod "$1" -n ns; }\n', MEGABYTE / 4],
    ['variables that grow', 'A="$A$B"; kubectl get pod $A -n ns\n', MEGABYTE / 8],
    ['here-documents', 'cat <<E\nx\nE\nkubectl get pod p -n ns\n', MEGABYTE / 4],
  ] as const)('of %s', ([, line, bytes]) => {
    const needs = needsOf(`kubectl get secret s -n ns\n${filled(line, bytes)}`);
    expect(needs.needs.length).toBeGreaterThan(0);
  });
});

describe('what is nested too deep ends with a word', () => {
  // prettier-ignore
  test.for([
    ['subshells', `${'('.repeat(20_000)}kubectl get pods${')'.repeat(20_000)}`],
    ['substitutions', `${'$('.repeat(5000)}kubectl get pods${')'.repeat(5000)}`],
    ['braces', `${'{ '.repeat(20_000)}kubectl get pods; ${'} ; '.repeat(20_000)}`],
    ['ifs', `${'if x; then '.repeat(20_000)}kubectl get pods; ${'fi; '.repeat(20_000)}`],
    ['parameters', `echo ${'${a:-'.repeat(5000)}x${'}'.repeat(5000)}`],
    ['arithmetic', `echo $((${'('.repeat(5000)}1${')'.repeat(5000)}))`],
    ['quotes', `echo ${'"$(echo '.repeat(3000)}x${')"'.repeat(3000)}`],
    ['functions that call each other', 'f() { g; g; }; g() { f; f; }; f; kubectl get pod p -n ns'],
    ['a function that calls itself', 'f() { kubectl get pod p -n ns; f "$@" x; }; f'],
    ['eval of itself', `x='eval "$x"'; eval "$x"`],
    ['a file that runs itself', 'cat > /a <<"E"\nbash /a; bash /a\nE\nbash /a'],
  ] as const)('%s', ([, text]) => {
    const analyzed = inTime(() => analyze(text));
    // Either it was read, or it says in one line why not.
    if (!analyzed.ok) expect(analyzed.fault.message.split('\n')).toHaveLength(1);
    else expect(analyzed.value.needs.length + analyzed.value.unreached.length + analyzed.value.unresolved.length).toBeGreaterThanOrEqual(0);
  });
  test('a name beyond all measure is no name', () => {
    const { needs } = needsOf(`a=${'x'.repeat(500_000)}\nfor i in $(seq 1 500); do kubectl get pod "$a$i" -n ns; done`);
    expect(JSON.stringify(needs).length).toBeLessThan(1_000_000);
  });
  test('the depth at which the analysis stopped is named with its line', () => {
    const chain = Array.from({ length: 600 }, (_, at) => `f${at}() { f${at + 1}; }`).join('\n');
    const { unresolved } = needsOf(`${chain}\nf600() { kubectl get pod p -n ns; }\nf0\n`);
    expect(unresolved.map((one) => one.why).join()).toMatch(/nested more than \d+ deep here/);
    expect(unresolved[0]?.line).toBeGreaterThan(1);
  });
});

describe('growth is bounded', () => {
  // prettier-ignore
  test.for([
    ['a variable that doubles', `a=x\n${'a="$a$a"\n'.repeat(60)}kubectl get pod "$a" -n ns`],
    ['alternatives that multiply', `${Array.from({ length: 40 }, (_, at) => `if c${at}; then v="$v${at}"; fi`).join('\n')}\nkubectl get pod "$v" -n ns`],
    ['braces that multiply', `kubectl get pod ${'{a,b}'.repeat(20)} -n ns`],
    ['a loop without end', 'while true; do kubectl get pod p -n ns; done; kubectl get svc s -n ns'],
    ['loops in loops', `${'for i in $(seq 1 1000); do '.repeat(5)}kubectl get pod "$i" -n ns; ${'done; '.repeat(5)}`],
    ['a big count', 'for i in $(seq 1 999999999); do kubectl get pod "$i" -n ns; done'],
    ['a big range', 'for i in {1..999999999}; do kubectl get pod "$i" -n ns; done'],
    ['a big repetition', 'printf "%0999999999d" 1 | xargs kubectl get pod -n ns'],
    ['a slow pattern', `v=${'a'.repeat(5000)}; case $v in ${'*a'.repeat(30)}b) kubectl get pod p -n ns;; esac; echo \${v//${'*a'.repeat(20)}b/}`],
  ] as const)('%s', ([, text]) => {
    const needs = needsOf(text);
    expect(needs.needs.length + needs.unreached.length + needs.unresolved.length).toBeGreaterThan(0);
    expect(needs.needs.length).toBeLessThan(6000);
  });
});

describe('broken shell', () => {
  test.for([
    ['an open quote', 'kubectl get pod p -n ns\nkubectl get "svc\n'],
    ['an open substitution', 'kubectl get pod p -n ns\nx=$(kubectl get svc\n'],
    ['an open here-document', 'kubectl get pod p -n ns\ncat <<EOF\nkind: x\n'],
    ['an if without fi', 'kubectl get pod p -n ns\nif x; then kubectl get svc\n'],
    ['a stray done', 'kubectl get pod p -n ns\ndone\n'],
  ] as const)('%s: what stands before it is still read', ([, text]) => {
    const needs = needsOf(text);
    expect(needs.needs.some(({ request }) => 'resource' in request && request.resource === 'pods')).toBe(true);
  });
});

test('any text at all gets an answer', () => {
  const piece = fc.constantFrom(
    'kubectl', ' get', ' pods', ' -n', ' "', "'", '$(', ')', '${', '}', '`', '|', '||', '&&', ';', '\n', '<<E', 'E',
    'if ', 'then ', 'fi', 'for x in ', 'do ', 'done', 'case ', 'esac', '((', '))', '[[ ', ' ]]', '{ ', '*', '\\', '#', '=', 'a', '$a', '\u{1F600}', '\u0001',
  ); // prettier-ignore
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const analyzed = analyze(pieces.join(''));
      if (!analyzed.ok) expect(analyzed.fault.message.split('\n')).toHaveLength(1);
    }),
    { numRuns: 2000 },
  );
});
