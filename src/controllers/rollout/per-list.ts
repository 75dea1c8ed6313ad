/** What is worked out of a list that was read, once for as long as that list is kept (cluster-reads.ts). */
export const perList = <Item, Made>(make: (list: readonly Item[]) => Made): ((list: readonly Item[]) => Made) => {
  const made = new WeakMap<readonly Item[], { readonly value: Made }>();
  return (list) => {
    const known = made.get(list);
    if (known !== undefined) return known.value;
    const value = make(list);
    made.set(list, { value });
    return value;
  };
};
