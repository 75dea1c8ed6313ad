/** The first line of a diagnosis: how many causes, of how many nodes, and how many were set aside. */
import type { Report } from '../../../core/diagnosis/report.ts';

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

export const headline = ({ problems, symptoms, nodes, suppressed }: Report): string => {
  const looked = nodes.filter(({ verdict }) => verdict !== 'not looked at').length;
  const aside = suppressed?.applied.length ?? 0;
  const where = [
    ...(nodes.length === 0 ? [] : [`${looked} of ${nodes.length} nodes looked at`]),
    ...(aside === 0 ? [] : [`${aside} set aside`]),
  ];
  const words =
    problems.length > 0
      ? counted(problems.length, 'root cause')
      : symptoms.length > 0
        ? `No root cause could be told; ${counted(symptoms.length, 'symptom')} without one`
        : aside > 0
          ? 'Nothing found besides what is set aside'
          : 'Nothing found in what was looked at';
  return where.length === 0 ? words : `${words} (${where.join(', ')})`;
};
