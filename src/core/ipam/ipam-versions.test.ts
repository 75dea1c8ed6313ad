import { expect, test } from 'vitest';
import { firstVersionWith, NEWEST_IPAM, readIpamRelease } from './ipam-versions.ts';

const features = (tag: string): readonly string[] | undefined => {
  const release = readIpamRelease(tag);
  return release === undefined
    ? undefined
    : Object.entries(release.has).filter(([, has]) => !has).map(([name]) => name); // prettier-ignore
};

// prettier-ignore
test.for([
  ['v0.4.0', []],
  ['0.3.7', ['perNodeExclusions', 'skipsExcludedBlocks']],
  ['v0.3.4', ['blockOfOne', 'perNodeExclusions', 'skipsExcludedBlocks']],
  ['v0.2.1', ['routes', 'blockOfOne', 'perNodeExclusions', 'skipsExcludedBlocks']],
  ['v0.1.2', ['cidrPool', 'exclusions', 'routes', 'blockOfOne', 'perNodeExclusions', 'skipsExcludedBlocks']],
  ['network-operator-v25.7.0', ['perNodeExclusions', 'skipsExcludedBlocks']],
  ['network-operator-v25.10.0-rc.3', ['perNodeExclusions', 'skipsExcludedBlocks']],
  ['network-operator-v26.1.0', []],
  ['network-operator-v27.0.0', []],
] as const)('%s lacks %j', ([tag, lacks]) => expect(features(tag)).toEqual(lacks));

test.for(['latest', '', 'v1', 'network-operator-v24.7.0', 'sha256:0123', 'v0.3.7.1', 'v99999.1.1'])(
  '%j tells no version', (tag) => expect(readIpamRelease(tag)).toBeUndefined()); // prettier-ignore

test('the newest version lacks nothing', () => {
  expect(Object.values(NEWEST_IPAM.has)).not.toContain(false);
  expect(firstVersionWith('skipsExcludedBlocks')).toBe('v0.4.0');
});
