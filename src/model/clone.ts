/** The project that a clone makes; its id is made beforehand, so that a repeated step makes one project. */
export type Clone = { projectId: string; environment: string; name: string; groupId: string };
