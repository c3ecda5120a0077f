import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Tabler's outline icons that our views use, by name; parts/icon.ejs shows one. Add the name here to use another. */
const names = (
  'alert-triangle apps arrow-back-up arrow-left arrow-right ban bell bolt box brand-git calendar chart-bar check chevron-down chevron-right ' +
  'circle-check circle-dashed circle-x clock copy device-desktop dots download edit external-link eye file-diff ' +
  'filter git-branch git-commit heart heart-broken help history home info-circle key language link list list-search ' +
  'loader-2 lock lock-open logout minus moon player-pause player-play player-stop plug-connected plus refresh rocket search ' +
  'server settings shield-lock sparkles stack-2 sun tag terminal-2 trash upload user user-circle user-plus users users-group webhook x'
).split(' ');

const folder = join(import.meta.dirname, '../../node_modules/@tabler/icons/icons/outline');

/** One SVG file with a symbol for each icon. @throws at start where a name is unknown to Tabler. */
export function iconSprite(): string {
  return `<svg xmlns="http://www.w3.org/2000/svg">${names.map(symbol).join('')}</svg>`;
}

function symbol(name: string): string {
  const svg = readFileSync(join(folder, `${name}.svg`), 'utf8');
  const inner = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>')).trim();
  return (
    `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ` +
    `stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`
  );
}
