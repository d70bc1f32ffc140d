// Draws bars and lines of reports with ECharts from the table of their figures. The drawing of the server stays in the
// page: it is what paper and browsers without script get. Funnel and distribution stay as the server draws them.

const LIBRARY = "../vendor/echarts/echarts.esm.min.js";
const drawn = new Map();
let library = null;

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// The table beside a chart, as names of series, names of rows and figures.
function figuresOf(place) {
  const table = place.nextElementSibling.querySelector("table");
  const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  return {
    names,
    steps: rows.map((row) => row.cells[0].textContent.trim()),
    series: names.map((_name, index) => rows.map((row) => {
      const value = row.cells[index + 1].dataset.value;
      return value === undefined ? null : Number(value);
    })),
    texts: names.map((_name, index) => rows.map((row) => row.cells[index + 1].textContent.trim())),
  };
}

function common(place, figures) {
  const ink = colour("--ink");
  const second = colour("--ink-2");
  const line = colour("--line");
  const say = (part) => {
    const one = Array.isArray(part) ? part : [part];
    const at = one[0].dataIndex;
    return [figures.steps[at], ...one.map((p) => `${figures.names[p.seriesIndex]} ${figures.texts[p.seriesIndex][at]}`)].join("\n");
  };
  return {
    animation: false,
    aria: { enabled: true, label: { description: place.dataset.text } },
    color: [colour("--fill"), colour("--brand-2") || colour("--brand"), colour("--brand-3") || colour("--edge")],
    textStyle: { fontFamily: getComputedStyle(place).fontFamily, color: second },
    // drawn as text inside the picture: a box of HTML would need inline styles, which no page of ours allows
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, formatter: say, backgroundColor: colour("--surface"),
      borderColor: colour("--edge"), textStyle: { color: ink, fontSize: 13 } },
    axes: {
      figures: { type: "value", min: 0, axisLabel: { color: second, fontSize: 12 }, splitLine: { lineStyle: { color: line } } },
      steps: { type: "category", data: figures.steps, axisLabel: { color: second, fontSize: 12 }, axisTick: { show: false },
        axisLine: { lineStyle: { color: colour("--edge") } } },
    },
  };
}

function legend(figures) {
  return figures.names.length > 1 ? { top: 0, left: 0, icon: "rect", itemWidth: 12, itemHeight: 12, textStyle: { color: colour("--ink-2") } } : undefined;
}

// Names of units are never cut short: where there is little room they go over several lines.
function bars(place, figures) {
  const { axes, ...base } = common(place, figures);
  const width = Math.min(220, Math.max(96, place.clientWidth * 0.36));
  return {
    ...base, legend: legend(figures), grid: { left: 8, right: 56, top: figures.names.length > 1 ? 36 : 8, bottom: 8, containLabel: true },
    xAxis: { ...axes.figures, max: 100, axisLabel: { ...axes.figures.axisLabel, formatter: "{value}%" } },
    yAxis: { ...axes.steps, inverse: true, axisLabel: { ...axes.steps.axisLabel, interval: 0, width, overflow: "break" } },
    series: figures.series.map((data, index) => ({
      type: "bar", name: figures.names[index], data, barMaxWidth: 14,
      label: { show: true, position: "right", fontSize: 12, color: colour("--ink-2"), formatter: (p) => figures.texts[index][p.dataIndex] },
    })),
  };
}

function lines(place, figures, percent = true) {
  const { axes, ...base } = common(place, figures);
  return {
    ...base, legend: legend(figures), grid: { left: 8, right: 24, top: 40, bottom: 8, containLabel: true },
    xAxis: { ...axes.steps, boundaryGap: false, axisLabel: { ...axes.steps.axisLabel, hideOverlap: true, alignMinLabel: "left", alignMaxLabel: "right" } },
    yAxis: percent ? { ...axes.figures, max: 100, axisLabel: { ...axes.figures.axisLabel, formatter: "{value}%" } } : { ...axes.figures, minInterval: 1 },
    series: figures.series.map((data, index) => ({
      type: "line", name: figures.names[index], data, symbol: ["circle", "rect", "triangle"][index % 3], symbolSize: 8, showSymbol: data.length <= 12,
      lineStyle: { width: 2.5, type: ["solid", "dashed", "dotted"][index % 3] },
    })),
  };
}

const KINDS = { bars, lines, curve: (place, figures) => lines(place, figures, false) };

function heightOf(kind, figures) {
  return kind === "bars" ? 64 + figures.steps.length * (figures.names.length * 16 + 14) : 320;
}

async function draw(place) {
  const kind = place.dataset.chart;
  const figures = figuresOf(place);
  library ??= import(LIBRARY);
  const { init } = await library;
  drawn.get(place)?.dispose();
  place.hidden = false;
  place.style.height = `${heightOf(kind, figures)}px`;
  const chart = init(place, null, { renderer: "svg" });
  chart.setOption(KINDS[kind](place, figures));
  place.closest("figure")?.classList.add("is-drawn");
  drawn.set(place, chart);
}

function drawAll() {
  for (const place of drawn.keys()) {
    if (!place.isConnected) {
      drawn.get(place).dispose();
      drawn.delete(place);
    }
  }
  for (const place of document.querySelectorAll("[data-chart]")) draw(place).catch((error) => console.warn(error));
}

drawAll();
let settling = 0;
new ResizeObserver(() => {
  clearTimeout(settling);
  settling = setTimeout(() => drawn.forEach((chart) => chart.resize()), 120);
}).observe(document.body);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

// the figures of a sitting under way come anew every few seconds
const live = document.querySelector("#board-live");
if (live) new MutationObserver(drawAll).observe(live, { childList: true });
