import { CedarError } from '../../errors.ts';

/** The directory did not answer: nobody of it may come in. `why` is for the log and for admins. */
export class DirectoryAway extends CedarError {
  readonly why: string;

  constructor(why: string) {
    super('directory_away', {}, 503);
    this.why = why;
  }
}
