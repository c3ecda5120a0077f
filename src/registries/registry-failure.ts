import { CedarError } from '../errors.ts';
import type { Answer } from './registry.ts';

/** A registry that answered, but not that it did what was asked. `said`: 200 characters of it. */
export class RegistryFailure extends CedarError {
  constructor(problem: string) {
    super('registry_refused', { problem: problem.slice(0, 300) }, 502);
  }

  static of({ status, text }: Answer): RegistryFailure {
    return new RegistryFailure(`${status} ${text.trim().replaceAll(/\s+/g, ' ').slice(0, 200)}`.trim());
  }
}
