import '../vendor/echarts.js';

// Draws the first rows of the weekly table as columns. The table is the truth; without this script it says the same.
const { echarts } = globalThis;
const place = document.getElementById('weekly-chart');
const table = document.getElementById('weekly-table');
const colours = {
  light: { updates: '#2f6fc4', restarts: '#c77700', rollbacks: '#b3261e', lines: '#d5d9e0' },
  dark: { updates: '#6ea8f0', restarts: '#e5a84b', rollbacks: '#ef7d76', lines: '#3a4657' },
};

if (place && table) {
  place.hidden = false;
  const chart = echarts.init(place);
  const draw = () => chart.setOption(optionOf(table), true);
  draw();
  new ResizeObserver(() => chart.resize()).observe(place);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
}

function optionOf(shown) {
  const text = getComputedStyle(document.body).color;
  const palette = colours[document.documentElement.dataset.bsTheme === 'dark' ? 'dark' : 'light'];
  const weeks = [...shown.querySelectorAll('thead [data-week]')].map((cell) => cell.dataset.week);
  const series = [...shown.querySelectorAll('[data-all] tr')].map((row) => {
    const name = row.querySelector('[data-series]');
    return {
      type: 'bar',
      name: name.textContent,
      data: [...row.querySelectorAll('[data-count]')].map((cell) => Number(cell.dataset.count)),
      itemStyle: { color: palette[name.dataset.series] },
    };
  });
  return {
    animation: false,
    // Patterns, so that nobody has to tell colours apart.
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    textStyle: { color: text, fontFamily: getComputedStyle(document.body).fontFamily },
    legend: { top: 0, left: 'center', textStyle: { color: text } },
    // Drawn on the canvas: a tooltip of HTML would carry styles of its own, which the page's policy refuses.
    tooltip: { trigger: 'axis', renderMode: 'richText', axisPointer: { type: 'shadow' } },
    grid: { left: 8, right: 8, top: 36, bottom: 4, containLabel: true },
    xAxis: { type: 'category', data: weeks, axisLabel: { color: text } },
    yAxis: {
      ...{ type: 'value', minInterval: 1 },
      ...{ axisLabel: { color: text }, splitLine: { lineStyle: { color: palette.lines } } },
    },
    series,
  };
}
