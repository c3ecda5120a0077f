/** The original's tables, as this program reads them. Its known shapes name some columns differently. */
export type OldUser = { username: string; passwordHash: string };
export type OldGrant = { username: string; group: string; permissions: string };
export type OldProject = {
  key: string;
  group: string;
  environment: string;
  name: string;
  type: string;
  port: string;
  git: string;
  branch: string;
  make: string;
  supervisor: string;
  config: string;
  remarks: string;
  checkPort: string;
  checkHttp: string;
  httpUrl: string;
  httpCode: string;
};
export type OldServer = {
  project: string;
  hostname: string;
  ip: string;
  processes: string;
  env: string;
  /** Columns of the oldest shape that hold something nobody can tell the name of. */
  nameless: string[];
};
export type OldOperation = {
  taskId: string;
  project: string;
  hosts: string;
  tag: string;
  operation: string;
  user: string;
  status: string;
  commit: string;
  logPath: string;
};

export type OldTicket = {
  id: string;
  project: string;
  applicant: string;
  /** Both in seconds since 1970. */
  filedAt: string;
  closedAt: string;
  status: string;
  executor: string;
  remarks: string;
};

export type Original = {
  users: OldUser[];
  groups: string[];
  grants: OldGrant[];
  projects: OldProject[];
  servers: OldServer[];
  operations: OldOperation[];
  tickets: OldTicket[];
};

export type Row = Record<string, unknown>;

/** The first of these columns that a row has, as text; the original writes `null` for nothing. */
export function text(row: Row, ...names: string[]): string {
  const name = names.find((one) => row[one] !== undefined && row[one] !== null);
  const value = name === undefined ? '' : String(row[name]).trim();
  return value === 'null' ? '' : value;
}

export function userOf(row: Row): OldUser {
  return { username: text(row, 'username'), passwordHash: text(row, '_password') };
}

export function grantOf(row: Row): OldGrant {
  const [group, permissions] = [text(row, 'servicegroup'), text(row, 'permissions')];
  return { username: text(row, 'username'), group, permissions };
}

/** @param config the row of `project_config` in the older shapes. */
export function projectOf(row: Row, config: Row): OldProject {
  const all = { ...config, ...row };
  const newer = 'p' in row;
  return {
    key: newer ? text(row, 'project') : text(row, 'project_name'),
    name: newer ? text(row, 'p') : text(row, 'project'),
    group: text(row, 'group', 'business'),
    environment: text(row, 'environment'),
    type: text(row, 'codetype', 'type'),
    port: text(row, 'port'),
    git: text(row, 'git'),
    branch: text(row, 'branch'),
    make: text(all, 'make'),
    supervisor: text(all, 'supervisor'),
    config: text(all, 'config'),
    remarks: text(all, 'remarks'),
    checkPort: text(all, 'checkport'),
    checkHttp: text(all, 'checkhttp', 'ischeck'),
    httpUrl: text(all, 'httpurl', 'checkurl'),
    httpCode: text(all, 'httpcode', 'statuscode'),
  };
}

export function serverOf(row: Row): OldServer {
  return {
    project: text(row, 'project', 'project_name'),
    hostname: text(row, 'hostname'),
    ip: text(row, 'ip'),
    processes: text(row, 'pnum'),
    env: text(row, 'env'),
    nameless: Object.keys(row).filter((name) => /^variable\d$/.test(name) && text(row, name) !== ''),
  };
}

export function operationOf(row: Row): OldOperation {
  return {
    taskId: text(row, 'taskid'),
    project: text(row, 'project', 'project_name'),
    hosts: text(row, 'hostlist'),
    tag: text(row, 'tag'),
    operation: text(row, 'operation'),
    user: text(row, 'user'),
    status: text(row, 'status'),
    commit: text(row, 'commitid'),
    logPath: text(row, 'logpath'),
  };
}

export function ticketOf(row: Row): OldTicket {
  return {
    id: text(row, 'id'),
    project: text(row, 'project'),
    applicant: text(row, 'applicant'),
    filedAt: text(row, 'applicationtime'),
    closedAt: text(row, 'completiontime'),
    status: text(row, 'status'),
    executor: text(row, 'executor'),
    remarks: text(row, 'remarks'),
  };
}
