/** The driver container does not reach a package repository: names, proxy, certificate or time. */
import { driverFindings, whichDriver } from '../../driver-pods.ts';
import { defineRule } from '../../rule.ts';
import { aDriverPod } from '../world-operator.ts';

const RULE = 'package-source-unreachable';

const KINDS: readonly (readonly [words: RegExp, says: string])[] = [
  [/\(6\)|resolv|no such host/i, 'its name is not resolved'],
  [/\(35\)|\(60\)|certificate|SSL/i, 'its certificate is not trusted'],
  [/\(407\)|proxy/i, 'the proxy refuses'],
  [/\(7\)|refused/i, 'the connection is refused'],
  [/\(28\)|timed? ?out/i, 'it does not answer in time'],
];

const LOG = 'mofed-rhcos4.14-ds-4rxvb.log';
const failing = aDriverPod('mofed-rhcos4.14-ds-4rxvb', { restarts: 3, waiting: 'CrashLoopBackOff', exitCode: 1 });
const DNS =
  "  - Curl error (6): Couldn't resolve host name for https://cdn.example.net/a/repomd.xml [Could not resolve host: cdn.example.net]\n";

export const packageSourceUnreachable = defineRule({
  id: RULE,
  title: 'A package repository is not reached from the driver container',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: {
    unreached:
      /Curl error \(\d+\)[^\n]*?(?<url>https?:\/\/\S+)|(?:Temporary failure resolving|Could not resolve|Failed to fetch|Could not connect to) '?(?<host>[\w.:/-]+)/,
  },
  explain:
    'Building a driver needs packages from outside unless they are mirrored. In a container the name look-up, the proxy (spec.ofedDriver.env) and the trusted certificates (spec.ofedDriver.certConfig) are those of the pod, not those of the node.',
  sources: ['reference network-operator.md 1.2, diagnosis-ux.md 3.3', 'network-operator #830'],
  check: (facts) =>
    driverFindings(facts, `${RULE}/unreached`, (found) => {
      const { line, groups } = found.line;
      const where = (groups['url'] ?? groups['host'] ?? 'a repository').replace(/[)\]'",]+$/, '');
      const why = KINDS.find(([words]) => words.test(line))?.[1] ?? 'it is not reached';
      return {
        because: `${whichDriver(found)} gets no packages from ${where}: ${why}`,
        // A repository may be down that nobody needs: only what fails afterwards shows that it was needed.
        confidence: found.pod === undefined ? 'likely' : 'proven',
        sameAs: why,
      };
    }),
  remedy: (findings) => [
    {
      text: `Mend ${findings[0]?.sameAs?.includes('name') === true ? 'the name look-up of the pods on these nodes, or set the proxy' : 'the way there, or set the proxy'} in spec.ofedDriver.env (HTTP_PROXY, HTTPS_PROXY, NO_PROXY).`,
      risk: 'a change of the driver section changes the template, and with autoUpgrade every node is upgraded in turn',
    },
    { text: 'Or give it a mirror (spec.ofedDriver.repoConfig), or a precompiled driver image, which needs no packages.' },
  ],
  cases: [
    { name: 'a name that is not resolved', kind: 'broken', objects: [failing], texts: { [LOG]: DNS }, says: 'its name is not resolved' },
    { name: 'a proxy that refuses', kind: 'broken', objects: [failing], texts: { [LOG]: "Failed to fetch http://archive.example.net/ubuntu/dists/jammy/InRelease  407  Proxy Authentication Required\n" }, says: 'the proxy refuses' },
    { name: 'the pod is ready since', kind: 'healthy', objects: [aDriverPod('mofed-rhcos4.14-ds-4rxvb', { ready: true })], texts: { [LOG]: DNS } },
    { name: 'slow metadata', kind: 'look-alike', objects: [failing], texts: { [LOG]: 'cuda                                            589  B/s | 3.5 kB     00:06\n' } },
  ],
}); // prettier-ignore
