/**
 * The maintenance operator's podEvictionFilters: Go regular expressions on the names of requested resources
 * (api/v1alpha1/utils.go at e15d07b). An expression that Go refuses matches nothing, silently.
 */

/** What Go's RE2 has not got, and JavaScript has: look-around and back references. */
const NOT_IN_GO = /\(\?(?:[=!]|<[=!])|\\[1-9]|\\k</;

/** A Go expression as JavaScript's, unanchored; undefined where Go would refuse it. */
export const goExpression = (text: string): RegExp | undefined => {
  if (NOT_IN_GO.test(text)) return undefined;
  const flags = /^\(\?([imsU]+)\)/.exec(text);
  const body = text.slice(flags?.[0].length ?? 0).replaceAll('(?P<', '(?<');
  try {
    return new RegExp(
      body,
      `u${flags?.[1]?.includes('i') === true ? 'i' : ''}${flags?.[1]?.includes('s') === true ? 's' : ''}`,
    );
  } catch {
    return undefined;
  }
};

/** Whether one of the filters matches one of the resources. */
export const evictionFilter = (filters: readonly string[]): ((resources: readonly string[]) => boolean) => {
  const expressions = filters.flatMap((filter) => goExpression(filter) ?? []);
  return (resources) => resources.some((resource) => expressions.some((expression) => expression.test(resource)));
};
