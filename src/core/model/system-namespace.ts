/** The one namespace that is ours: the Lease, the Secret with BMC accounts, and short-lived pods of our own stand there. */
export const SYSTEM_NAMESPACE = 'nicwright-system';
