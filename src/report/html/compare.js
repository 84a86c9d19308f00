// Which variants are shown, and against which one of them: differences are means over launches, pair
// by pair, with Student's t interval.
const controls = document.getElementById("controls");
const pairs = (metric, variant, base) => {
  const one = metric.values[variant] || [], other = metric.values[base] || [];
  const known = one.map((value, at) => [value, other[at]]).filter(([a, b]) => a !== null && b !== null && b !== undefined);
  const found = known.map(([a, b]) => a - b), n = found.length;
  if (!n) return { n, of: one.length };
  const mean = found[0] + found.reduce((sum, d) => sum + d - found[0], 0) / n;
  const squares = found.reduce((sum, d) => sum + (d - mean) ** 2, 0);
  const half = n > 1 ? data.t[n - 2] * Math.sqrt(squares / (n - 1)) / Math.sqrt(n) : null;
  // Shares differ by no more than all.
  const within = (value) => metric.unit === "share" ? Math.min(1, Math.max(-1, value)) : value;
  return { n, of: one.length, mean, low: half === null ? null : within(mean - half), high: half === null ? null : within(mean + half) };
};
const written = new Map(all(".matrix .change").map((cell) => [cell, cell.textContent]));
const compare = () => {
  const own = state.pin === data.base;
  for (const [cell, text] of written) {
    const variant = cell.closest("tr").dataset.variant;
    const metric = data.metrics.find((one) => one.key === cell.dataset.metric);
    if (own || !metric) { cell.textContent = text; continue; }
    const found = pairs(metric, variant, state.pin);
    const apart = cell.parentNode.textContent.trim() && cell.previousSibling ? " · " : "";
    cell.textContent = variant === state.pin ? "" : apart + (found.n ? change(found.mean, metric.unit) : ABSENT);
  }
  all(".matrix .badge").forEach((badge) => { badge.hidden = !own && !badge.classList.contains("cheapest"); });
  const place = document.getElementById("pinned");
  place.hidden = own;
  place.replaceChildren(...(own ? [] : [pinned()]));
  sortable(place);
};
const pinned = () => {
  const rows = data.metrics.flatMap((metric) => data.order.filter((name) => name !== state.pin).map((name) => {
    const found = pairs(metric, name, state.pin), text = (value) => change(value, metric.unit);
    const interval = found.n > 1 ? ` [${text(found.low)}, ${text(found.high)}]` : "";
    const cells = [data.labels[name], found.n ? text(found.mean) + interval : ABSENT, `${whole(found.n)} ${word("of")} ${whole(found.of)}`];
    const row = make("tr", { "data-variant": name }, make("th", { scope: "row" }, metric.label), ...cells.map((cell) => make("td", {}, cell)));
    row.dataset.metric = metric.key;
    return row;
  }));
  const level = share(data.confidence).replace(".0" + GAP, GAP);
  const head = ["metric", "variant", `${word("difference")} [${level}]`, word("launches")].map((text) => make("th", { scope: "col" }, text));
  const caption = make("caption", {}, `${word("pinned")} ${data.labels[state.pin]}`);
  return make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": caption.textContent },
    make("table", {}, caption, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
};
// Every launch of every headline metric as a point; chance moves no two of them onto each other.
const shortened = (text, most) => text.length <= most ? text : text.slice(0, most - 1) + "\u2026";
const scatter = () => {
  const place = document.getElementById("launches");
  const known = data.metrics.filter((m) => Object.values(m.values).some((v) => v && v.some((x) => x !== null)));
  if (!place || !known.length) return;
  place.replaceChildren(make("h3", {}, word("each")));
  for (const metric of known) {
    const names = data.order.filter((name) => state.shown.has(name) && metric.values[name]);
    const height = 30 + names.length * 22, left = 250, right = 110, width = 900;
    const values = names.flatMap((name) => metric.values[name]).filter((v) => v !== null);
    if (metric.limit !== null) values.push(metric.limit);
    const least = Math.min(...values), most = Math.max(...values), span = most - least || 1;
    const x = (value) => left + (value - least) / span * (width - left - right);
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
    svg.append(draw("title", {}, metric.label), draw("desc", {}, metric.key));
    names.forEach((name, at) => {
      const y = 16 + at * 22;
      const never = metric.values[name].filter((v) => v === null).length;
      svg.append(draw("text", { x: 0, y: y + 4 }, shortened(data.labels[name], 38)));
      metric.values[name].forEach((value, launch) => {
        if (value === null) return;
        const dot = draw("circle", { class: pen(name), cx: x(value).toFixed(1), cy: y + (launch % 5 - 2) * 2, r: 4 });
        dot.append(draw("title", {}, `${word("launch")} ${launch + 1}: ${print(value, metric.unit)}`));
        svg.append(dot);
      });
      if (never) svg.append(draw("text", { x: width, y: y + 4, "text-anchor": "end" }, `${word("never")}: ${never}`));
    });
    if (metric.limit !== null) svg.append(draw("path", { class: "zero", d: `M${x(metric.limit)} 4V${height - 16}` }));
    [least, most].forEach((value, at) => svg.append(draw("text", { x: at ? width - right : left, y: height - 2, "text-anchor": at ? "end" : "start" }, print(value, metric.unit))));
    place.append(make("p", {}, metric.label), svg);
  }
  place.hidden = false;
};
const show = () => {
  all(".wall figure, .matrix tbody tr, details.variant").forEach((node) => { node.hidden = !state.shown.has(node.dataset.variant); });
  looks.forEach((look) => look.redraw());
  scatter();
};
if (controls) {
  controls.hidden = false;
  all("input", controls).forEach((box) => box.addEventListener("change", () => {
    box.checked ? state.shown.add(box.value) : state.shown.delete(box.value);
    show();
    changed();
  }));
  document.getElementById("pin").addEventListener("change", (event) => {
    state.pin = event.target.value;
    compare();
  });
}
