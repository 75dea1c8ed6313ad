/** The registry is not reached from the node: name look-up, proxy, certificate or time. Nothing is known about the image. */
import { FAILED_PULL, refusalFindings } from '../../image-pulls.ts';
import { defineRule } from '../../rule.ts';
import { pod } from '../world.ts';

const RULE = 'registry-unreachable';

const KINDS: readonly (readonly [words: RegExp, says: string])[] = [
  [/no such host|server misbehaving/i, 'its name is not resolved on the node'],
  [/proxyconnect|407/i, 'the proxy of the container runtime does not answer or refuses'],
  [/x509|certificate/i, 'its certificate is not trusted by the node'],
  [/refused/i, 'the connection is refused'],
  [/timeout|deadline/i, 'it does not answer in time'],
];

const waiting = (message: string) => pod('nv-ipam-node-x', { node: 'a', image: 'ghcr.io/mellanox/nvidia-k8s-ipam:v0.3.7', waiting: { reason: 'ErrImagePull', message } }); // prettier-ignore

export const registryUnreachable = defineRule({
  id: RULE,
  title: 'A registry is not reached from a node',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { pull: FAILED_PULL },
  explain: 'Images are pulled by the container runtime of the node, with its name look-up, its proxy (of the service containerd or cri-o, not of the pods) and its trusted certificates.',
  sources: ['diagnosis-ux.md 3.3'],
  check: (facts) => {
    const found = refusalFindings(facts, `${RULE}/pull`, 'network', (image, message) => `The registry of ${image} is not reached: ${KINDS.find(([words]) => words.test(message))?.[1] ?? 'the connection fails'}`);
    return found.length > 0 || facts.objects('Pod').length === 0 ? found : [{ says: 'clear', scope: {}, saw: 'no pod of the operators waits for a registry that is not reached' }];
  },
  remedy: (findings) => [
    { text: 'Try it from the node, and mend what fails there.', command: `crictl pull ${findings[0]?.scope.image ?? 'IMAGE'}; curl -v https://${(findings[0]?.scope.image ?? 'REGISTRY').split('/')[0] ?? ''}/v2/   # on the node` },
    { text: 'Or pull from a mirror that the nodes reach: set repository of the component.' },
  ],
  cases: [
    { name: 'a name that is not resolved', kind: 'broken', objects: [waiting('dial tcp: lookup ghcr.io: no such host')], says: 'not resolved' },
    { name: 'a proxy', kind: 'broken', objects: [waiting('proxyconnect tcp: dial tcp 10.0.5.50:3128: connect: connection refused')], says: 'the proxy' },
    { name: 'pods that run', kind: 'healthy', objects: [pod('nv-ipam-node-x', { node: 'a' })] },
    { name: 'no such tag', kind: 'look-alike', objects: [waiting('manifest unknown: not found')] },
  ],
}); // prettier-ignore
