/** Which release of DPF runs: by the operator's own status, else by a label of version, else by the tag of its images. */
import { digList, digText, digTexts } from '../../../model/dig.ts';
import { compareVersions, isVersion } from '../../../release/version.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence } from '../../finding.ts';

export interface DpfRelease {
  /** Without a leading v: `25.4.0`. */
  readonly version: string;
  readonly evidence: Evidence;
}

const plain = (text: string | undefined): string | undefined => {
  const version = text?.replace(/^v/, '');
  return version !== undefined && isVersion(version) ? version : undefined;
};

const VERSION_LABEL = /(?:^|\/)(?:dpf-)?version$/;
const OWN_IMAGE = /(?:^|\/)(?:dpf-system|dms|hostdriver):(?<tag>[^@]+)/;

export const dpfRelease = (facts: Facts): DpfRelease | undefined => {
  for (const config of facts.objects('DPFOperatorConfig')) {
    const version = plain(digText(config.object, 'status', 'version'));
    if (version !== undefined) return { version, evidence: fieldEvidence(config, ['status', 'version']) };
  }
  for (const kind of ['Pod', 'Deployment', 'ReplicaSet'])
    for (const entry of facts.objects(kind)) {
      const at = kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec'];
      for (const [index, container] of digList(entry.object, ...at, 'containers').entries()) {
        const tag = plain(OWN_IMAGE.exec(digText(container, 'image') ?? '')?.groups?.['tag']);
        if (tag === undefined) continue;
        const label = Object.entries(digTexts(entry.object, 'metadata', 'labels')).find(([key]) =>
          VERSION_LABEL.test(key),
        );
        const labelled = plain(label?.[1]);
        return labelled !== undefined && label !== undefined
          ? { version: labelled, evidence: fieldEvidence(entry, ['metadata', 'labels', label[0]]) }
          : { version: tag, evidence: fieldEvidence(entry, [...at, 'containers', index, 'image']) };
      }
    }
  return undefined;
};

/** From this line on the controller makes a DMS pod again that was deleted (dpf.md 2.2). */
const MAKES_PODS_AGAIN = '25.7.0';

/** What deleting a DMS pod does in this release, in a sentence. */
export const deletingPods = (facts: Facts): string => {
  const release = dpfRelease(facts);
  if (release === undefined)
    return 'do not delete the pod: DPF 25.4 does not make it again once a DPUNode exists for its host';
  return compareVersions(release.version, MAKES_PODS_AGAIN) < 0
    ? `do not delete the pod: DPF ${release.version} does not make it again once a DPUNode exists for its host`
    : `DPF ${release.version} makes a pod again that was deleted; a card in OS Installing or Rebooting is lost to it all the same`;
};
