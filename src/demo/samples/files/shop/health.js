/** What keeps the shop from selling, or null. */
export function problem(catalogue) {
  return catalogue.length > 0 ? null : 'the catalogue is empty';
}
