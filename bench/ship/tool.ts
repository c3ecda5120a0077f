/** One way to bring the tree to the machines. */
export type Tool = {
  name: string;
  /** Puts itself in place. @throws Error that says why it cannot. */
  install(): Promise<void>;
  /** A new release of the tree as it is now, kept beside the others and switched to, on all its machines. */
  deploy(round: number): Promise<void>;
  /** The live folder of a machine, below the machine's own. */
  live: string;
  /** Ends what it left running. */
  close(): Promise<void>;
};
