/** The present driver cannot be unloaded, because something holds one of its modules. */
import { driverFindings, whichDriver } from '../../driver-pods.ts';
import { defineRule } from '../../rule.ts';
import { aDriverPod } from '../world-operator.ts';

const RULE = 'driver-module-in-use';
const LOG = 'mofed-ubuntu22.04-7b8c96f5dd-ds-w9ztk.log';
const failing = aDriverPod('mofed-ubuntu22.04-7b8c96f5dd-ds-w9ztk', {
  restarts: 3,
  waiting: 'CrashLoopBackOff',
  exitCode: 1,
});
const LINE = 'rmmod: ERROR: Module mlx5_core is in use by: lustre_o2ib\n';

export const driverModuleInUse = defineRule({
  id: RULE,
  title: 'A module of the present driver is in use',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { held: /(?:rmmod|modprobe|FATAL|ERROR|Error)[^\n]*Module (?<module>\w+) is in use(?:(?: by)?:? (?<by>[\w, ]+))?/ },
  explain:
    'A driver is replaced by unloading its modules. Another module built on it (Lustre, a storage client, nvidia_peermem), a process with an open verbs device or an interface that carries the node itself keeps them loaded.',
  sources: ['reference network-operator.md 1.8, 3.21'],
  check: (facts) =>
    driverFindings(facts, `${RULE}/held`, (found) => {
      const { module, by } = found.line.groups;
      return {
        because: `${whichDriver(found)} cannot unload the present driver: module ${module ?? '?'} is in use${by === undefined || by.trim() === '' ? '' : ` by ${by.trim()}`}`,
        sameAs: module ?? '',
        lacks: [
          {
            what: `who holds ${module ?? 'the module'}${found.node === undefined ? '' : ` on ${found.node}`}`,
            why: 'that has to end first',
            settle: `lsmod | grep ${module ?? 'mlx5_core'}; fuser -v /dev/infiniband/*; ip route show default   # on ${found.node ?? 'the node'}`,
          },
        ],
      };
    }),
  remedy: (findings) => [
    { text: `End what holds ${findings[0]?.sameAs ?? 'the module'}; the container tries again by itself.` },
    {
      text: 'Where nothing can be ended, drain the node and restart it; with safe load the driver is then loaded before pods come back.',
      risk: 'ends every pod on the node',
    },
    { text: 'Unsafe: unloading by force; the kernel may crash.' },
  ],
  cases: [
    { name: 'a storage client holds it', kind: 'broken', objects: [failing], texts: { [LOG]: LINE }, says: 'by lustre_o2ib' },
    { name: 'the pod is ready since', kind: 'healthy', objects: [aDriverPod('mofed-ubuntu22.04-7b8c96f5dd-ds-w9ztk', { ready: true })], texts: { [LOG]: LINE } },
    { name: 'a list of modules with their users', kind: 'look-alike', objects: [failing], texts: { [LOG]: 'mlx5_core             2170880  1 mlx5_ib\n' } },
  ],
}); // prettier-ignore
