import { commit, fileOf, type Sample } from './sample.ts';

const goods = [
  { name: 'cedar board', price: 12.5 },
  { name: 'cedar oil', price: 7.9 },
  { name: 'bird house', price: 24 },
  { name: 'pencil', price: 0.8 },
];
const file = (path: string) => fileOf('shop', path);
const version = (number: string) =>
  JSON.stringify({ name: 'shop', version: number, type: 'module' }, null, 2);
const products = (count: number) => JSON.stringify(goods.slice(0, count), null, 2);
const broken = JSON.stringify([...goods, { name: 'gift card' }], null, 2);

/** A nodejs service with a build, a health check and two branches on which a deploy fails. */
export const shop: Sample = {
  name: 'shop',
  main: [
    commit(0, 'Open the shop', {
      'index.js': file('index.js'),
      'health.js': file('health.js'),
      'build.js': file('build.js'),
      'package.json': version('1.0.0'),
      'products.json': products(1),
    }),
    commit(1, 'Sell cedar oil', { 'products.json': products(2), 'package.json': version('1.1.0') }),
    commit(2, 'Say in the README how to start it', { 'README.md': file('README.md') }),
    commit(3, 'Sell bird houses', { 'products.json': products(3), 'package.json': version('1.2.0') }),
    commit(4, 'Sell pencils', { 'products.json': products(4), 'package.json': version('1.3.0') }),
  ],
  branches: {
    'broken-health': [
      commit(5, 'Ask the stock before saying that all is well', {
        'health.js': file('health-broken.js'),
        'package.json': version('2.0.0-stock'),
      }),
    ],
    'broken-build': [
      commit(6, 'Sell gift cards, price to be decided', {
        'products.json': broken,
        'package.json': version('2.0.0-gifts'),
      }),
    ],
  },
  tags: { 'v1.0.0': 0, 'v1.1.0': 1, 'v1.2.0': 3, 'v1.3.0': 4 },
};
