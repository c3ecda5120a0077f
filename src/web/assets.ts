import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants } from 'node:zlib';
import compression from 'compression';
import express, { type Router } from 'express';
import { iconSprite } from './icons.ts';

const root = join(import.meta.dirname, '../..');

/** What we serve of our dependencies; everything else under /assets is a file of public/. */
const vendored: Record<string, string> = {
  'vendor/tabler.css': 'node_modules/@tabler/core/dist/css/tabler.min.css',
  'vendor/htmx.js': 'node_modules/htmx.org/dist/htmx.min.js',
  'vendor/htmx-sse.js': 'node_modules/htmx-ext-sse/dist/sse.min.js',
  'vendor/ansi_up.js': 'node_modules/ansi_up/ansi_up.js',
  'vendor/echarts.js': chartsLibrary(),
};
/** They are loaded once and then cached for ever: worth more of the processor than a page. */
const pressed = { brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } } };

const build = fingerprint();

/** The address of an asset, such as `css/cedar.css`. It changes when any of them does, so it is cached for ever. */
export function asset(name: string): string {
  return `/assets/${build}/${name}`;
}

/** Serves /assets. */
export function assets(): Router {
  const router = express.Router().use(compression(pressed));
  const sprite = iconSprite();
  const cached = {
    maxAge: '1y',
    immutable: true,
    index: false,
    dotfiles: 'ignore',
    redirect: false,
  } as const;
  router.get('/:build/icons.svg', (_req, res) => {
    res.type('svg').set('Cache-Control', 'public, max-age=31536000, immutable').send(sprite);
  });
  for (const [name, file] of Object.entries(vendored))
    router.get(`/:build/${name}`, (_req, res) =>
      res.sendFile(join(root, file), { maxAge: '1y', immutable: true }),
    );
  router.use('/:build', express.static(join(root, 'public'), cached));
  return router;
}

/** Made of browser/echarts.mjs as the sources are compiled; where they are run as they are, more of it than needed. */
function chartsLibrary(): string {
  const made = 'src/web/browser/echarts.js';
  return existsSync(join(root, made)) ? made : 'node_modules/echarts/dist/echarts.common.min.js';
}

function fingerprint(): string {
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(readFileSync(join(root, chartsLibrary())))
    .update(iconSprite());
  for (const file of readdirSync(join(root, 'public'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort())
    hash.update(file).update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}
