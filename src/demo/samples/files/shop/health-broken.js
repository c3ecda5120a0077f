/** What keeps the shop from selling, or null. */
export function problem() {
  console.error('stock: connect ECONNREFUSED 10.0.0.7:5432');
  return 'the stock cannot be reached';
}
