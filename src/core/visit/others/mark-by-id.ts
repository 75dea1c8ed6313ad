/** Marks by the ids that a journal holds: what a visit has to put back, whoever carries it on. */
import type { Mark } from '../visit-act.ts';
import { DO_NOT_DISRUPT, SCALE_DOWN_DISABLED } from './autoscalers.ts';
import { machineMark } from './machines.ts';
import { EXCLUDE } from './medik8s.ts';
import { NOT_MANAGED } from './nvsentinel.ts';
import { DAEMON_AWAY, UPGRADES_SKIP } from './operators.ts';
import { FLATCAR_PAUSE } from './reboot-daemons.ts';

const ON_NODES: readonly Mark[] = [
  DAEMON_AWAY,
  ...UPGRADES_SKIP.map(({ skip }) => skip),
  FLATCAR_PAUSE,
  NOT_MANAGED,
  EXCLUDE,
  SCALE_DOWN_DISABLED,
  DO_NOT_DISRUPT,
].map(({ mark }) => mark);

/** Undefined for an id of another release: what it set is not known here. */
export const markById = (id: string): Mark | undefined => machineMark(id) ?? ON_NODES.find((mark) => mark.id === id);
