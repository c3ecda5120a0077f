/* The deploy page: one box for all hosts, the plan of the chosen hosts alone, refs by a click. */
const all = document.getElementById('all-hosts');
const boxes = [...document.querySelectorAll('input[name="hosts"]:not(:disabled)')];

if (all && boxes.length > 0) {
  all.hidden = false;
  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener('change', show);
  show();
}

function show() {
  const chosen = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  all.checked = chosen.size === boxes.length;
  all.indeterminate = chosen.size > 0 && chosen.size < boxes.length;
  for (const line of document.querySelectorAll('[data-plan-host]'))
    line.hidden = !chosen.has(line.dataset.planHost);
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-ref]');
  const field = document.getElementById('f-ref');
  if (!link || !field) return;
  event.preventDefault();
  field.value = link.dataset.ref;
  field.dispatchEvent(new Event('change', { bubbles: true }));
  field.focus();
});
