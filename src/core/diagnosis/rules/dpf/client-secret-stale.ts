/** The controller and DMS do not trust each other: the client certificate is old, absent, or of another CA. */
import { dpfNamespaceOf } from './dpf-estate.ts';
import { defineConditionCause } from './condition-cause.ts';
import { aDpu } from '../world-dpf.ts';

const failed = (message: string) => aDpu('c', { node: 'h1', phase: 'Error', conditions: [{ type: 'OSInstalled', status: 'False', reason: 'InstallationFailed', message }] }); // prettier-ignore

export const clientSecretStale = defineConditionCause({
  id: 'client-secret-stale',
  title: 'The certificates between controller and DMS do not fit',
  kinds: ['DPU'],
  words: /client secret not found|tls\.(?:crt|key) not found in client secret|ca\.crt not found in Server secret|failed to (?:load client cert|append Server certificate)|x509: certificate (?:signed by unknown authority|has expired|is valid for)|tls: (?:bad certificate|failed to verify|unknown certificate)/,
  line: /Error creating gRPC connection: .*(?:client secret|x509|tls: |certificate)/,
  explain:
    'The installation of a card goes over mutual TLS between the provisioning controller and DMS. A client Secret that was kept from an earlier installation, or a server certificate for another address, ends it before the image is sent; the card goes to Error and is not tried again.',
  sources: ['NVIDIA/doca-platform #40 (ref 4202272)', 'reference dpf.md 2.3, 7.1 (14)', 'doca-platform v24.10 internal/provisioning/controllers/dpu/state/installing.go'],
  affects: 'DPF 24.10 and 25.1 do not try again by themselves',
  because: (who, message) => `${who}: the installation stopped at the certificates between controller and DMS (${message.trim().slice(0, 240)})`,
  remedy: (findings, facts) => [
    {
      text: 'Look at the certificates and their Secrets; delete the Secret that is stale, cert-manager writes it anew.',
      command: `${facts.cli} get certificates,secrets -n ${dpfNamespaceOf(facts)} | grep -E 'dpf-provisioning|dms-server'`,
      risk: 'installations that run lose their connection',
    },
    {
      text: 'Then delete the DPU object: it is made again and tried again.',
      command: findings.slice(0, 3).map(({ scope }) => `${facts.cli} delete dpu -n ${dpfNamespaceOf(facts)} ${scope.object?.split('/').at(-1) ?? `DPU-OF-${scope.node ?? 'HOST'}`}`).join('\n'),
      risk: 'the card is installed anew, and its host restarts',
    },
  ],
  cases: [
    { name: 'the Secret is not there', kind: 'broken', objects: [failed('client secret not found: Secret "dpf-provisioning-client-secret" not found')], says: 'certificates' },
    { name: 'another CA', kind: 'broken', objects: [failed('rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"')], says: 'unknown authority' },
    { name: 'ready cards', kind: 'healthy', objects: [aDpu('c', { conditions: [{ type: 'OSInstalled', status: 'True', reason: 'OSInstalled' }] })] },
    { name: 'no conditions', kind: 'lacking', objects: [aDpu('c', { phase: 'Error' })], says: 'the conditions of' },
    { name: 'an installation that failed on the card', kind: 'look-alike', objects: [failed('reboot failure: installation error')] },
  ],
}); // prettier-ignore
