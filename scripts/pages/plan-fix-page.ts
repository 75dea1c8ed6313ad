/** docs/plan-fix.md: which findings a plan can be made for, and why not for the others, from the tables of core/plan/fix. */
import { ELSEWHERE, FIXERS } from '../../src/core/plan/fix/fixers.ts';
import { WHY_NOT } from '../../src/core/plan/fix/why-not.ts';

const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1);

const link = (rule: string): string => `[${rule}](rules.md#${rule})`;

export const planFixPage = (): string =>
  [
    '# Plans that mend a finding',
    '',
    '`nicwright plan fix` lists the findings of an input and says of each whether a plan can be made. `nicwright plan fix FINDING` makes it;',
    '`-o yaml > fix.yaml` keeps it, `nicwright apply fix.yaml` carries it out, and `nicwright apply fix.yaml --rollback` takes it back. Where there is',
    'no plan it says why, and prints the commands that help by hand (exit 5).',
    '',
    'Generated from the tables in `src/core/plan/fix` (`npm run generate`).',
    '',
    '## What holds for every plan',
    '',
    '- Nothing is planned while the cause is not proved. What the proof lacks is said, with the command that brings it.',
    '- A patch states how the fields stand before it, and the way back restores exactly that. Where an object stands otherwise by now, nothing is changed there and a new plan is asked for; so it is on the way back, too.',
    '- An object that a plan makes carries the annotation `nicwright.dev/made-by` with the name of the plan. The way back deletes that object and no other; one of the same name without the mark is left alone.',
    '- Pods are restarted node by node, the next when the new pod is Ready. Pods that failed for good are deleted by uid, and only where a controller makes them anew.',
    '- A step is looked at first and proved after it, so a plan that was stopped is carried out again from where it stood.',
    '- Policies and pools that decide what a change sets going are part of the fingerprint: where they have changed, the plan is refused.',
    '',
    '## Findings that have a plan',
    '',
    '| finding | what is changed |',
    '|---|---|',
    ...Object.entries(FIXERS)
      .toSorted(byName)
      .map(([rule, { does }]) => `| ${link(rule)} | ${does} |`),
    ...Object.entries(ELSEWHERE)
      .toSorted(byName)
      .map(([rule, command]) => `| ${link(rule)} | restarts node by node: \`${command}\` |`),
    '',
    '## Findings that have none, and why',
    '',
    '| finding | why |',
    '|---|---|',
    ...Object.entries(WHY_NOT)
      .toSorted(byName)
      .map(([rule, because]) => `| ${link(rule)} | ${because.replaceAll('|', '\\|')} |`),
    '',
  ].join('\n');
