/** What oc has beside kubectl's commands, and how it spells some of those. Rows of request-table.ts, not measured here. */
import type { CommandRow } from './request-row.ts';

const NOTHING: CommandRow = { takes: 'nothing' };

export const OC_COMMANDS: Readonly<Record<string, CommandRow>> = {
  whoami: {
    takes: 'nothing',
    asks: true,
    always: [{ verb: 'get', on: 'user.openshift.io/users', scope: 'all', name: 'none' }],
  },
  login: NOTHING,
  logout: NOTHING,
  project: {
    takes: 'nothing',
    always: [{ verb: 'get', on: 'project.openshift.io/projects', scope: 'all', name: 'target' }],
  },
  projects: {
    takes: 'nothing',
    asks: true,
    always: [{ verb: 'list', on: 'project.openshift.io/projects', scope: 'all', name: 'none' }],
  },
  'new-project': {
    takes: 'nothing',
    always: [{ verb: 'create', on: 'project.openshift.io/projectrequests', scope: 'all', name: 'none' }],
  },
  process: {
    takes: 'nothing',
    always: [{ verb: 'create', on: 'template.openshift.io/processedtemplates', name: 'none' }],
  },
};

/** oc has kubectl's node commands under `adm`, and spells some others in its own way. */
export const SAME_COMMAND: Readonly<Record<string, string>> = {
  'adm cordon': 'cordon',
  'adm uncordon': 'uncordon',
  'adm drain': 'drain',
  'adm taint': 'taint',
  'adm top': 'top',
  'adm certificate': 'certificate',
  log: 'logs',
};
