/** What a terminal would obey and not show: colours, titles, moves of the cursor. */
const OBEYED = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\^_a-z0-9]?/g;
const UNSEEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** What a program printed, as plain text: lines alone are kept of all that is no letter. */
export function plainText(text: string): string {
  return text.replace(OBEYED, '').replace(/\r\n?/g, '\n').replace(UNSEEN, '');
}
