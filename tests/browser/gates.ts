import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sample } from '../../src/demo/samples/sample.ts';
import { shop } from '../../src/demo/samples/shop.ts';

const names = ['oak', 'cedar'] as const;

/** Gates in the build of a shop: it waits at each until the test opens it, and says which one it has passed. */
export class Gates {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir);
  }

  /** CEDAR_BUILD_ENV: tells the build where its gates are. */
  get buildEnv(): string {
    return `GATES=${this.#dir}`;
  }

  open(name: (typeof names)[number]): void {
    writeFileSync(join(this.#dir, name), '');
  }
}

/** The demo's shop with gates at the end of its build. */
export function gatedShop(): Sample {
  const [first, ...rest] = shop.main;
  if (!first) throw new Error('the shop has no history');
  const files = { ...first.files, 'build.js': `${first.files['build.js']}\n${waiting}` };
  return { ...shop, main: [{ ...first, files }, ...rest] };
}

const waiting = `const { existsSync } = await import('node:fs');
for (const wood of ${JSON.stringify(names)}) {
  console.log(\`waiting for the \${wood}\`);
  while (!existsSync(\`\${process.env.GATES}/\${wood}\`)) await new Promise((resolve) => setTimeout(resolve, 50));
  console.log(\`\\u001b[32mok\\u001b[0m the \${wood} is dry\`);
}
`;
