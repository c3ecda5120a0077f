import type { CedarError } from '../../errors.ts';
import type { OperationKind } from '../../model/operation.ts';
import type { Project } from '../../model/project.ts';
import type { Db } from '../../store/database.ts';

/** An operation before it begins: when it is launched, and once more when a worker starts it. */
export type Asked = {
  moment: 'launch' | 'start';
  kind: OperationKind;
  relation: 'resume' | 'retry' | 'rollback' | 'unlock' | null;
  project: Pick<Project, 'id' | 'key' | 'environment' | 'groupId'>;
  production: boolean;
  /** The person behind it, programs' tokens included; not one for webhooks and for nobody. */
  personId: string | null;
  tokenId: string | null;
  ticketId: string | null;
  /** Null before it is queued. */
  operationId: string | null;
};

/** Why not; an admin may go past it with a reason where it is `passable`. */
export type Refusal = { error: CedarError; passable: boolean };

/**
 * A rule about when operations may begin: a window, a lock set by hand, a needed ticket. Judged in the transaction
 * that launches, and when a worker starts the operation; never in the middle.
 */
export type Gate = {
  /** Names the locale text `gate.<name>`. */
  name: string;
  judge: (db: Db, asked: Asked) => Promise<Refusal | null>;
};
