/** How the warden starts a command so that it reaches nothing that is not its own. */
export type Confinement = {
  /** Another unix user, with the group of the project alone. */
  as?: { uid: number; gid: number };
  /** Program and words in front of the shell. */
  prefix: string[];
  /**
   * Words that the prefix reads from its file descriptor 3; the command's environment is added to them, so that
   * no variable of the project reaches the program that shuts it in.
   */
  words?: string[];
};

/** What a command on the deploy machine works with. */
export type Place = { projectKey: string; runDir: string; workspace: string; home: string };

export type IsolationKind = 'user' | 'sandbox' | 'none';

/** What keeps commands of projects from the worker and from each other. */
export interface Isolation {
  readonly kind: IsolationKind;
  /** False where a command still reaches what the worker's user may reach. */
  readonly strong: boolean;
  /** The home of a project's commands, kept from build to build. */
  home(projectKey: string): string;
  /** To be called just before a command begins: what is there becomes its own. */
  confine(place: Place): Promise<Confinement>;
  /** Ends whatever a project's commands have left behind; no other command of it may be meant to run. */
  endLeft(projectKey: string): Promise<void>;
  /** Makes a folder the worker's own again, after `endLeft`. */
  reclaim(projectKey: string, folder: string): Promise<void>;
}
