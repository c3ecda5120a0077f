/*
 * Draws tables as charts. The table is the truth, and says the same without this script; the library is fetched when
 * a chart comes near to being seen. Nothing moves: neither when it is drawn nor when it changes.
 */
const colours = {
  light: {
    ...{
      running: '#2f8f4e',
      reachable: '#57a773',
      starting: '#2f6fc4',
      stopped: '#7a8494',
      failed: '#b3261e',
    },
    ...{ unreachable: '#8c3fa0', 'no-supervisor': '#c77700', unknown: '#9aa3af', lines: '#d5d9e0' },
  },
  dark: {
    ...{
      running: '#5fc27e',
      reachable: '#8ad5a2',
      starting: '#6ea8f0',
      stopped: '#9aa5b5',
      failed: '#ef7d76',
    },
    ...{ unreachable: '#c58ad6', 'no-supervisor': '#e5a84b', unknown: '#6b7686', lines: '#3a4657' },
  },
};

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      show(target).catch((error) => console.warn('chart', error));
    }
  },
  { rootMargin: '200px' },
);

for (const place of document.querySelectorAll('[data-chart]')) {
  place.hidden = false;
  near.observe(place);
}

async function show(place) {
  await import('../vendor/echarts.js');
  const chart = globalThis.echarts.init(place);
  const table = document.getElementById(place.dataset.chart);
  const draw = () => chart.setOption(optionOf(table), true);
  draw();
  new ResizeObserver(() => chart.resize()).observe(place);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
}

function optionOf(table) {
  const text = getComputedStyle(document.body).color;
  const palette = colours[document.documentElement.dataset.bsTheme === 'dark' ? 'dark' : 'light'];
  const heads = [...table.querySelectorAll('[data-colour]')];
  const rows = [...table.querySelectorAll('tbody tr')];
  const right = heads.some(({ dataset }) => dataset.axis === '1');
  const axis = { axisLabel: { color: text }, splitLine: { lineStyle: { color: palette.lines } } };
  return {
    animation: false,
    // Patterns, so that nobody has to tell colours apart.
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    textStyle: { color: text, fontFamily: getComputedStyle(document.body).fontFamily },
    legend: { type: 'scroll', top: 0, left: 'center', textStyle: { color: text } },
    // Drawn on the canvas: a tooltip of HTML would carry styles of its own, which the page's policy refuses.
    tooltip: { trigger: 'axis', renderMode: 'richText', axisPointer: { type: 'shadow' } },
    grid: { left: 8, right: 8, top: 36, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      data: rows.map((row) => row.querySelector('[data-short]').dataset.short),
      axisLabel: { color: text },
    },
    yAxis: [
      { type: 'value', minInterval: 1, ...axis },
      ...(right ? [{ type: 'value', max: 100, ...axis, splitLine: { show: false } }] : []),
    ],
    series: heads.map(({ dataset, textContent }, index) => ({
      ...{ type: dataset.as, name: textContent, yAxisIndex: Number(dataset.axis) },
      ...(dataset.as === 'bar' ? { stack: 'all', barCategoryGap: '20%' } : { symbolSize: 6 }),
      itemStyle: { color: palette[dataset.colour] },
      data: rows.map((row) => countOf(row.querySelectorAll('[data-value]')[index])),
    })),
  };
}

/** Where nothing is known, nothing is drawn. */
function countOf({ dataset }) {
  return dataset.value === '' ? null : Number(dataset.value);
}
