/** The different values of a list in its order, those that are missing left out: nodes or resources of several findings. */
export const distinct = (values: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(values.filter((value) => value !== undefined)),
];
