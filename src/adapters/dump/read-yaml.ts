/**
 * ReadYaml over js-yaml with the YAML 1.2 core schema: no sexagesimal numbers, no yes/no booleans, no dates.
 * The faster reader of what kubectl writes stands beside it; this one takes everything else.
 */
import yaml from 'js-yaml';
import type { ReadYaml } from '../../core/ports/read-yaml.ts';

export const readYaml: ReadYaml = (text) => yaml.loadAll(text, undefined, { schema: yaml.CORE_SCHEMA });
