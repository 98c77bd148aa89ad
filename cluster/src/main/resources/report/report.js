'use strict';
// The replays, and the button that copies the command. Everything else on the page is there without.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const charts = [];
  const token = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const colour = entrant => token(entrant.colour);

  const clock = seconds => {
    const minutes = Math.round(seconds / 60);
    return Math.floor(minutes / 60) + ':' + String(minutes % 60).padStart(2, '0');
  };
  const latency = s => s == null ? '–' : s < 1 ? +(1000 * s).toPrecision(2) + ' ms' : +s.toPrecision(2) + ' s';

  /** Points and values in turn, to one value a point. */
  const steps = (pairs, length) => {
    const values = new Array(length);
    for (let i = 0; i < pairs.length; i += 2) {
      values.fill(pairs[i + 1], pairs[i], i + 2 < pairs.length ? pairs[i + 2] : length);
    }
    return values;
  };

  const decades = (u, ticks) => ticks.map(v => Number.isInteger(+Math.log10(v).toFixed(6)) ? v : null);

  const axes = (label, size, gridOf) => [
    {
      stroke: () => token('dim'), grid: {stroke: () => token('line'), width: 1}, ticks: {stroke: () => token('line'), width: 1},
      incrs: [60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800],
      values: (u, ticks) => ticks.map(clock), space: 60,
    },
    {
      stroke: () => token('dim'), grid: {stroke: () => token('line'), width: 1, ...gridOf}, ticks: {show: false},
      values: (u, ticks) => ticks.map(label), size,
    },
  ];

  const line = (entrant, extra) => ({
    label: entrant.name, show: !!entrant.shown, stroke: () => colour(entrant), width: entrant.shown ? 2 : 1.4,
    dash: entrant.dash ? entrant.dash.split(' ').map(Number) : undefined, points: {show: false}, ...extra,
  });

  const plot = (host, key, height, first, lines, columns, scale, label, onCursor) => {
    const chart = new uPlot({
      width: host.clientWidth, height, legend: {show: false},
      cursor: {sync: {key}, y: false, drag: {x: true, y: false}, points: {size: 6}},
      scales: {x: {time: false}, y: scale}, axes: axes(label, 58, scale.distr === 3 ? {filter: decades} : {}),
      series: [{}, first, ...lines], hooks: {setCursor: [onCursor]},
    }, columns, host);
    charts.push({chart, host, height});
    return chart;
  };

  const row = (host, tag, name, paint, dash) => {
    const item = host.appendChild(document.createElement(tag));
    item.style.setProperty('--c', paint);
    const svg = '<svg width="26" height="8" aria-hidden="true"><line x1="0" y1="4" x2="26" y2="4" stroke="currentColor" stroke-width="2"/></svg>';
    item.insertAdjacentHTML('beforeend', svg);
    item.lastChild.style.color = paint;
    if (dash) item.querySelector('line').setAttribute('stroke-dasharray', dash);
    const text = item.appendChild(document.createElement('span'));
    text.className = 'name';
    text.textContent = name;
    return {item, output: item.appendChild(document.createElement('output'))};
  };

  const replay = host => {
    const trace = data.traces[host.dataset.trace];
    const length = trace.needed.length;
    const x = trace.needed.map((_, i) => i * trace.step);
    const entrants = trace.series.map(each => data.entrants[each.entrant]);
    const ready = trace.series.map(each => steps(each.ready, length));
    const p95 = trace.series.map(each => each.p95.map(s => s > 0 ? s : null));
    const toggles = host.querySelector('.toggles');
    const rows = [];
    const key = 'trace' + host.dataset.trace;

    const show = u => {
      const at = u.cursor.idx;
      load.output.textContent = at == null ? '' : trace.needed[at] + ' needed at ' + clock(x[at]);
      rows.forEach((each, i) => {
        each.output.textContent = at == null ? '' : ready[i][at] + ' ready, p95 ' + latency(p95[i][at]);
      });
    };
    const load = row(toggles, 'div', 'load, in replicas', 'var(--dim)', '');
    const replicas = plot(host.querySelector('.replicas'), key, 250,
      {label: 'needed', stroke: () => token('dim'), fill: () => token('box'), width: 1, points: {show: false}},
      entrants.map(each => line(each, {paths: uPlot.paths.stepped({align: 1})})),
      [x, trace.needed, ...ready], {range: (u, min, max) => [0, Math.max(1, max * 1.08)]}, v => v, show);
    const tails = plot(host.querySelector('.latency'), key, 220,
      {label: 'SLO', stroke: () => token('dim'), width: 1.5, dash: [5, 4], points: {show: false}},
      entrants.map(each => line(each, {spanGaps: false})),
      [x, x.map(() => trace.slo), ...p95], {distr: 3}, v => v == null ? '' : latency(v), () => {});

    entrants.forEach((each, i) => {
      const made = row(toggles, 'label', each.name, 'var(--' + each.colour + ')', each.dash);
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.checked = !!each.shown;
      box.addEventListener('change', () => {
        for (const chart of [replicas, tails]) chart.setSeries(i + 2, {show: box.checked});
      });
      made.item.prepend(box);
      rows.push(made);
    });
  };

  const visible = new IntersectionObserver(entries => {
    for (const entry of entries) {
      if (entry.isIntersecting) {
        visible.unobserve(entry.target);
        replay(entry.target);
      }
    }
  }, {rootMargin: '600px'});
  const replays = document.querySelectorAll('.replay');
  replays.forEach(host => visible.observe(host));
  addEventListener('beforeprint', () => replays.forEach(host => {
    if (!host.querySelector('.uplot')) {
      visible.unobserve(host);
      replay(host);
    }
  }));
  addEventListener('resize', () => {
    for (const {chart, host, height} of charts) chart.setSize({width: host.clientWidth, height});
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const {chart} of charts) chart.redraw(false);
  });

  const copy = document.getElementById('copy');
  const copied = async () => {
    const command = document.getElementById('command');
    try {
      await navigator.clipboard.writeText(command.textContent);
      copy.textContent = 'Copied';
    } catch (refused) {
      // A file opened from disk may not use the clipboard: mark the text instead.
      getSelection().selectAllChildren(command);
      copy.textContent = 'Press Ctrl+C';
    }
    setTimeout(() => { copy.textContent = 'Copy'; }, 2000);
  };
  copy.hidden = false;
  copy.addEventListener('click', copied);
})();
