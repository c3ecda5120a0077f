import type { Variable } from './variable.ts';

/** One project on one host. */
export type Placement = {
  id: string;
  projectId: string;
  hostId: string;
  /** How many processes run there, on ports `port … port + processes - 1`. */
  processes: number;
  position: number;
  env: Variable[];
  /** What was agreed about a machine that already ran the project; null where nothing was there. */
  adoption: Adoption | null;
  createdAt: number;
};

/** Untracked paths of the plain live folder that the first deploy carries over into shared files and folders. */
export type Adoption = {
  agreedBy: string;
  agreedAt: number;
  keep: { path: string; kind: 'file' | 'folder' }[];
};

/** Ports that `processes` processes from `port` on take; empty without a port. */
export function portsOf(port: number | null, processes: number): number[] {
  return port === null ? [] : Array.from({ length: processes }, (_, index) => port + index);
}
