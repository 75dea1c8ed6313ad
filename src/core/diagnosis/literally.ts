/** A word of a user's text as a pattern that means just it. */
export const literally = (word: string): string => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
