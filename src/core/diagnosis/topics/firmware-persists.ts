/** `explain firmware-persists`: where the settings of an adapter live, and what does not touch them. */
import type { Topic } from './topic.ts';

export const firmwarePersists: Topic = {
  id: 'firmware-persists',
  title: 'What happens to firmware settings when a host is re-imaged',
  answer:
    'Nothing: NUM_OF_VFS and its like live in the memory of the adapter, so re-imaging the host neither sets them back nor activates what is pending.',
  because: [
    'The settings stand in non-volatile memory on the card. A new operating system, another kernel or another driver finds the same default, current and next boot.',
    'So a host that was re-imaged and still shows current 16 and next boot 8 is not broken anew: it is the same pending change, and a re-imaging restarts warm as a rule.',
    'What does change them: `mstconfig set` and `reset`, a firmware image with other defaults together with a reset of the settings, an operator that writes them, and exchanging the card.',
    'The SR-IOV operator writes on its own account: a policy with numVfs below the value lowers NUM_OF_VFS, and a card that it configured and that no policy selects any more is written to 0 at the next pass (unless externallyManaged).',
  ],
  corrected: [
    {
      said: 'once active, a setting stays for good',
      holds:
        'until a person, an operator or a reset of the settings writes it again; a deleted policy does so silently',
    },
  ],
  look: [
    { text: 'Default, current and next boot of every card', command: 'nicwright firmware show --from DUMP' },
    { text: 'The same on the node', command: 'mstconfig -d PCI -e q' },
  ],
  rules: ['firmware-change-pending', 'cold-restart-pending', 'sriov-disabled-in-firmware'],
  sources: ['seeds/000 key learning 2', 'reference sriov.md F08', 'openshift/sriov-network-operator #233'],
};
