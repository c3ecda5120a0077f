export function reason(root: string, dev: boolean): string | null;
export function ensureNpmPackages(root: string, options: { dev: boolean }): void;
