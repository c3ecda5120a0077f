import { duration } from './duration.js';
import { LiveStream } from './live-stream.js';
import { LogView } from './log-view.js';

/* The operation page, live: cells change in place; what else changes is fetched as the server renders it. */
const root = document.getElementById('operation');
const part = document.getElementById('op-part');
const follow = document.getElementById('op-follow');
const box = document.getElementById('op-log');
const log = new LogView(box, follow);
const skew = Date.now() - Number(root.dataset.now);
const title = document.title;
let chosen = box.dataset.step;
let wished = null;
let state = root.dataset.state;
let picked = new URLSearchParams(location.search).has('step');

follow.closest('.op-js').hidden = false;
begin();

async function begin() {
  const at = new URLSearchParams(location.search).get('at');
  mood();
  if (chosen) await log.show(chosen, at);
  const line = at && document.getElementById(location.hash.slice(1));
  if (line) line.scrollIntoView({ block: 'center' });
  if (!root.dataset.live) return;
  new LiveStream(root.dataset.events, Number(root.dataset.after), {
    log: (chunk) => log.append(chunk),
    gap: (gap) => log.gap(gap),
    steps: (steps) => steps.forEach(showStep),
    hosts: (hosts) => hosts.forEach(showHost),
    operation: ([now]) => {
      const text = JSON.stringify([
        ...[now.state, now.cancelRequestedAt, now.commit, now.startedAt],
        ...[now.pauseRequestedAt, now.resumeAt],
      ]);
      if (text !== state) refresh();
      state = text;
    },
    end: () => refresh(),
  });
  setInterval(tick, 500);
}

/** A step that the table does not have: the plan grew, so the table is fetched anew. */
function showStep(step) {
  const cell = part.querySelector(`a.op-cell[data-step="${step.id}"]`);
  if (!cell) return refresh();
  cell.className = `op-cell op-step-${step.state}`;
  cell.querySelector('.op-word').textContent = root.dataset[`state${capital(step.state)}`];
  const running = step.state === 'intent' && step.startedAt !== null;
  if (running) cell.dataset.started = step.startedAt;
  else delete cell.dataset.started;
  const took =
    step.startedAt !== null && step.endedAt !== null ? duration(step.endedAt - step.startedAt) : '';
  if (!running) cell.querySelector('.op-took').textContent = took;
  if ((running || step.state === 'failed') && !picked && step.id !== chosen) choose(cell);
  progress();
}

function showHost(host) {
  const badge = part.querySelector(`[data-host="${host.hostId}"]`);
  if (!badge) return;
  badge.className = `op-host op-host-${host.state}`;
  badge.textContent = root.dataset[`host${capital(host.state)}`];
}

/** Fetches everything but the log; several wishes within a moment are one. */
function refresh() {
  if (wished) return;
  wished = setTimeout(async () => {
    wished = null;
    if (part.contains(document.activeElement) && document.activeElement.matches('input')) return refresh();
    const answer = await fetch(`/operations/${root.dataset.id}/part?step=${chosen}`);
    if (!answer.ok) return;
    const open = [...part.querySelectorAll('details')].map((details) => details.open);
    part.innerHTML = await answer.text();
    for (const [index, details] of [...part.querySelectorAll('details')].entries())
      if (open[index]) details.open = true;
    root.dataset.mood = part.querySelector('.op-mood').className.match(/op-mood-(\w+)/)[1];
    mood();
    mark();
  }, 150);
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('#op-part a[data-step]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  picked = true;
  history.replaceState(null, '', `?step=${link.dataset.step}`);
  choose(part.querySelector(`a.op-cell[data-step="${link.dataset.step}"]`) ?? link);
  if (window.matchMedia('(max-width: 991px)').matches) document.getElementById('log').scrollIntoView();
});

function choose(cell) {
  chosen = cell.dataset.step;
  follow.checked = true;
  const where = cell.dataset.hostName ? ` · ${cell.dataset.hostName}` : '';
  document.getElementById('op-log-title').textContent =
    (cell.dataset.title ?? cell.textContent.trim()) + where;
  document.getElementById('op-raw')?.setAttribute('href', `${box.dataset.raw}?step=${chosen}`);
  const step = document.querySelector('.op-search input[name="step"]');
  if (step) step.value = chosen;
  mark();
  log.show(chosen);
}

function mark() {
  for (const cell of part.querySelectorAll('a.op-cell')) {
    if (cell.dataset.step === chosen) cell.setAttribute('aria-current', 'true');
    else cell.removeAttribute('aria-current');
  }
}

function progress() {
  const cells = [...part.querySelectorAll('a.op-cell')];
  const over = cells.filter((cell) => !/op-step-(pending|intent)/.test(cell.className)).length;
  document.getElementById('op-progress').value = Math.floor((over / cells.length) * 100);
}

function tick() {
  const now = Date.now() - skew;
  for (const cell of part.querySelectorAll('a.op-cell[data-started]'))
    cell.querySelector('.op-took').textContent = duration(now - Number(cell.dataset.started));
  const took = document.getElementById('op-took');
  if (took?.dataset.started) took.textContent = duration(now - Number(took.dataset.started));
}

/** The page's title and its favicon tell what goes on, for those who look at another tab. */
function mood() {
  const { mood: now, favicon, faviconRunning, faviconBad } = root.dataset;
  const signs = { running: '● ', bad: '✕ ', good: '✓ ' };
  document.title = (signs[now] ?? '') + title;
  const icon = document.querySelector('link[rel="icon"]');
  icon.href = { running: faviconRunning, bad: faviconBad }[now] ?? favicon;
}

function capital(word) {
  return word.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());
}
