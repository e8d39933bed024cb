// chart.js — draws a table of the page as bars or a line; loaded after the first paint, and only
// where a table asks for it.  The table stays what is true; the picture is described from it.
import * as echarts from 'echarts/core';
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';

echarts.use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const colours = ['#0f4c75', '#c77d1e', '#3f7d58', '#7a5195', '#8a8f98', '#b5483a'];

// Head cells with data-series name a series; body cells with data-number hold its values.
function read(table) {
  const heads = [...table.tHead.querySelectorAll('[data-series]')].map((th) => th.dataset.series);
  const rows = [...table.tBodies[0].rows].filter((row) => !row.hasAttribute('data-sum'));
  const number = (cell) => (cell && cell.dataset.number ? Number(cell.dataset.number) : null);
  return {
    names: rows.map((row) => row.dataset.name ?? row.cells[0].textContent.trim()),
    series: heads.map((name, i) => ({
      name,
      values: rows.map((row) => number([...row.cells].filter((c) => c.hasAttribute('data-cell'))[i])),
    })).filter((s) => s.values.some((v) => v !== null)),
  };
}

function draw(box) {
  const table = document.getElementById(box.dataset.chartOf);
  if (!table) return;
  const { names, series } = read(table);
  if (series.length === 0) return;
  const line = box.dataset.chartKind === 'line';
  const size = parseFloat(getComputedStyle(box).fontSize) || 13;
  const text = { fontSize: size, color: '#33414d', fontFamily: getComputedStyle(box).fontFamily };
  box.hidden = false;
  const chart = echarts.init(box, null, { renderer: 'canvas' });
  chart.setOption({
    animation: false,
    color: colours,
    aria: { enabled: true, decal: { show: !line && series.length > 1 } },
    textStyle: text,
    grid: { left: 8, right: 16, top: series.length > 1 ? 40 : 24, bottom: 8, containLabel: true },
    legend: series.length > 1 ? { top: 0, left: 0, type: 'scroll', textStyle: text, itemWidth: 16 } : undefined,
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, valueFormatter: (v) => (v === null ? '—' : `${v}${box.dataset.chartUnit ?? ''}`) },
    xAxis: { type: 'category', data: names, axisLabel: line ? { ...text, hideOverlap: true } : { ...text, interval: 0, overflow: 'break', width: Math.max(40, Math.floor((box.clientWidth - 60) / names.length) - 6) }, axisTick: { show: false } },
    yAxis: { type: 'value', axisLabel: { ...text, formatter: `{value}${box.dataset.chartUnit ?? ''}` }, splitLine: { lineStyle: { color: '#e3e8ec' } } },
    series: series.map((s) => ({ name: s.name, type: line ? 'line' : 'bar', data: s.values, barMaxWidth: 26, symbolSize: 7, lineStyle: { width: 2.5 }, connectNulls: false })),
  });
  new ResizeObserver(() => chart.resize()).observe(box);
}

document.querySelectorAll('[data-chart-of]').forEach(draw);
