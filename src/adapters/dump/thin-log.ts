/**
 * Long logs lose the lines that nobody can use: what is kept is the head, the tail, and every line that speaks of a fault or
 * of this field. A line that is left out stays as an empty one, so that line numbers hold.
 */

/** Shorter logs are kept as they are. */
const LONG = 64 * 1024;
const HEAD_LINES = 100;
const TAIL_LINES = 400;

/** Words of faults, and of adapters, drivers, operators and hosts: every pattern of the rules holds one of them (a test asks). */
const TELLING =
  /err|fail|fatal|panic|warn|denied|forbidden|refus|cannot|can't|could not|unable|not found|no such|invalid|timed? ?out|unauthori|reboot|drain|evict|cordon|mlx|mst|mellanox|nvidia|sriov|sr-iov|infiniband|rdma|ofed|ibdev|firmware|\bvf|numvfs|device|pci|kernel|module|driver|dpu|bluefield|dms|bfb|ipam|pool|webhook|token|certificate|agent|port|node|boot|redfish|ironic|neutron|power|==== /i;

export const thinLog = (text: string): string => {
  if (text.length < LONG) return text;
  const lines = text.split('\n');
  const tail = lines.length - TAIL_LINES;
  return lines.map((line, index) => (index < HEAD_LINES || index >= tail || TELLING.test(line) ? line : '')).join('\n');
};
