/** `rbac check` as text: the answer, then workload by workload what is missing with its place, then the way out. */
import type { Origin } from '../../../core/snapshot/snapshot.ts';
import { showRequest } from '../../../core/rbac/access-request.ts';
import { pathOf } from '../../../core/rbac/policy.ts';
import { CHECK_RULES } from '../../../core/rbac/workload/check-findings.ts';
import type { CheckFinding } from '../../../core/rbac/workload/check-findings.ts';
import type { CheckedAccount, CheckedContainer, ManifestCheck } from '../../../core/rbac/workload/check-manifests.ts';
import { containerName } from '../../../core/rbac/workload/check-findings.ts';
import { wrap } from '../diagnosis/wrap.ts';
import type { Paint } from '../paint.ts';

const SHOWN = 6;
const INDENT = '  ';

export const showPlace = (origin: Origin | undefined): string =>
  origin === undefined ? 'unknown' : origin.line === undefined ? origin.source : `${origin.source}:${origin.line}`;

export interface CheckView {
  readonly check: ManifestCheck;
  readonly findings: readonly CheckFinding[];
  /** Fingerprints that an earlier run had already. */
  readonly known: ReadonlySet<string>;
}

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const heading = ({ check, findings, known }: CheckView, paint: Paint): string => {
  const failing = findings.filter(({ rule }) => CHECK_RULES[rule].fails);
  const fresh = failing.filter(({ fingerprint }) => !known.has(fingerprint));
  const containers = check.accounts.flatMap((account) => account.containers);
  const unseen = containers.filter(({ program }) => program !== undefined).length;
  const { total, resolved } = check.calls;
  const gaps =
    failing.length === 0
      ? paint.good(total === 0 ? 'no kubectl call found' : 'no gap')
      : paint.bad(`${plural(failing.length, 'gap')}${known.size === 0 ? '' : `, ${fresh.length} of them new`}`);
  const share = total === 0 ? '' : `; ${resolved} of ${total} kubectl calls resolved`;
  const blind =
    unseen === 0
      ? ''
      : `; ${unseen} of ${plural(containers.length, 'container')} start programs that cannot be looked into`;
  return `${gaps}${share}${blind}`;
};

const findingLines = (finding: CheckFinding, { known }: CheckView, paint: Paint): readonly string[] => {
  const { rule, text, origin, more, fingerprint } = finding;
  const label =
    rule === 'rbac-missing'
      ? 'missing'
      : rule === 'rbac-missing-on-some-ways'
        ? 'on some ways'
        : rule.replace(/^rbac-/, '');
  const places = [origin, ...more].slice(0, 4).map(showPlace).join(', ');
  const colour = CHECK_RULES[rule].fails ? paint.bad : paint.warn;
  return [
    `${INDENT}${colour(label)} ${places}${more.length > 3 ? ` and ${more.length - 3} more` : ''}${known.has(fingerprint) ? paint.dim(' (known)') : ''}`,
    ...wrap(text, paint.width, INDENT.repeat(2), INDENT.repeat(2)),
  ];
};

const needLines = (container: CheckedContainer): readonly string[] => {
  const { judgement, needs } = container;
  const place = (list: (typeof needs.needs)[number]['places']): string =>
    list
      .slice(0, 3)
      .map(({ source, line }) => showPlace(container.locate(source, line)))
      .join(', ');
  return [
    ...judgement.gap.satisfied.map(
      ({ need, request, verdict, when }) =>
        `${INDENT}has      ${showRequest(request)} (${place(need.places)})${when === undefined ? '' : ` when ${when}`}: ${verdict.because}`,
    ),
    ...judgement.gap.tolerated.map(
      ({ need, request }) =>
        `${INDENT}lacks    ${showRequest(request)} (${place(need.places)}), which kubectl goes on without`,
    ),
    ...needs.unreached.map(
      ({ request, places, when }) =>
        `${INDENT}not reached ${showRequest(request)} (${place(places)})${when === undefined ? '' : `: needed when ${when}`}`,
    ),
  ];
};

