import * as audit from '../../store/audit.ts';
import type { Page } from '../page.ts';
import type { Handler } from '../route.ts';

/** Shows a form again and keeps in the audit trail that it was refused, with the fields but not their values. */
export function refused(action: string, show: Handler): Handler {
  return async (page: Page) => {
    const fields = [...new Set(page.problems().map((problem) => problem.field.slice(0, 60)))];
    const entry = { action, object: page.req.path, result: 'refused' as const, reason: fields.join(', ') };
    await audit.record(page.db, page.audit(entry));
    await show(page);
  };
}
