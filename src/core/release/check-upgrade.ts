/** The whole answer to "may I upgrade from here to there, this way": every check of this room, worst first. */
import { checkCrds, crdGaps } from './check-crds.ts';
import { checkImages } from './check-images.ts';
import { checkKeys } from './check-keys.ts';
import { checkPolicyObjects } from './check-policy-objects.ts';
import { checkKubernetes, checkRendering, checkSchema, renderingGaps } from './check-rendering.ts';
import { checkSettings } from './check-settings.ts';
import type { UpgradeFinding, UpgradeGap } from './upgrade-finding.ts';
import type { UpgradeQuestion } from './upgrade-question.ts';

export interface UpgradeReport {
  readonly from: string;
  readonly to: string;
  readonly flag: string;
  /** `stops`: refused before anything changes. `warns`: goes through, see the findings. `clean`: nothing to say against it. */
  readonly verdict: 'stops' | 'warns' | 'clean';
  readonly findings: readonly UpgradeFinding[];
  readonly gaps: readonly UpgradeGap[];
}

const RANK = { stops: 0, warns: 1, tells: 2 } as const;

export const checkUpgrade = (question: UpgradeQuestion): UpgradeReport => {
  const findings = [
    ...checkKubernetes(question),
    ...checkRendering(question),
    ...checkCrds(question),
    ...checkPolicyObjects(question),
    ...checkSettings(question),
    ...checkKeys(question),
    ...checkImages(question),
    ...checkSchema(question),
  ].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  const worst = findings[0]?.severity;
  return {
    from: question.from,
    to: question.to,
    flag: question.flag,
    verdict: worst === undefined || worst === 'tells' ? 'clean' : worst,
    findings,
    gaps: [...renderingGaps(question), ...crdGaps(question)],
  };
};
