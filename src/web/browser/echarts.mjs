import { BarChart, LineChart } from 'echarts/charts.js';
import { AriaComponent, GridComponent, LegendScrollComponent, TooltipComponent } from 'echarts/components.js';
import { init, use } from 'echarts/core.js';
import { CanvasRenderer } from 'echarts/renderers.js';

/* What public/js/charts.js draws with; the rest of the library stays away. */
use([
  ...[BarChart, LineChart, CanvasRenderer],
  ...[AriaComponent, GridComponent, LegendScrollComponent, TooltipComponent],
]);
globalThis.echarts = { init };
