/**
 * Who wrote a field of an object, and when, as the API server keeps it in metadata.managedFields. Whether that was a person or a
 * program is left to who asks: `kubectl-cordon` and an operator's name both stand there as managers.
 */
import { dig, digList, digText } from './dig.ts';

/** Who we are to the API server, in whatever we write. */
export const FIELD_MANAGER = 'nicwright';

export interface FieldManager {
  readonly manager: string;
  /** RFC 3339; of the manager's last write to any of its fields. */
  readonly time?: string;
}

/** The last of those that own the field (`['f:spec', 'f:unschedulable']`); undefined where the object does not tell. */
export const fieldManagerOf = (object: unknown, field: readonly string[]): FieldManager | undefined => {
  const [last] = digList(object, 'metadata', 'managedFields')
    .filter((entry) => dig(entry, 'fieldsV1', ...field) !== undefined)
    .toSorted((a, b) => ((digText(a, 'time') ?? '') < (digText(b, 'time') ?? '') ? 1 : -1));
  const manager = digText(last, 'manager');
  if (manager === undefined) return undefined;
  const time = digText(last, 'time');
  return { manager, ...(time !== undefined && { time }) };
};
