/**
 * What may be asked of a host, as a closed list, and the command that answers each. All of them only read. The commands
 * are argument arrays, so that no part of a question can become another command; the readers of core/inventory know
 * what they print.
 */

export type HostQuestion =
  /** Default, current and next boot of every setting of one card. */
  | { readonly ask: 'firmware-settings'; readonly pci: string }
  /** Which resets the card offers, and which it needs. */
  | { readonly ask: 'reset-levels'; readonly pci: string }
  /** VFs that there are, and that there may be, of each function. */
  | { readonly ask: 'vf-counts'; readonly pcis: readonly string[] }
  /** What rshim shows of each BlueField, log included where its display level is 2. */
  | { readonly ask: 'arm-logs' }
  /** How the PCIe links of these functions run, and whether the network ports behind them are up. */
  | { readonly ask: 'links'; readonly pcis: readonly string[] }
  /** GPUs that the driver holds. */
  | { readonly ask: 'gpus' }
  | { readonly ask: 'boot-id' }
  | { readonly ask: 'kernel-lockdown' }
  | { readonly ask: 'kernel-command-line' }
  | { readonly ask: 'product-name' };

/** For reports: `firmware settings of 0000:18:00.0`. */
export const questionWords = (question: HostQuestion): string => {
  if (question.ask === 'vf-counts') return 'VF counts';
  if (question.ask === 'links') return 'PCIe links and ports';
  if (question.ask === 'gpus') return 'the list of GPUs';
  const words = question.ask.replaceAll('-', ' ');
  return 'pci' in question ? `${words} of ${question.pci}` : words;
};

/** `root` is where the host's files are seen from where the command runs: '' on the host, `/host` in the daemon's pod. */
export const hostCommand = (question: HostQuestion, root: string): readonly string[] => {
  switch (question.ask) {
    case 'firmware-settings':
      return ['mstconfig', '-d', question.pci, '-e', 'q'];
    case 'reset-levels':
      return ['mstfwreset', '-d', question.pci, 'query'];
    case 'vf-counts':
      // With the file's name on each line, a count cannot be taken for another's.
      return ['grep', '-H', '.', ...question.pcis.flatMap((pci) => countFiles(root, pci))];
    case 'arm-logs':
      return ['sh', '-c', `cat ${root}/dev/rshim*/misc`];
    case 'links':
      // The folders hold many other files and devices of changing names; only these are opened.
      return [
        'grep',
        '-rHs',
        '.',
        ...LINK_FILES.map((file) => `--include=${file}`),
        ...question.pcis.flatMap((pci) => linkPlaces(root, pci)),
      ];
    case 'gpus':
      return ['ls', '/proc/driver/nvidia/gpus'];
    case 'boot-id':
      return ['cat', '/proc/sys/kernel/random/boot_id'];
    case 'kernel-lockdown':
      // A container's own /sys lacks what the host mounts below it.
      return ['cat', `${root}/sys/kernel/security/lockdown`];
    case 'kernel-command-line':
      return ['cat', '/proc/cmdline'];
    case 'product-name':
      return ['cat', `${root}/sys/class/dmi/id/product_name`];
  }
};

const LINK_FILES = ['current_link_speed', 'current_link_width', 'state', 'rate', 'operstate', 'speed'];

const linkPlaces = (root: string, pci: string): readonly string[] =>
  ['current_link_speed', 'current_link_width', 'infiniband', 'net'].map(
    (place) => `${root}/sys/bus/pci/devices/${pci}/${place}`,
  );

const countFiles = (root: string, pci: string): readonly string[] =>
  ['sriov_numvfs', 'sriov_totalvfs'].map((file) => `${root}/sys/bus/pci/devices/${pci}/${file}`);
