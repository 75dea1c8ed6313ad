/** Which ofedDriver.version the validating webhook takes, by operator release. It is off unless switched on. */
import { compareVersions } from '../release/version.ts';

interface VersionRule {
  readonly since: string;
  readonly pattern: RegExp;
  readonly forms: string;
}

/** The webhook's expressions (api/v1alpha1/validator, isValidOFEDVersion), newest first. */
const RULES: readonly VersionRule[] = [
  {
    since: '25.10.0',
    pattern:
      /^(sha256:[a-fA-F0-9]{64}|doca\d+\.\d+(\.\d+)?-\d+\.\d+-\d+\.\d+\.\d+\.\d+-\d+(-[\w.-]+)*|\d+\.\d+-\d+(\.\d+)*(-\d+)?(-[\w.-]+)*)$/,
    forms: '24.01-0.3.3.1-0, doca3.1.0-25.07-0.9.7.0-0, either with a kernel and OS suffix, or sha256:...',
  },
  {
    since: '25.7.0',
    pattern: /^(doca\d+\.\d+\.\d+-\d+\.\d+-\d+\.\d+\.\d+\.\d+-\d+|\d+\.\d+-\d+(\.\d+)*(-\d+)?)$/,
    forms: '24.01-0.3.3.1-0 or doca3.1.0-25.07-0.9.7.0-0',
  },
  { since: '0.0.0', pattern: /^(\d+\.\d+-\d+(\.\d+)*(-\d+)?)$/, forms: '24.01-0.3.3.1-0' },
];

/** A version is a file name and a tag part at most; longer text is refused without being matched. */
const LONGEST = 256;

const ruleOf = (release: string): VersionRule =>
  RULES.find(({ since }) => compareVersions(release, since) >= 0) ?? (RULES.at(-1) as VersionRule);

/** `release` may be a line (`25.7`) or a release. */
export const isAcceptedDriverVersion = (release: string, version: string): boolean =>
  version.length <= LONGEST && ruleOf(release).pattern.test(version);

/** The forms that a release takes, for people. */
export const driverVersionForms = (release: string): string => ruleOf(release).forms;
