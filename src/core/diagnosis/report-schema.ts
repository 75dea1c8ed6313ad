/**
 * The JSON form of a report as a schema: docs/diagnosis.schema.json is made from it, and a test holds every report against
 * it. `diagnose` itself does not load it. Keys may be added within v1; none is renamed or taken away.
 */
import { z } from 'zod';
import { SEVERITIES } from './finding.ts';

const severity = z.enum(SEVERITIES);
const confidence = z.enum(['proven', 'likely', 'possible']);

const evidence = z.strictObject({
  source: z.string().describe('file, archive member, or live source'),
  line: z.int().positive().optional(),
  object: z.string().optional().describe('Kind/namespace/name'),
  field: z.string().optional().describe('path of the field, joined by dots'),
  excerpt: z.string(),
});

const unknownFact = z.strictObject({
  what: z.string(),
  why: z.string(),
  settle: z.string().describe('the command that would tell'),
  rules: z.array(z.string()),
  nodes: z.array(z.string()),
  decisive: z.boolean().describe('it could explain a symptom that has no known cause'),
});

const consequence = z.strictObject({
  rule: z.string(),
  title: z.string(),
  summary: z.string(),
  nodes: z.array(z.string()),
  count: z.int().positive(),
  evidence: z.array(evidence),
});

const candidate = z.strictObject({
  cause: z.string(),
  rule: z.string().optional().describe('the rule that states it once it is proven'),
  provedBy: z.string(),
  disprovedBy: z.string(),
  fact: z.string().describe('the fact that decides'),
  settle: z.string().describe('the command that brings it'),
  against: z.string().optional().describe('what the input already holds against it'),
});

const scope = z.strictObject({
  node: z.string().optional(),
  pci: z.string().optional(),
  resource: z.string().optional(),
  object: z.string().optional().describe('Kind/namespace/name'),
  image: z.string().optional(),
});

const problem = z.strictObject({
  rule: z.string().describe('stable id; nicwright explain ID tells more'),
  fingerprint: z.string().describe('the same when the same problem is found again'),
  title: z.string(),
  severity,
  confidence,
  summary: z.string(),
  nodes: z.array(z.string()),
  scopes: z.array(scope).describe('every place where it was found'),
  count: z.int().positive().describe('findings folded into this one'),
  evidence: z.array(evidence),
  against: z.array(z.string()).describe('what was looked at and is not the cause'),
  lacks: z.array(unknownFact).describe('what would make it sure'),
  candidates: z.array(candidate).describe('of a symptom: what it may come from'),
  remedy: z.array(z.strictObject({ text: z.string(), command: z.string().optional(), risk: z.string().optional() })),
  proposal: z.array(z.string()).optional().describe('what the vendor should change'),
  consequences: z.array(consequence).describe('what follows from it, nearest first'),
  thenExpect: z.string().optional(),
});

const gap = z.strictObject({
  what: z.string(),
  because: z.string(),
  settle: z.string().optional(),
  node: z.string().optional(),
});

const suppression = z.strictObject({
  rule: z.string(),
  nodes: z.array(z.string()).optional(),
  objects: z.array(z.string()).optional(),
  owner: z.string(),
  reason: z.string(),
  expires: z.string().describe('the last day on which it holds, UTC'),
  at: z.string().describe('FILE:LINE'),
});

const suppressed = z.strictObject({
  applied: z.array(z.strictObject({ problem, by: z.array(suppression) })),
  expired: z.array(suppression).describe('these hold no longer'),
  idle: z.array(z.strictObject({ suppression, because: z.string() })).describe('these set nothing aside'),
});

export const reportSchema = z.strictObject({
  schema: z.literal('nicwright.dev/diagnosis/v1'),
  sources: z.array(z.string()),
  nodes: z.array(z.strictObject({ node: z.string(), verdict: z.enum(['affected', 'nothing found', 'not looked at']) })),
  problems: z.array(problem).describe('causes that nothing else explains, most severe first'),
  symptoms: z.array(problem).describe('symptoms that no cause explains in this input'),
  observations: z.array(problem),
  unknown: z.array(unknownFact),
  notLookedAt: z.array(gap),
  clear: z.array(z.strictObject({ rule: z.string(), saw: z.string(), count: z.int().positive() })),
  suppressed: suppressed.optional().describe('what a file of suppressions set aside'),
});
