import { plainLines } from '../../../public/js/ansi.js';
import { hasText, type Translate } from '../../i18n/index.ts';
import type { Failure, OperationHost } from '../../model/operation.ts';
import type { StepRow } from '../../model/step.ts';
import { stepTitle } from './titles.ts';

/** What the card of a failed operation says; empty texts where there is nothing to say. */
export type FailureCard = {
  what: string;
  code: string;
  detail: string;
  step: string;
  stepId: string;
  host: string;
  exit: string;
  tail: string;
  programTail: string;
  notes: string[];
  /** Where more can be read. */
  links: string[];
};

export function failureCard(
  t: Translate,
  failure: Failure,
  steps: StepRow[],
  hosts: OperationHost[],
  words: Failure['detail'] = failure.detail,
): FailureCard {
  const step = steps.find((candidate) => candidate.stepKey === failure.stepKey);
  const hostId = failure.hostId ?? step?.hostId ?? null;
  const known = [`failure.${failure.code}`, `error.${failure.code}`].find(hasText);
  return {
    what: known ? t(known, words) : failure.code,
    code: failure.code,
    detail: known ? '' : detailOf(failure.detail),
    step: step ? stepTitle(t, step) : (failure.stepKey ?? ''),
    stepId: step?.id ?? '',
    host: hosts.find((host) => host.hostId === hostId)?.hostName ?? '',
    exit: exitOf(t, failure),
    tail: plainLines(failure.tail).join('\n'),
    programTail: plainLines(failure.programTail).join('\n'),
    links: linksOf(failure),
    notes: (failure.notes ?? []).map(({ code, detail }) => t(`failure_note.${code}`, detail)),
  };
}

/** Addresses that a failure names, one per line; nothing but http(s) becomes a link. */
function linksOf({ detail }: Failure): string[] {
  const lines = String(detail.urls ?? '').split('\n');
  return lines.filter((line) => /^https?:\/\/\S+$/.test(line) && URL.canParse(line));
}

function exitOf(t: Translate, { exitCode, signal }: Failure): string {
  if (signal) return t('operations.ended_by_signal', { signal });
  return exitCode === null ? '' : t('operations.exit_code', { code: exitCode });
}

function detailOf(detail: Failure['detail']): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}
