/** How long something took, the same in every language: `0.4 s`, `12 s`, `3:05`, `1:02:03`. */
export function duration(milliseconds: number): string;
