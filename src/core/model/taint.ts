/** Taints and tolerations, as the scheduler and every controller compare them (k8s.io/api core/v1, ToleratesTaint). */

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

export interface Toleration {
  /** Empty or absent matches every key; the operator must then be `Exists`. */
  readonly key?: string;
  /** `Equal` where it is absent. */
  readonly operator?: string;
  readonly value?: string;
  /** Empty or absent matches every effect. */
  readonly effect?: string;
}

/** An operator other than Exists and Equal tolerates nothing. An empty key with Equal matches only an empty key. */
export const tolerates = (toleration: Toleration, taint: Taint): boolean => {
  const { key = '', operator = 'Equal', value = '', effect = '' } = toleration;
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return operator === 'Equal' && key !== '' && value === (taint.value ?? '');
};

/** The taints that none of the tolerations covers. */
export const untolerated = (taints: readonly Taint[], tolerations: readonly Toleration[]): readonly Taint[] =>
  taints.filter((taint) => !tolerations.some((toleration) => tolerates(toleration, taint)));