const containerLines = (
  container: CheckedContainer,
  view: CheckView,
  verbose: boolean,
  paint: Paint,
): readonly string[] => {
  const about = containerName(container);
  const own = view.findings.filter((finding) => finding.about === about);
  const { calls, needs, unreached } = container.needs;
  const isQuiet = own.length === 0 && calls.total + needs.length + unreached.length === 0;
  if (isQuiet)
    return verbose && container.program !== undefined
      ? [
          '',
          `${paint.bold(about)} (${showPlace(container.origin)})`,
          `${INDENT}starts ${container.program}: a program, not looked into`,
        ]
      : [];
  if (own.length === 0 && !verbose && unreached.length === 0) return [];
  const shown = verbose ? own : own.slice(0, SHOWN);
  const { gap } = container.judgement;
  const hasGap = gap.missing.length + gap.conditionalMissing.length > 0;
  return [
    '',
    `${paint.bold(about)} (${showPlace(container.origin)})`,
    ...(hasGap ? [] : [`${INDENT}nothing is missing as it is started`]),
    ...shown.flatMap((finding) => findingLines(finding, view, paint)),
    ...(own.length > shown.length ? [paint.dim(`${INDENT}${own.length - shown.length} more with -v`)] : []),
    ...(verbose
      ? needLines(container)
      : [
          ...(gap.satisfied.length === 0
            ? []
            : [paint.dim(`${INDENT}has ${plural(gap.satisfied.length, 'other permission')} that it needs (-v)`)]),
          ...(unreached.length === 0
            ? []
            : wrap(
                `not reached as it is started: ${unreached
                  .map(
                    ({ request, when }) =>
                      `${showRequest(request)}${when === undefined ? '' : ` (needed when ${when})`}`,
                  )
                  .slice(0, 3)
                  .join('; ')}${unreached.length > 3 ? ` and ${unreached.length - 3} more (-v)` : ''}`,
                paint.width,
                INDENT,
                INDENT.repeat(2),
              )),
        ]),
  ];
};

const accountLines = (account: CheckedAccount, paint: Paint): readonly string[] => {
  const { grant, inPlace, roles, namespace, name } = account;
  if (grant.grants.length + grant.open.length === 0) return [];
  const kept = roles.filter(({ owner }) => owner !== undefined);
  return [
    '',
    `${paint.bold(`ServiceAccount ${namespace}/${name}`)}: ${grant.grants.map(({ role, binding, existing }) => (existing ? `bind ${pathOf(role)} by ${pathOf(binding)}` : `${pathOf(role)} and ${pathOf(binding)}`)).join(', ')} close it (-o grant prints them)`,
    ...kept.flatMap((role) =>
      wrap(`leave ${pathOf(role)} alone: ${role.owner ?? ''} keeps it as it is`, paint.width, INDENT, INDENT),
    ),
    ...grant.open.flatMap(({ request, because }) =>
      wrap(`open: ${showRequest(request)}: ${because}`, paint.width, INDENT, INDENT),
    ),
    ...grant.advice.flatMap(({ level, text }) =>
      wrap(`${level === 'info' ? 'note' : 'beware'}: ${text}`, paint.width, INDENT, INDENT),
    ),
    ...inPlace.flatMap(({ object, patch, because }) => [
      `${INDENT}${paint.warn('in place')}, ${object}:`,
      ...wrap(because, paint.width, INDENT.repeat(2), INDENT.repeat(2)),
      `${INDENT.repeat(2)}kubectl patch ${object.split('/')[0]?.toLowerCase() ?? ''} ${object.split('/').at(-1) ?? ''}${object.split('/').length === 3 ? ` -n ${object.split('/')[1] ?? ''}` : ''} --type=json -p '${JSON.stringify(patch)}'`,
    ]),
  ];
};

/** Findings that are about no container, those of one rule together. */
const otherLines = (view: CheckView, verbose: boolean, paint: Paint): readonly string[] => {
  const containers = new Set(view.check.accounts.flatMap(({ containers: own }) => own.map(containerName)));
  const others = view.findings.filter(({ about }) => !containers.has(about));
  return [...Map.groupBy(others, ({ rule }) => rule)].flatMap(([rule, group]) => {
    const shown = verbose ? group : group.slice(0, SHOWN);
    return [
      '',
      `${paint.bold(CHECK_RULES[rule].title)}: ${group.length}`,
      ...shown.flatMap(({ about, origin, text, wayOut }) => [
        `${INDENT}${about}${origin === undefined || origin.source === about ? '' : ` (${showPlace(origin)})`}`,
        ...wrap(
          text.length > 300 && !verbose ? `${text.slice(0, 300)} ...` : text,
          paint.width,
          INDENT.repeat(2),
          INDENT.repeat(2),
        ),
        ...(wayOut === undefined ? [] : wrap(wayOut, paint.width, `${INDENT.repeat(2)}-> `, INDENT.repeat(3))),
      ]),
      ...(group.length > shown.length ? [paint.dim(`${INDENT}${group.length - shown.length} more with -v`)] : []),
    ];
  });
};

export const checkText = (view: CheckView, verbose: boolean, paint: Paint): string => {
  const { policy } = view.check.world;
  return [
    heading(view, paint),
    ...(policy.roles.length + policy.bindings.length === 0
      ? wrap(
          'The input holds no role and no binding, so everything counts as missing that the cluster does not give by itself; add those that the accounts have.',
          paint.width,
          '',
          '',
        )
      : []),
    ...view.check.accounts.flatMap(({ containers }) =>
      containers.flatMap((container) => containerLines(container, view, verbose, paint)),
    ),
    ...view.check.accounts.flatMap((account) => accountLines(account, paint)),
    ...otherLines(view, verbose, paint),
  ].join('\n');
};
