/** Which release in the table a person means, and the refusals when there is none or it is a pre-release. */
import { fail, ok, type Result } from '../result.ts';
import { RELEASES } from './chart-facts.ts';
import { compareVersions, hasSuffix, isVersion } from './version.ts';

/** `v25.7.0` and `25.7.0` are the same; a release line such as `25.7` is not a release. */
export const findRelease = (text: string, devel: boolean): Result<string> => {
  const version = text.replace(/^v/, '');
  if (!isVersion(version)) return fail('usage-release', `"${text}" is no version; known are ${RELEASES.join(', ')}.`);
  if (hasSuffix(version) && !devel)
    return fail('refused-pre-release', `${version} is a pre-release; it is only considered with --devel.`);
  if (RELEASES.includes(version)) return ok(version);
  const newest = RELEASES.at(-1) ?? '';
  const where = compareVersions(version, newest) > 0 ? `newer than the last entry, ${newest}` : 'not in the table';
  return fail('usage-release', `${version} is ${where}; known are ${RELEASES.join(', ')}.`);
};

/** The newest release in the table that is not newer than `version`; undefined when all are newer. */
export const nearestRelease = (version: string): string | undefined =>
  RELEASES.filter((release) => compareVersions(release, version) <= 0).at(-1);
