export function built(root: string): string;
