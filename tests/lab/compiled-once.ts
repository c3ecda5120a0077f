import { built } from '../../scripts/build.mjs';
import { root } from '../house/source.ts';

/** Before all tests: so that those which start programs do not compile them side by side. */
export default function setup(): void {
  built(root);
}
