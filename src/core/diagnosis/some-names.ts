/** Names in a sentence: all of a few, the first of many with the count of the rest. */

export const someNames = (names: readonly string[], most = 6): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
