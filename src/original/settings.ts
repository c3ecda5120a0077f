/** What the original keeps in its source instead of its database; the command's options say it. */
export type OriginalSettings = {
  /** Usernames of its admin list. */
  admins: readonly string[];
  /** exec_user, host_path, supervisor_log_path and supervisor_conf_dir of its configuration. */
  user: string;
  hostPath: string;
  logPath: string;
  supervisorDir: string;
  /** Environments that are production. */
  production: readonly string[];
  /** Accept loopback hosts and plain http git addresses, as the installation's settings say. */
  allowLoopback: boolean;
  allowInsecureGit: boolean;
};
