/**
 * The order in which Helm renders templates: deepest path first, then backwards by name (helm pkg/engine, sortTemplates).
 * It decides which of several errors a person sees.
 */
export const inRenderOrder = <T>(items: readonly T[], nameOf: (item: T) => string): readonly T[] => {
  const depth = (name: string): number => name.split('/').length;
  return items
    .map((item) => ({ item, name: nameOf(item) }))
    .sort((a, b) => depth(b.name) - depth(a.name) || (a.name < b.name ? 1 : a.name > b.name ? -1 : 0))
    .map(({ item }) => item);
};
