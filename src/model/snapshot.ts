import type { Arrival } from './arrival.ts';
import type { Clone } from './clone.ts';
import type { ConfigurationFile } from './configuration-file.ts';
import type { HostSettings } from './host-settings.ts';
import type { Adoption } from './placement.ts';
import type { ProjectSettings } from './project.ts';
import type { Promotion } from './promotion.ts';
import type { Variable } from './variable.ts';

/** What an operation works on, as it was when it was asked for: later edits do not reach it. */
export type Snapshot = { project: ProjectSnapshot; hosts: HostSnapshot[]; params: OperationParams };

/** What some kinds of operation are told besides: each key belongs to the kinds named with it. */
export type OperationParams = {
  /** deploy, prepare: the commit that was shown, whatever its branch or tag has become since. */
  commit?: string;
  /** deploy: the commit of the second repository from which its preparation built what was shown. */
  configCommit?: string;
  /** Any kind: the decision hash that was shown; the operation is refused where it would be another. */
  decided?: string;
  /** promote: the release that is run here too. */
  promotion?: Promotion;
  /** push-configuration: make supervisor take it over, which restarts the processes. */
  restart?: boolean;
  /** expansion, add-host: the machine that joins. */
  arrival?: Arrival;
  /** reduction, remove-host: the machine is gone for good, so nothing is asked of it. */
  gone?: boolean;
  /** restart-process, start-process, stop-process: the one that is meant, by supervisor's name and its index. */
  process?: { name: string; index: number };
  /** clone: the project that is made. */
  clone?: Clone;
};

export type ProjectSnapshot = {
  id: string;
  key: string;
  environment: string;
  production: boolean;
  type: string;
  gitUrl: string;
  branch: string;
  port: number | null;
  settings: ProjectSettings;
  /** The template's text, the type's own where the project has none. */
  template: string;
  /** Values sealed; its environment's are among them. */
  env: Variable[];
  /** None where it is not told. */
  files?: ConfigurationFile[];
  revision: number;
};

export type HostSnapshot = {
  hostId: string;
  placementId: string;
  name: string;
  address: string;
  hostKey: string;
  /** Old algorithms are accepted there, by an administrator's exception. */
  weakSsh?: boolean;
  /** In force: environment and host merged; supervisorPassword sealed. */
  settings: HostSettings;
  processes: number;
  /** Values sealed; these win over the project's. */
  env: Variable[];
  adoption: Adoption | null;
};
