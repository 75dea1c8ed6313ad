/** Marks on the node itself by which others offer to be kept away. */
import type { Mark } from '../visit-act.ts';
import type { OtherToQuiet } from './other.ts';
import { annotationsOf, labelsOf, type Surroundings } from './surroundings.ts';

export interface NodeMark {
  readonly who: string;
  readonly mark: Mark;
}

export const labelMark = (who: string, id: string, key: string, value: string): NodeMark => ({
  who,
  mark: { id, kind: 'label', key, value },
});

export const annotationMark = (who: string, id: string, key: string, value: string): NodeMark => ({
  who,
  mark: { id, kind: 'annotation', key, value },
});

export const onNode = ({ node }: Surroundings, { who, mark }: NodeMark): OtherToQuiet => ({
  who,
  mark,
  stands: (mark.kind === 'label' ? labelsOf(node) : annotationsOf(node))[mark.key] ?? null,
});
