/** The ways to the hosts below a cluster's nodes, whichever a carrier was given: the pods of the config daemon, our own, ssh. */
import type { Result } from '../result.ts';
import type { HostChanges } from './host-changes.ts';
import type { HostTools } from './host-tools.ts';

export interface HostAccess {
  readonly hostTools: (node: string) => Promise<Result<HostTools>>;
  readonly hostChanges: (node: string) => Promise<Result<HostChanges>>;
  /**
   * Another way to the same host that is there already, to compare answers with before anything is changed; undefined where
   * there is none. Makes nothing.
   */
  readonly secondTools: (node: string) => Promise<Result<HostTools | undefined>>;
  /**
   * How a host would be reached during its visit, for reports: `ssh root@10.0.0.30`. Changes nothing and makes nothing; faults
   * where nothing would lead there. `daemonLeaves`: the config daemon will be taken off the node by then.
   */
  readonly way: (node: string, options: { readonly daemonLeaves: boolean }) => Promise<Result<string>>;
  /** Takes away what was made. */
  readonly close: () => Promise<void>;
}

/** How a person lets hosts be reached by ssh; what is absent is as ssh's own configuration says. */
export interface SshLogin {
  readonly user?: string;
  readonly port?: number;
  /** A private key that needs no passphrase, or one that an agent holds. */
  readonly identityFile?: string;
  /** Alone decides which host keys are trusted. */
  readonly knownHostsFile?: string;
  /** Commands run by `sudo -n`. */
  readonly sudo: boolean;
  /** Node -> name or IP, before what the cluster says. */
  readonly addresses: Readonly<Record<string, string>>;
}
