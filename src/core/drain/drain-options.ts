/** What a drain may do, with kubectl's defaults; the maintenance operator's two additions stand beside them. */

export interface DrainOptions {
  /** Consent to evict pods that nothing will create again. */
  readonly force: boolean;
  readonly ignoreDaemonSets: boolean;
  /** Consent to lose the content of emptyDir volumes. */
  readonly deleteEmptyDir: boolean;
  /** Label selector; the API server applies it, so pods that it hides cause no error. Empty hides none. */
  readonly podSelector: string;
  /** Seconds that a pod may be terminating before it is no longer waited for; 0 waits however long. */
  readonly skipWaitForDelete: number;
  /** Seconds for the whole drain; 0 is for ever. */
  readonly timeout: number;
  /** Maintenance operator: Go regular expressions on resources requested; when given, only matching pods go. */
  readonly evictionFilters: readonly string[];
}

export const KUBECTL_DEFAULTS: DrainOptions = {
  force: false,
  ignoreDaemonSets: false,
  deleteEmptyDir: false,
  podSelector: '',
  skipWaitForDelete: 0,
  timeout: 0,
  evictionFilters: [],
};

/** The maintenance operator always spares its own pod (internal/drain/request.go:221 at e15d07b). */
export const MAINTENANCE_OPERATOR_SELECTOR = 'app.kubernetes.io/component!=maintenance-operator-controller-manager';

/** Two selectors as one that needs both. */
export const bothSelectors = (one: string, other: string): string =>
  [one, other].filter((selector) => selector !== '').join(',');
