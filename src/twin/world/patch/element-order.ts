/**
 * In which order a strategic merge patch leaves a merged list: what the patch names comes in the patch's order, the rest in
 * that of the server, and between the two the server's order holds where it knows both (strategicpatch normalizeElementOrder).
 */
export const inServerOrder = (
  merged: readonly unknown[],
  patch: readonly unknown[],
  server: readonly unknown[],
  nameOf: (entry: unknown) => unknown,
): readonly unknown[] => {
  const patched = patch.map(nameOf);
  const served = server.map(nameOf);
  const byOrder =
    (order: readonly unknown[]) =>
    (one: unknown, other: unknown): number =>
      order.indexOf(nameOf(one)) - order.indexOf(nameOf(other));
  const mine = merged.filter((entry) => patched.includes(nameOf(entry))).toSorted(byOrder(patched));
  const others = merged.filter((entry) => !patched.includes(nameOf(entry))).toSorted(byOrder(served));
  const sorted: unknown[] = [];
  let next = 0;
  for (const entry of others) {
    const place = served.indexOf(nameOf(entry));
    for (; next < mine.length; next += 1) {
      const other = served.indexOf(nameOf(mine[next]));
      if (place >= 0 && other >= 0 && place < other) break;
      sorted.push(mine[next]);
    }
    sorted.push(entry);
  }
  return [...sorted, ...mine.slice(next)];
};
