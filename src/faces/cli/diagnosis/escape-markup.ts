/** Text as the content of an XML or HTML element or attribute. Characters that XML 1.0 cannot hold become `?`. */

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Lone surrogates and control characters: everything that XML 1.0 has no place for. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

export const escapeMarkup = (text: string): string =>
  text.replaceAll(FORBIDDEN, '?').replaceAll(/[&<>"']/g, (character) => NAMED[character] ?? character);
