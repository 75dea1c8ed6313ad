/** `rbac check` as data for scripts: containers with their needs, accounts with their grant, findings with fingerprints. */
import { grantObjects } from '../../../core/rbac/least-grant.ts';
import { pathOf } from '../../../core/rbac/policy.ts';
import { CHECK_RULES, containerName } from '../../../core/rbac/workload/check-findings.ts';
import type { CheckedAccount, CheckedContainer } from '../../../core/rbac/workload/check-manifests.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import type { Need } from '../../../core/rbac/script/recorder.ts';
import type { CheckView } from './check-text.ts';

export const accountGrant = ({ grant, namespace, name }: CheckedAccount): readonly KubeObject[] =>
  grantObjects(grant, `what scripts that run as ServiceAccount ${namespace}/${name} need`);

const containerData = (container: CheckedContainer): object => {
  const { judgement, needs, origin, program } = container;
  const places = (need: Need) =>
    need.places.map(({ source, line, call, onDenied }) => ({ ...container.locate(source, line), call, onDenied }));
  const judged = (list: typeof judgement.gap.missing) =>
    list.map(({ need, request, verdict, when }) => ({
      request,
      ...(when === undefined ? {} : { when }),
      because: verdict.because,
      places: places(need),
    }));
  return {
    container: containerName(container),
    origin,
    ...(program === undefined ? {} : { notLookedInto: program }),
    verdict: judgement.verdict,
    missing: judged(judgement.gap.missing),
    missingOnSomeWays: judged(judgement.gap.conditionalMissing),
    has: judged(judgement.gap.satisfied),
    notReached: needs.unreached.map((need) => ({
      request: need.request,
      ...(need.when === undefined ? {} : { when: need.when }),
      places: places(need),
    })),
    unresolved: needs.unresolved.map(({ source, line, text, why }) => ({
      ...container.locate(source, line),
      text,
      why,
    })),
    identities: needs.identities,
    calls: needs.calls,
    nextChecks: judgement.nextChecks,
  };
};

export const checkData = ({ check, findings, known }: CheckView): object => ({
  calls: check.calls,
  findings: findings.map((finding) => ({
    ...finding,
    fails: CHECK_RULES[finding.rule].fails,
    known: known.has(finding.fingerprint),
  })),
  accounts: check.accounts.map((account) => ({
    account: `${account.namespace}/${account.name}`,
    roles: account.roles.map((role) => ({
      role: pathOf(role),
      ...(role.owner === undefined ? {} : { keptBy: role.owner }),
    })),
    containers: account.containers.map(containerData),
    grant: accountGrant(account),
    open: account.grant.open,
    doNotTouch: account.grant.doNotTouch.map(pathOf),
    advice: account.grant.advice,
    inPlace: account.inPlace,
  })),
});
