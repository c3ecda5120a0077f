// The token with every htmx request, one question before destructive forms, and errors of htmx requests as a toast.
document.body.addEventListener('htmx:configRequest', (event) => {
  event.detail.headers['X-CSRF-Token'] = document.body.dataset.csrf;
});

const dialog = document.getElementById('confirm');
let asked = null;

document.addEventListener(
  'submit',
  (event) => {
    const text = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
    if (!text || asked?.form === event.target) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    asked = { form: event.target, submitter: event.submitter };
    document.getElementById('confirm-text').textContent = text;
    dialog.showModal();
  },
  true,
);

dialog?.addEventListener('click', (event) => {
  const answer = event.target.dataset?.answer;
  if (!answer) return;
  dialog.close();
  if (answer === 'yes') asked.form.requestSubmit(asked.submitter);
});
dialog?.addEventListener('close', () =>
  setTimeout(() => {
    asked = null;
  }),
);

document.body.addEventListener('htmx:responseError', (event) => {
  const toast = document.getElementById('toast');
  toast.textContent = event.detail.xhr.responseText.slice(0, 300);
  toast.hidden = false;
});

// A menu closes when one looks elsewhere, and gives the focus back on Escape.
const openMenu = () => document.querySelector('.cedar-menu[open]');
document.addEventListener('click', (event) => {
  const menu = openMenu();
  if (menu && !menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  const menu = openMenu();
  if (event.key !== 'Escape' || !menu) return;
  menu.open = false;
  menu.querySelector('summary').focus();
});
