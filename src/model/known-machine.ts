/** What the inventory knows of a machine that arrives. */
export type KnownOf = {
  /** Its name where it is a host already. */
  name: string | null;
  pinnedKey: string | null;
  /** The key that an admin accepted beforehand. */
  acceptedKey: string | null;
  /** Ranges of its environment from which machines are trusted when first seen. */
  ranges: string[];
  /** Addresses of the product's own machines. */
  own: string[];
};
