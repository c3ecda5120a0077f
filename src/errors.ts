/** A problem that a person can act on. `code` names the locale text `error.<code>`; `detail` fills its places. */
export class CedarError extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: Record<string, string | number>;

  /** @param status the HTTP status with which the web answers when nobody handles the error earlier. */
  constructor(
    code: string,
    detail: Record<string, string | number> = {},
    status = 400,
    options?: ErrorOptions,
  ) {
    super(`${code} ${JSON.stringify(detail)}`, options);
    this.name = 'CedarError';
    this.code = code;
    this.detail = detail;
    this.status = status;
  }
}

/** One wrong field of a form: `field` is its name, `code` the locale text `field.<code>`. */
export type FieldError = { field: string; code: string; detail?: Record<string, string | number> };

/** A form that did not pass: carries every wrong field, so that the page can show each message in its place. */
export class InvalidForm extends CedarError {
  readonly fields: FieldError[];
  constructor(fields: FieldError[]) {
    super('invalid_form', { fields: fields.map((field) => field.field).join(', ') }, 422);
    this.fields = fields;
  }
}

/** What there is for `catch (error: unknown)`: the message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
