/**
 * A diagnosis as one HTML file to keep or to mail: no script, no font and no picture from elsewhere, and a policy in its head
 * that forbids them. Everything that came from a dump is escaped.
 */
import type { Candidate } from '../../../core/diagnosis/candidates.ts';
import type { RemedyStep, Severity } from '../../../core/diagnosis/finding.ts';
import type { CitedEvidence, NodeVerdict, Problem, Report, UnknownFact } from '../../../core/diagnosis/report.ts';
import { VERSION } from '../version.ts';
import { escapeMarkup } from './escape-markup.ts';
import { headline } from './headline.ts';
import { REPORT_CSS } from './html-style.ts';
import { citedPlace, citedText, suppressionText } from './places.ts';
import { withinDump } from './within-dump.ts';

const MARKS: Readonly<Record<Severity, string>> = { critical: '■', error: '■', warning: '▲', info: '●' };

const list = (items: readonly string[]): string =>
  items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;

const part = (title: string, inside: string): string => (inside === '' ? '' : `<h3>${title}</h3>${inside}`);

const section = (title: string, inside: string): string =>
  inside === '' ? '' : `<section><h2>${title}</h2>${inside}</section>`;

const command = (text: string): string => `<pre>${escapeMarkup(text)}</pre>`;

const evidenceTable = (evidence: readonly CitedEvidence[]): string =>
  evidence.length === 0
    ? ''
    : `<table>${evidence
        .map(
          (one) =>
            `<tr><td class="place">${escapeMarkup(citedPlace(one))}</td><td>${escapeMarkup(citedText(one, 400))}</td></tr>`,
        )
        .join('')}</table>`;

const remedySteps = (remedy: readonly RemedyStep[]): string =>
  remedy.length === 0
    ? ''
    : `<ol>${remedy
        .map(
          ({ text, command: line, risk }) =>
            `<li>${escapeMarkup(text)}${line === undefined ? '' : command(line)}${risk === undefined ? '' : `<p class="risk">Risk: ${escapeMarkup(risk)}</p>`}</li>`,
        )
        .join('')}</ol>`;

const unknownList = (unknown: readonly UnknownFact[]): string =>
  list(
    unknown.map(
      ({ what, why, settle, nodes, decisive }) =>
        `${decisive ? '<strong>' : ''}${escapeMarkup(what)}${decisive ? '</strong>' : ''}${nodes.length === 0 ? '' : ` (${escapeMarkup(nodes.join(', '))})`}: ${escapeMarkup(why)}${command(settle)}`,
    ),
  );

const candidateTable = (candidates: readonly Candidate[]): string =>
  candidates.length === 0
    ? ''
    : `<table><tr><th>cause</th><th>proved by</th><th>not if</th></tr>${candidates
        .map(({ cause, provedBy, disprovedBy, against }) =>
          against === undefined
            ? `<tr><td>${escapeMarkup(cause)}</td><td>${escapeMarkup(provedBy)}</td><td>${escapeMarkup(disprovedBy)}</td></tr>`
            : `<tr class="out"><td>${escapeMarkup(cause)}</td><td colspan="2">ruled out: ${escapeMarkup(against)}</td></tr>`,
        )
        .join('')}</table>`;

const article = (problem: Problem, nodeCount: number): string =>
  [
    `<article class="${problem.severity}">`,
    `<h2>${escapeMarkup(problem.title)}</h2>`,
    `<p class="tags"><span class="severity">${MARKS[problem.severity]} ${problem.severity}</span><span>${problem.confidence}</span><code>${escapeMarkup(problem.rule)}</code></p>`,
    `<p class="summary">${escapeMarkup(problem.summary)}</p>`,
    problem.nodes.length === 0
      ? ''
      : `<details><summary>${problem.nodes.length} of ${nodeCount} nodes</summary><p>${escapeMarkup(problem.nodes.join(', '))}</p></details>`,
    part('What follows from it', list(problem.consequences.map(({ summary }) => escapeMarkup(summary)))),
    part('Seen at', evidenceTable(problem.evidence)),
    part('Looked at, and not the cause', list(problem.against.map(escapeMarkup))),
    part('What it may come from', candidateTable(problem.candidates)),
    part('To be sure', unknownList(problem.lacks)),
    part('What to do', remedySteps(problem.remedy)),
    problem.thenExpect === undefined ? '' : `<p>After this is mended: ${escapeMarkup(problem.thenExpect)}</p>`,
    '</article>',
  ].join('');

const nodeTable = (nodes: readonly NodeVerdict[]): string =>
  [...Map.groupBy(nodes, ({ verdict }) => verdict)]
    .map(
      ([verdict, group]) =>
        `<details${group.length <= 20 ? ' open' : ''}><summary>${group.length} ${verdict}</summary><p>${escapeMarkup(group.map(({ node }) => node).join(', '))}</p></details>`,
    )
    .join('');

/** `written`: when, as people read it. */
export const reportHtml = (whole: Report, written: string): string => {
  const report = withinDump(whole);
  const { problems, symptoms, observations, suppressed, nodes } = report;
  const aside = [
    ...(suppressed?.applied ?? []).map(
      ({ problem, by }) => `${escapeMarkup(problem.title)}: ${escapeMarkup(by.map(suppressionText).join('; '))}`,
    ),
    ...(suppressed?.expired ?? []).map(
      ({ rule, owner, expires, at }) =>
        `${escapeMarkup(`the one of ${rule} by ${owner} (${at}) ended on ${expires} and holds no longer`)}`,
    ),
  ];
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Diagnosis: ${escapeMarkup(headline(report))}</title>`,
    `<style>${REPORT_CSS}</style></head><body>`,
    `<header><h1>${escapeMarkup(headline(report))}</h1><p>Read from ${escapeMarkup(report.sources.join(', '))}. Written ${escapeMarkup(written)} by nicwright ${VERSION}.</p></header>`,
    ...[...problems, ...symptoms].map((problem) => article(problem, nodes.length)),
    section('Worth knowing', list(observations.map(({ summary }) => escapeMarkup(summary)))),
    section('Set aside', list(aside)),
    section('Could not be told from this input', unknownList(report.unknown)),
    section(
      'Not looked at',
      list(report.notLookedAt.map(({ what, because }) => `${escapeMarkup(what)}: ${escapeMarkup(because)}`)),
    ),
    section('Nodes', nodeTable(nodes)),
    section(
      'Looked at and in order',
      list(
        report.clear.map(
          ({ rule, saw, count }) =>
            `${escapeMarkup(saw)}${count > 1 ? ` (${count} times)` : ''} <code>${escapeMarkup(rule)}</code>`,
        ),
      ),
    ),
    '</body></html>',
  ].join('\n');
};
