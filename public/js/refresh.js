import { LiveStream } from './live-stream.js';

/*
 * Parts of a page that change: fetched again every few seconds, while the tab is seen. Where a part names a stream
 * (`data-stream`), it is fetched when that tells of news, and else seldom; without the stream, every few seconds
 * again. `X-Poll` keeps such looks from counting as use of the session. Where the part names places (`data-live`),
 * only those that changed are put in, so that ticks and half-typed fields beside them stay.
 */
const SELDOM = 30_000;
/** Viewers of the same news do not all ask in the same moment. */
const SPREAD = 700;

for (const part of document.querySelectorAll('[data-refresh]')) {
  const shown = placesOf(part);
  let last = part.innerHTML;
  let asked = Date.now();
  let streaming = false;
  let wished = false;
  const look = async () => {
    if (document.hidden) return;
    asked = Date.now();
    const answer = await fetch(part.dataset.refresh, { headers: { 'X-Poll': '1', Accept: 'text/html' } });
    if (answer.redirected || (part.dataset.stream && [403, 404].includes(answer.status)))
      return location.reload();
    if (!answer.ok) return;
    const html = await answer.text();
    if (html === last) return;
    last = html;
    if (shown.size > 0) renew(part, html, shown);
    else part.innerHTML = html;
  };
  const quietly = () => look().catch((error) => console.warn('refresh', error));
  const soon = () => {
    if (wished) return;
    wished = true;
    setTimeout(() => {
      wished = false;
      quietly();
    }, Math.random() * SPREAD);
  };
  setInterval(() => {
    if (!streaming || Date.now() - asked >= SELDOM) quietly();
  }, Number(part.dataset.every));
  document.addEventListener('visibilitychange', quietly);
  if (part.dataset.stream)
    new LiveStream(part.dataset.stream, Number(part.dataset.after), { news: soon, here() {} }, (open) => {
      streaming = open;
    });
}

function placesOf(part) {
  return new Map(
    [...part.querySelectorAll('[data-live]')].map((place) => [place.dataset.live, place.innerHTML]),
  );
}

/**
 * Puts in the places that changed; what was folded out stays so, and a place that is written in is left until the next
 * look. Where a part is told whole (`data-whole`) and its places are others now, all of it is put in.
 */
function renew(part, html, shown) {
  const fresh = new DOMParser().parseFromString(html, 'text/html');
  const names = [...placesOf(fresh).keys()].join('\n');
  if ('whole' in part.dataset && names !== [...shown.keys()].join('\n')) {
    if (part.querySelector('input:focus')) return;
    part.innerHTML = html;
    shown.clear();
    for (const [name, inner] of placesOf(part)) shown.set(name, inner);
    return;
  }
  for (const place of part.querySelectorAll('[data-live]')) {
    const name = place.dataset.live;
    const now = fresh.querySelector(`[data-live="${CSS.escape(name)}"]`)?.innerHTML;
    if (now === undefined || now === shown.get(name) || place.querySelector('input:focus')) continue;
    const open = [...place.querySelectorAll('details')].map((details) => details.open);
    place.innerHTML = now;
    shown.set(name, now);
    for (const [index, details] of [...place.querySelectorAll('details')].entries())
      if (open[index]) details.open = true;
  }
}
