/** What problems and evidence are about, in words that every form of a report uses. */
import type { Scope } from '../../../core/diagnosis/finding.ts';
import type { CitedEvidence } from '../../../core/diagnosis/report.ts';
import type { Suppression } from '../../../core/diagnosis/suppressions.ts';

/** `dgx030 0000:18:00.0`, or `the cluster` where a finding is about no single thing. */
export const placeName = ({ node, pci, object, resource, image }: Scope): string =>
  [node, pci, object, resource, image].filter((part) => part !== undefined).join(' ') || 'the cluster';

/** `FILE:LINE`. */
export const citedPlace = ({ source, line }: CitedEvidence): string =>
  line === undefined ? source : `${source}:${line}`;

/** `Kind/ns/name .field  excerpt`, on one line. */
export const citedText = ({ object, field, excerpt }: CitedEvidence, most = 140): string => {
  const what = object === undefined || field === undefined ? '' : `${object} .${field}  `;
  return `${what}${excerpt.replaceAll(/\s+/g, ' ').slice(0, most)}`;
};

export const suppressionText = ({ owner, reason, expires, at }: Suppression): string =>
  `by ${owner} until ${expires}: ${reason} (${at})`;
