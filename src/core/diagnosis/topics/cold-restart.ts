/** `explain cold-restart`: why a restart of the operating system may leave the settings of an adapter where they were. */
import type { Topic } from './topic.ts';

export const coldRestart: Topic = {
  id: 'cold-restart',
  title: 'Why a restart is not enough, and when the power has to go',
  answer:
    'Firmware reads its settings when it boots, and on many machines, DGX among them, it keeps running through a restart of the operating system; then only power off, a pause and power on activate a change.',
  because: [
    'A setting has three values: default, current, next boot. A tool writes next boot. Current follows when the firmware of the adapter boots: when the card loses power, when the platform resets the slot, or after a firmware reset (mstfwreset level 3).',
    'A warm restart is enough only where the platform resets the slot and the card was prepared for it. No vendor list says which platforms do: look at current and next boot afterwards.',
    'Cold means off by the BMC, seen to be off, 60 seconds, and on. ForceRestart and `chassis power reset` keep the slots powered on many machines. A BlueField on standby power may need AC taken away, and its Arm side shut down first.',
    'The SR-IOV operator compares with current, restarts warm, and asks again after each restart. Its feature gate mellanoxFirmwareReset resets the firmware before the restart; it is the way without a power cycle, and refuses a BlueField in DPU mode.',
  ],
  corrected: [
    {
      said: 'firmware changes always need a cold restart',
      holds:
        'it depends on the card and the platform: a firmware reset or a warm restart activates them on many machines',
    },
  ],
  look: [
    { text: 'Is anything pending, and what activates it?', command: 'nicwright firmware plan --from DUMP' },
    { text: 'On the node: current against next boot', command: 'mstconfig -d PCI -e q NUM_OF_VFS SRIOV_EN' },
    { text: 'Which kind the last reset was (Reset-reason)', command: 'mstfwreset -d PCI q' },
  ],
  rules: ['cold-restart-pending', 'firmware-change-pending'],
  sources: ['seeds/000 key learning 1', 'reference sriov.md 3.2, 3.3', 'nic-configuration-operator #188, #189'],
};
