import { helloPython } from './hello-python.ts';
import { shop } from './shop.ts';
import { site } from './site.ts';
import { ticker } from './ticker.ts';

/** Every sample project of the demo. */
export const samples = [shop, helloPython, site, ticker];
