/**
 * An administrator's exception for one machine whose sshd offers nothing that we accept: old algorithms are taken there
 * besides. Why, whose (a username), and since when.
 */
export type WeakSsh = { reason: string; by: string; at: number };
