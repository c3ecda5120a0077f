// Parts of a page that change: fetched again every few seconds, while the tab is seen. `X-Poll` keeps such looks from
// counting as use of the session.
for (const part of document.querySelectorAll('[data-refresh]')) {
  let last = part.innerHTML;
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(part.dataset.refresh, { headers: { 'X-Poll': '1', Accept: 'text/html' } });
    if (answer.redirected) return location.reload();
    if (!answer.ok) return;
    const html = await answer.text();
    if (html === last) return;
    last = html;
    part.innerHTML = html;
  };
  const quietly = () => look().catch((error) => console.warn('refresh', error));
  setInterval(quietly, Number(part.dataset.every));
  document.addEventListener('visibilitychange', quietly);
}
