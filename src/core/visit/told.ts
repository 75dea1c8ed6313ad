/** A fact that had to be gathered: known, or not, and then why. What is unknown is never read as fine. */
export type Told<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly because: string };

export const told = <T>(value: T): Told<T> => ({ known: true, value });
export const untold = (because: string): { readonly known: false; readonly because: string } => ({
  known: false,
  because,
});
