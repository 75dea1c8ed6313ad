/** A person who does what a visit by `--power manual` asks for: some minutes later, off, the time that is named, on. */
import { NODES } from '../../core/model/kube-resource.ts';
import { readJournal, VISIT_KEY } from '../../core/visit/visit-journal.ts';
import type { Twin } from '../../twin/twin.ts';

/** From the request to the hand at the switch. */
export const PERSON_MINUTES = 10;

export const personAtPower = (twin: Twin, offSeconds: number): void => {
  const asked = new Map<string, number>();
  twin.world.subscribe(NODES, ({ object }) => {
    const { name, annotations } = object.metadata;
    const text = annotations?.[VISIT_KEY];
    const journal = text === undefined ? undefined : readJournal(text);
    if (journal?.ok !== true || journal.value.stage !== 'restart' || journal.value.asked === undefined) return;
    const { atMs } = journal.value.asked;
    if (asked.get(name) === atMs) return;
    asked.set(name, atMs);
    twin.clock.after(PERSON_MINUTES * 60_000, () => twin.act({ do: 'power-off-and-on', node: name, offSeconds }));
  });
};
