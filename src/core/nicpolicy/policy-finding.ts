/** What a check of a policy file says about one field. */
import type { Path } from '../model/dig.ts';

export interface PolicyFinding {
  /** `error`: refused, ignored or sure to fail. `warning`: works, and does not do what one expects. `note`: to know. */
  readonly severity: 'error' | 'warning' | 'note';
  /** Field in the object. */
  readonly path: Path;
  readonly because: string;
  readonly wayOut?: string;
}

export const fieldText = (path: Path): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : key))
    .join('.')
    .replaceAll('.[', '[');
