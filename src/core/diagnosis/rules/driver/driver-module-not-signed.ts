/** The kernel refuses the built modules: they are not signed by a key that it trusts (secure boot), or do not fit it. */
import { driverFindings, whichDriver } from '../../driver-pods.ts';
import { defineRule } from '../../rule.ts';
import { aDriverPod } from '../world-operator.ts';

const RULE = 'driver-module-not-signed';
const LOG = 'mofed-ubuntu22.04-7b8c96f5dd-ds-w9ztk.log';
const failing = aDriverPod('mofed-ubuntu22.04-7b8c96f5dd-ds-w9ztk', {
  restarts: 3,
  waiting: 'CrashLoopBackOff',
  exitCode: 1,
});
const LINE = "modprobe: ERROR: could not insert 'mlx5_core': Key was rejected by service\n";

export const driverModuleNotSigned = defineRule({
  id: RULE,
  title: 'The kernel does not accept the driver modules',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: {
    refused: /(?:could not insert|insmod|modprobe)[^\n]{0,60}?'?(?<module>(?:mlx|ib_|mlxfw|mdev|rdma|auxiliary)\w*)'?[^\n]*(?<why>Key was rejected by service|Required key not available|Unknown symbol in module|Invalid module format|Exec format error|disagrees about version of symbol)/i,
  },
  explain:
    'With secure boot the kernel loads only modules that are signed by a key it trusts; modules that are built on the node are signed by nobody. "Unknown symbol" and "Invalid module format" say something else: they were built for another kernel, or an older module is still loaded beside them.',
  sources: ['reference network-operator.md 5', 'kernel Documentation/admin-guide/module-signing.rst'],
  check: (facts) =>
    driverFindings(facts, `${RULE}/refused`, (found) => {
      const { module = '?', why = '' } = found.line.groups;
      const isKey = /key/i.test(why);
      return {
        because: `${whichDriver(found)} cannot load ${module}: ${isKey ? 'the kernel asks for a signature that the module does not have (secure boot)' : `it does not fit the running kernel (${why})`}`,
        sameAs: isKey ? 'key' : 'format',
      };
    }),
  remedy: (findings) =>
    findings[0]?.sameAs === 'key'
      ? [
          { text: 'Sign the modules with a key that is enrolled on the nodes (mokutil), use a precompiled image that is signed, or the driver of the distribution.' },
          { text: 'Or switch secure boot off on these nodes.', risk: 'weakens the node; takes a restart' },
        ]
      : [{ text: 'Let the container build anew: empty its inventory directory, and see that the headers are those of the running kernel.', command: 'uname -r; ls /var/opt/mofed-container/inventory   # on the node' }],
  cases: [
    { name: 'secure boot', kind: 'broken', objects: [failing], texts: { [LOG]: LINE }, says: 'signature' },
    { name: 'the pod is ready since', kind: 'healthy', objects: [aDriverPod('mofed-ubuntu22.04-7b8c96f5dd-ds-w9ztk', { ready: true })], texts: { [LOG]: LINE } },
    { name: 'a module in use', kind: 'look-alike', objects: [failing], texts: { [LOG]: 'rmmod: ERROR: Module mlx5_core is in use by: mlx5_ib\n' } },
  ],
}); // prettier-ignore
