/** What an analysis is given beside the script's text: how the container calls it, where it runs, what it can read. */
import type { ReadYaml } from '../../ports/read-yaml.ts';
import type { ResourceTypes } from '../resource-types.ts';

export interface ScriptInput {
  /** For messages and lines. */
  readonly name: string;
  /** Positional parameters. Absent: not known, so every way of calling it is looked at. */
  readonly args?: readonly string[];
  /** Variables of the environment whose values are known. Others may be set or not. */
  readonly env?: Readonly<Record<string, string>>;
  /** Texts of files that the script can read, by absolute path (ConfigMap mounts, other scripts). */
  readonly files?: Readonly<Record<string, string>>;
  /** Absent: namespaces that the script does not name are given as `@pod`. */
  readonly namespace?: string;
  readonly types: ResourceTypes;
  readonly readYaml: ReadYaml;
}
