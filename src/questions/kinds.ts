import type { QuestionKind } from '../store/questions.ts';
import { adoption } from './adoption.ts';
import { commits } from './commits.ts';
import { comparison } from './comparison.ts';
import { diff } from './diff.ts';
import { gitKey } from './git-key.ts';
import { hostKey } from './host-key.ts';
import { hostTest } from './host-test.ts';
import { logTail } from './log-tail.ts';
import type { Means } from './means.ts';
import { refs } from './refs.ts';

/** Every kind of question and who answers it; arguments are validated by each. */
export const kinds: Record<QuestionKind, (means: Means, args: Record<string, unknown>) => Promise<unknown>> =
  {
    refs,
    commits,
    'host-key': hostKey,
    'host-test': hostTest,
    adoption,
    'git-key': gitKey,
    'log-tail': logTail,
    diff,
    comparison,
  };
