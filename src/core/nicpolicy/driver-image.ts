/**
 * The image and the DaemonSet that the operator makes for one pool of nodes (one OS, one kernel), reference page 1.8, 1.9.
 * Whether a precompiled tag exists is the registry's to say and comes in as a fact.
 */
import { fail, ok, type Result } from '../result.ts';

export interface DriverSection {
  readonly repository: string;
  readonly image: string;
  readonly version: string;
  readonly forcePrecompiled?: boolean;
}

export interface NodePool {
  /** NFD's OS id: `ubuntu`, `rhel`, `rhcos`, `sles`. */
  readonly os: string;
  readonly osVersion: string;
  /** `amd64`, `arm64`. */
  readonly arch: string;
  readonly kernel: string;
}

const isDigest = (version: string): boolean => version.startsWith('sha256');

/** The tag of a precompiled driver for a pool. */
export const precompiledTag = ({ version }: DriverSection, { kernel, os, osVersion, arch }: NodePool): string =>
  `${version}-${kernel}-${os}${osVersion}-${arch}`;

/** The image of a pool's driver pods; a fault where state-OFED becomes `error`. */
export const driverImage = (driver: DriverSection, pool: NodePool, precompiledTagExists: boolean): Result<string> => {
  const base = `${driver.repository}/${driver.image}`;
  if (isDigest(driver.version)) return ok(`${base}@${driver.version}`);
  const tag = precompiledTag(driver, pool);
  if (precompiledTagExists) return ok(`${base}:${tag}`);
  if (driver.forcePrecompiled === true)
    return fail('driver-image', `ForcePrecompiled is enabled and precompiled tag was not found: ${tag}`, 'wait');
  return ok(`${base}:${driver.version}-${pool.os}${pool.osVersion}-${pool.arch}`);
};

const SAFE = 'bcdfghjklmnpqrstvwxz2456789';
const FNV_OFFSET = 2166136261;
const FNV_PRIME = 16777619;

/**
 * FNV-1a, 32 bit, in decimal, each digit written in Kubernetes' safe alphabet (apimachinery rand.SafeEncodeString).
 * A kernel release is ASCII, so its characters are its bytes.
 */
export const kernelHash = (kernel: string): string => {
  let hash = FNV_OFFSET;
  for (let at = 0; at < kernel.length; at += 1) hash = Math.imul(hash ^ kernel.charCodeAt(at), FNV_PRIME);
  return String(hash >>> 0).replaceAll(/\d/g, (digit) => SAFE[digit.charCodeAt(0) % SAFE.length] ?? '');
};

/** `nodePolicy`: the name of the NicNodePolicy that owns it; absent for the NicClusterPolicy. */
export const driverDaemonSetName = ({ os, osVersion, kernel }: NodePool, nodePolicy?: string): string =>
  `mofed-${os}${osVersion}-${kernelHash(kernel)}${nodePolicy === undefined ? '' : `-${nodePolicy}`}-ds`;
