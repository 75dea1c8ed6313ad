/** The daemon of nv-ipam does not start, since its file of reservations on the node cannot be read. */
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { said, sayings } from '../../said.ts';
import { anIpamDaemon } from '../world-ipam.ts';

const RULE = 'ipam-store-corrupt';
const WORDS =
  /(?:store|state)[^\n]{0,80}checksum mismatch|checksum mismatch[^\n]{0,80}(?:store|nv-ipam)|failed to (?:read|load|unmarshal)[^\n]{0,60}(?:nv-ipam\/store|store file)/i;
const isIpam = (source: string, text: string): boolean =>
  /nv-ipam/.test(source) || /nv-ipam|ipam-node/.test(text.slice(0, 65_536));

const check = (facts: Facts): readonly Statement[] => {
  const logs = facts.snapshot.texts.filter(({ text, origin }) => isIpam(origin.source, text));
  const own = new Set(logs.map(({ origin }) => origin.source));
  const found = sayings(
    said(facts, `${RULE}/said`, WORDS).filter(({ evidence: { origin, object } }) => object !== undefined || own.has(origin.source)),
    { over: () => false, clear: '' },
    (one) => ({
      because: `The nv-ipam daemon${one.node === undefined ? '' : ` on ${one.node}`} cannot read its reservations (checksum mismatch) and does not start: no pod there gets an address`,
      sameAs: 'store',
    }),
  );
  return found.length > 0 || logs.length === 0 ? found : [{ says: 'clear', scope: {}, saw: 'nv-ipam daemons read their reservations' }];
}; // prettier-ignore

const LOG = 'nv-ipam-node-a.log';

export const ipamStoreCorrupt = defineRule({
  id: RULE,
  title: 'The reservations of nv-ipam on a node cannot be read',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS },
  explain:
    'The daemon keeps who holds which address in /var/lib/cni/nv-ipam/store with a checksum. A file that was cut by a full disk or edited by hand stops it from starting, and with it every new pod with such a network on that node.',
  sources: ['reference ipam-maintenance-power.md 1.7, 6.1'],
  check,
  remedy: (findings) => [
    { text: 'Drain the node of pods with these networks, move the file away, and let the daemon start with an empty one.', command: `mv /var/lib/cni/nv-ipam/store /root/nv-ipam-store.bad   # on ${findings[0]?.scope.node ?? 'the node'}`, risk: 'while pods there still hold addresses, those are given out twice' },
  ],
  cases: [
    { name: 'a checksum that does not fit', kind: 'broken', objects: [anIpamDaemon('v0.3.7')], texts: { [LOG]: 'E0918 07:00:00.1 1 main.go:80] "failed to initialize store" err="store file checksum mismatch"\n' }, says: 'cannot read its reservations' },
    { name: 'started', kind: 'healthy', objects: [anIpamDaemon('v0.3.7')], texts: { [LOG]: 'I0918 07:00:00.1 1 main.go:80] "start nv-ipam-node"\n' } },
    { name: 'a checksum of another program', kind: 'look-alike', objects: [], texts: { 'etcd.log': 'wal: store checksum mismatch\n' } },
  ],
}); // prettier-ignore
