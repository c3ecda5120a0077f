import { readFileSync, writeFileSync } from 'node:fs';

const products = JSON.parse(readFileSync('products.json', 'utf8'));
console.log(`\u001b[1mbuilding the catalogue\u001b[0m of ${products.length} products`);
for (const { name, price } of products) {
  if (typeof price !== 'number') {
    console.error(`\u001b[31merror\u001b[0m ${name} has no price`);
    process.exit(1);
  }
  console.log(`\u001b[32mok\u001b[0m ${name}`);
}
writeFileSync('catalogue.json', JSON.stringify(products.toSorted((a, b) => a.price - b.price)));
console.log('catalogue.json written');
