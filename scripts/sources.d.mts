export function sourcesOf(root: string): string[];
export function stateOf(root: string): string;
