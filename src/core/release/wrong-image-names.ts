/**
 * Image names that people give a component and that never existed: mostly the name of the workload. A name that is in no
 * table is not wrong for that alone, since releases before the tables had others (`mofed` before `doca-driver`).
 */
export const WRONG_IMAGE_NAMES: Readonly<Record<string, readonly string[]>> = {
  nvIpam: ['nv-ipam', 'nv-ipam-controller', 'nv-ipam-node', 'ipam-controller'],
};

export const isKnownWrongName = (component: string, image: string): boolean =>
  WRONG_IMAGE_NAMES[component]?.includes(image) === true;
