import { describe, expect, test } from 'vitest';
import { rulePage } from './rule-page.ts';
import { ALL_RULES } from './rules/index.ts';
import { TOPICS } from './topics/topics.ts';
import { RULES_WITH_CLAIMS } from './claims.ts';
import { RULES_WITH_PROPOSALS } from './vendor-proposals.ts';
import { RULES_WITH_REPORTS } from './upstream-reports.ts';

const ids = new Set(ALL_RULES.map(({ id }) => id));

describe.each(ALL_RULES.map((rule) => ({ id: rule.id, page: rulePage(rule, ALL_RULES) })))('$id', ({ page }) => {
  test('has a remedy, sources and a word on reports of others (000-16)', () => {
    expect(page.remedy.length).toBeGreaterThan(0);
    expect(page.sources.length).toBeGreaterThan(0);
    if (page.reports.some(({ exact }) => exact)) expect(page.reportsNote).toBeUndefined();
    else expect(page.reportsNote).toMatch(/^(No|None)/);
  });

  test('names what may be behind it and what follows from it, both ways', () => {
    for (const { id } of page.causes) {
      const other = ALL_RULES.find((rule) => rule.id === id);
      expect(other === undefined ? [] : rulePage(other, ALL_RULES).leadsTo.map((link) => link.id)).toContain(page.id);
    }
  });
});

test('reports, claims and proposals are of rules that exist', () => {
  expect([...RULES_WITH_REPORTS, ...RULES_WITH_CLAIMS, ...RULES_WITH_PROPOSALS].filter((id) => !ids.has(id))).toEqual(
    [],
  );
});

describe('topics', () => {
  test('are the learnings of the founding documents and safe loading (000-95, 002-59)', () => {
    expect(TOPICS.map(({ id }) => id)).toEqual([
      'cold-restart',
      'firmware-persists',
      'chart-compatibility',
      'nv-ipam-deployment',
      'policy-targeting',
      'image-names',
      'safe-load',
    ]);
  });

  test('name rules that exist, and share no name with one', () => {
    for (const topic of TOPICS) {
      expect(
        topic.rules.filter((id) => !ids.has(id)),
        topic.id,
      ).toEqual([]);
      expect(ids.has(topic.id)).toBe(false);
    }
  });

  test('firmware-persists says that re-imaging does nothing to the settings (000-63)', () => {
    const topic = TOPICS.find(({ id }) => id === 'firmware-persists');
    expect(topic?.answer).toContain('re-imaging');
  });

  test('image-names tells name, registry and version of a release from the tables', () => {
    const rows = TOPICS.find(({ id }) => id === 'image-names')?.table?.() ?? [];
    expect(rows).toContainEqual(['25.7.0', 'nvcr.io/nvidia/mellanox', 'nvidia-k8s-ipam', 'network-operator-v25.7.0']);
    expect(rows.slice(1).every(([, , image]) => image === 'nvidia-k8s-ipam')).toBe(true);
  });
});
