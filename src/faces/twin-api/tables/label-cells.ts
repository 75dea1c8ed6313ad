/** Labels and selectors as one text, in the order in which the server writes them. */
import { digList, digMap, digText, isMap } from '../../../core/model/dig.ts';

const pairs = (labels: unknown): readonly string[] =>
  Object.entries(isMap(labels) ? labels : {})
    .map(([key, value]) => `${key}=${String(value)}`)
    .toSorted();

export const formatLabels = (labels: unknown): string => pairs(labels).join(',') || '<none>';

/** Of a LabelSelector: an absent one selects nothing, which the server writes as `<none>` too. */
export const formatSelector = (selector: unknown): string => {
  const requirements = digList(selector, 'matchExpressions').map((one): [string, string] => {
    const key = digText(one, 'key') ?? '';
    return [key, expression(key, digText(one, 'operator') ?? '', digList(one, 'values').map(String).toSorted())];
  });
  const labels = Object.entries(digMap(selector, 'matchLabels')).map(([key, value]): [string, string] => [
    key,
    `${key}=${String(value)}`,
  ]);
  return (
    [...labels, ...requirements]
      .toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
      .map(([, text]) => text)
      .join(',') || '<none>'
  );
};

const expression = (key: string, operator: string, values: readonly string[]): string => {
  switch (operator) {
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    default:
      return '<error>';
  }
};
