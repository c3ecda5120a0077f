// Loaded before the page is painted: people without a choice of their own get what their system prefers.
const page = document.documentElement;
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const follow = () => {
  page.dataset.bsTheme = dark.matches ? 'dark' : 'light';
};
if (page.dataset.themeChoice === 'auto') {
  follow();
  dark.addEventListener('change', follow);
}
