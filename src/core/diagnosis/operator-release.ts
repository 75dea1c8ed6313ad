/**
 * Which release of the network operator runs, as far as an input without readable Helm records tells: its Deployment, its
 * pod, or a pasted `helm list`. Never a guess.
 */
import { digList, digText } from '../model/dig.ts';
import { CHART_NAME, findInstalled } from '../release/installed.ts';
import { imageOf } from '../release/judge-image.ts';
import { isVersion } from '../release/version.ts';
import { pastedRows } from '../snapshot/pasted-table.ts';
import type { Facts } from './facts.ts';
import { fieldEvidence, textEvidence } from './evidence.ts';
import type { Evidence } from './finding.ts';

export interface OperatorRelease {
  /** Undefined where the operator is there and its tag tells no release. */
  readonly version?: string;
  readonly evidence: readonly Evidence[];
}

const fromPods = (facts: Facts): OperatorRelease | undefined => {
  for (const entry of facts.objects('Pod'))
    for (const [index, container] of digList(entry.object, 'spec', 'containers').entries()) {
      const { image, version } = imageOf(digText(container, 'image') ?? '');
      if (image !== CHART_NAME) continue;
      const release = version.replace(/^v/, '');
      return {
        ...(isVersion(release) && { version: release }),
        evidence: [fieldEvidence(entry, ['spec', 'containers', index, 'image'])],
      };
    }
  return undefined;
};

const CHART = /^network-operator-v?(\d+\.\d+\.\d+\S*)$/;

const fromHelmList = (facts: Facts): OperatorRelease | undefined => {
  for (const output of facts.pasted())
    for (const { cells, text, number } of pastedRows(output)) {
      const version = CHART.exec(cells['CHART'] ?? '')?.[1];
      if (version !== undefined)
        return { version, evidence: [textEvidence({ source: output.source, line: number }, text)] };
    }
  return undefined;
};

/** Undefined where nothing shows that the network operator is installed. */
export const operatorRelease = (facts: Facts): OperatorRelease | undefined => {
  const [installed] = findInstalled(facts.snapshot, []);
  if (installed === undefined) return fromPods(facts) ?? fromHelmList(facts);
  const entry = [...facts.objects('Deployment'), ...facts.objects('ClusterServiceVersion')].find(
    ({ object }) =>
      object.metadata.namespace === installed.namespace && installed.source.includes(object.metadata.name),
  );
  return {
    version: installed.version,
    evidence:
      entry === undefined
        ? []
        : [fieldEvidence(entry, ['metadata', 'name'], `${installed.source}: ${installed.version}`)],
  };
};
