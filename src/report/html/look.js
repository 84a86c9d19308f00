// A chart over time that can be asked: which quantity, which variants, which stretch of time.
const pen = (variant) => "v" + data.order.indexOf(variant) % 6;
const nice = (most, parts) => {
  const raw = most / parts, power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= raw);
};
const timeStep = (span, parts) => [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400]
  .find((step) => span / step <= parts) || 172800;
const whole_time = () => {
  const clocks = data.order.map((name) => data.clocks[name]);
  return [Math.min(...clocks.map((c) => c[0])), Math.max(...clocks.map((c) => c[0] + c[1] * c[2]))];
};
class Look {
  constructor(place) {
    this.place = place;
    this.quantities = data.series.filter((one) => one.group === place.dataset.of);
    if (!this.quantities.length) return;
    this.select = make("select", { "aria-label": word("show") });
    const groups = new Map();
    for (const one of this.quantities) {
      if (!groups.has(one.heading)) groups.set(one.heading, make("optgroup", { label: one.heading }));
      groups.get(one.heading).append(make("option", { value: one.key }, one.label));
    }
    this.select.append(...groups.values());
    this.select.value = this.first();
    this.reset = make("button", { type: "button", class: "whole" }, word("whole"));
    const tools = document.querySelector(".tools").cloneNode(true);
    tools.hidden = false;
    this.key = make("div", { class: "key" });
    this.pane = make("div", { class: "pane", tabindex: "0", role: "group" });
    this.table = make("details", {}, make("summary", {}, document.querySelector("figure.chart summary")?.textContent || word("values")));
    place.append(make("h3", {}, word("look")), make("div", { class: "bar" },
      make("label", {}, word("show") + " ", this.select), this.reset),
      this.pane, this.key, make("p", { class: "hint" }, word("cursor")), tools, this.table);
    place.hidden = false;
    this.svg = draw("svg", { role: "img" });
    this.pane.append(this.svg);
    watchPane(this.pane, [], (at) => this.read(at));
    this.listen();
    this.redraw();
  }
  first() {
    const wish = { users: /^count\(served\)|^mean\(users\)/, places: /\.queue\)/, times: /^p95\(.*ok\.time/ };
    const most = (one) => Math.max(0, ...Object.values(one.of).flatMap((of) => of[0]));
    const liked = this.quantities.filter((one) => wish[this.place.dataset.of].test(one.key));
    liked.sort((a, b) => most(b) - most(a));
    return (liked[0] || this.quantities[0]).key;
  }
  listen() {
    this.select.addEventListener("change", () => { this.redraw(); changed(); });
    this.reset.addEventListener("click", () => this.zoom(null));
    this.table.addEventListener("toggle", () => this.tabulate());
    this.pane.addEventListener("dblclick", () => this.zoom(null));
    this.pane.addEventListener("pointerdown", (event) => {
      this.from = this.timeAt(event);
      this.pane.setPointerCapture(event.pointerId);
    });
    this.pane.addEventListener("pointermove", (event) => {
      if (this.from === undefined || !event.buttons) return;
      this.mark(this.from, this.timeAt(event));
    });
    this.pane.addEventListener("pointerup", (event) => {
      const [from, to] = [this.from, this.timeAt(event)].sort((a, b) => a - b);
      this.from = undefined;
      if (to - from > (this.ends()[1] - this.ends()[0]) / 50) this.zoom([from, to]);
      else this.mark(0, 0);
    });
    this.pane.addEventListener("keydown", (event) => {
      const [from, to] = this.ends(), at = state.active === this.pane && state.at !== null ? state.at : (from + to) / 2;
      const near = (part) => [at - (at - from) * part, at + (to - at) * part];
      if (event.key === "0") this.zoom(null);
      else if (event.key === "+") this.zoom(near(0.5));
      else if (event.key === "-" || event.key === "\u2212") this.zoom(near(2));
      else return;
      event.preventDefault();
    });
    new ResizeObserver(() => { if (this.pane.clientWidth !== this.width) this.redraw(); }).observe(this.pane);
  }
  ends() { return state.range || whole_time(); }
  zoom(range) {
    const [least, most] = whole_time(), step = data.clocks[data.base][1] * this.stride();
    if (range) {
      range = [Math.max(least, range[0]), Math.min(most, range[1])];
      if (range[1] - range[0] < 4 * step) return;
      if (range[0] === least && range[1] === most) range = null;
    }
    state.range = range;
    looks.forEach((look) => look.redraw());
    changed();
  }
  timeAt(event) {
    const box = this.svg.getBoundingClientRect(), [from, to] = this.ends();
    const x = (event.clientX - box.left) / box.width * this.width;
    const part = Math.min(1, Math.max(0, (x - LEFT) / (this.width - LEFT - RIGHT)));
    return from + part * (to - from);
  }
  mark(from, to) {
    this.chosen?.remove();
    if (from === to) return;
    const [a, b] = [this.x(from), this.x(to)].sort((one, other) => one - other);
    this.chosen = draw("rect", { class: "chosen", x: a, y: TOP, width: b - a, height: HEIGHT - TOP - BOTTOM });
    this.svg.append(this.chosen);
  }
  x(at) {
    const [from, to] = this.ends();
    return LEFT + (at - from) / (to - from) * (this.width - LEFT - RIGHT);
  }
  stride() { return series.get(this.select.value).stride; }
  variants() {
    const one = series.get(this.select.value);
    return data.order.filter((name) => state.shown.has(name) && one.of[name]);
  }
  // Points of a list of values within the stretch shown: time at the middle of the bin, value.
  points(variant, values) {
    const [start, width] = data.clocks[variant], [from, to] = this.ends(), step = width * this.stride();
    return values.map((value, at) => [start + width * (at * this.stride() + 0.5), value])
      .filter(([at]) => at >= from - step && at <= to + step);
  }
  singles() {
    return this.variants().flatMap((variant) => {
      const paths = data.paths[variant], key = this.select.value;
      const which = paths && (key === paths.queue ? "queue" : key === paths.orbit ? "orbit" : null);
      const [from, to] = this.ends();
      return which ? paths.launches.map((path) => ({ variant, launch: path.launch, points: path[which]
        .map((value, at) => [paths.start + paths.step * (at + 0.5), value]).filter(([at]) => at >= from && at <= to) })) : [];
    });
  }
  redraw() {
    if (!this.svg) return;
    const one = series.get(this.select.value), variants = this.variants();
    this.width = Math.max(280, this.pane.clientWidth || 1040);
    const lines = variants.map((name) => ({ name, parts: one.of[name].map((values) => this.points(name, values)) }));
    const singles = this.singles();
    const values = [...lines.flatMap((line) => line.parts.flat()), ...singles.flatMap((s) => s.points)].map((p) => p[1]);
    const most = Math.max(...values.filter((v) => v !== null), 0) || 1;
    const top = most * 1.04, y = (value) => HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);
    this.svg.replaceChildren();
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${HEIGHT}`);
    this.pane.setAttribute("aria-label", one.label);
    this.svg.append(draw("title", {}, one.label), draw("desc", {}, variants.map((v) => data.labels[v]).join(", ")));
    this.axes(one, top, y);
    const path = (points) => {
      let pen_up = true;
      return points.map(([at, value]) => {
        if (value === null) { pen_up = true; return ""; }
        const to = (pen_up ? "M" : "L") + this.x(at).toFixed(1) + " " + y(value).toFixed(1);
        pen_up = false;
        return to;
      }).join("");
    };
    const id = "cut-" + this.place.dataset.of, box = { x: LEFT, y: 0, width: this.width - LEFT - RIGHT, height: HEIGHT };
    const cut = draw("clipPath", { id });
    cut.append(draw("rect", box));
    const sheet = draw("g", { "clip-path": `url(#${id})` });
    for (const { name, parts: [, low, high] } of lines) {
      if (!low) continue;
      const both = high.filter(([, v], at) => v !== null && low[at][1] !== null);
      const back = low.filter(([, v], at) => v !== null && high[at][1] !== null).reverse();
      sheet.append(draw("path", { class: "band " + pen(name), d: path([...both, ...back]) + "Z" }));
    }
    singles.forEach((s) => sheet.append(draw("path", { class: "single " + pen(s.variant), d: path(s.points), "data-launch": s.launch })));
    for (const { name, parts: [mean] } of lines) {
      sheet.append(draw("path", { class: "line " + pen(name), d: path(mean), "data-variant": name }));
    }
    this.svg.append(cut, sheet);
    this.key.replaceChildren(...variants.map((name) => make("span", {}, make("i", { class: "pen " + pen(name) }), data.labels[name])));
    const [from, to] = this.ends();
    const watched = panes.get(this.pane);
    watched.clocks = [{ x: LEFT / this.width, y: TOP / HEIGHT, w: (this.width - LEFT - RIGHT) / this.width, h: (HEIGHT - TOP - BOTTOM) / HEIGHT, from, to }];
    watched.variant = variants[0] || data.base;
    watched.stride = one.stride;
    this.reset.disabled = !state.range;
    this.tabulate();
  }
  axes(one, top, y) {
    const step = nice(top, 5), [from, to] = this.ends();
    for (let value = 0; value <= top; value += step) {
      this.svg.append(draw("path", { class: "grid", d: `M${LEFT} ${y(value)}H${this.width - RIGHT}` }),
        draw("text", { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" }, print(Number(value.toPrecision(6)), one.unit)));
    }
    const apart = timeStep(to - from, Math.max(2, this.width / 110));
    for (let at = Math.ceil(from / apart) * apart; at <= to; at += apart) {
      // The last one would stand out of the picture.
      const anchor = this.x(at) > this.width - 34 ? { x: this.width - 2, "text-anchor": "end" } : { x: this.x(at), "text-anchor": "middle" };
      this.svg.append(draw("text", { ...anchor, y: HEIGHT - 18 }, instant(at)),
        draw("text", { ...anchor, y: HEIGHT - 4 }, clock(at).slice(0, 5)));
    }
    for (const [at, , what] of data.moments[data.base]) {
      if (at < from || at > to) continue;
      const line = draw("path", { class: "grid moment", d: `M${this.x(at)} ${TOP}V${HEIGHT - BOTTOM}` });
      line.append(draw("title", {}, what));
      this.svg.append(line);
    }
  }
  read(at) {
    const one = series.get(this.select.value), variants = this.variants();
    const found = variants.length ? bin(variants[0], at, one.stride) : null;
    if (found === null) return null;
    const values = variants.map((name) => {
      const value = (which) => valueAt(one.key, name, at, which);
      const spread = value(1) === undefined || value(1) === null ? "" : ` (${print(value(1), one.unit)} … ${print(value(2), one.unit)})`;
      return [data.labels[name], print(value(0), one.unit) + spread];
    });
    return { at: startOf(variants[0], found), values };
  }
  rows() {
    const one = series.get(this.select.value), variants = this.variants();
    const [start, width] = data.clocks[variants[0] || data.base], [from, to] = this.ends();
    const n = Math.max(0, ...variants.map((name) => one.of[name][0].length));
    return [...Array(n).keys()].map((at) => ({ at: start + width * at * this.stride(), values: variants.map((name) => one.of[name].map((v) => v[at])) }))
      .filter((row) => row.at >= from && row.at <= to);
  }
  tabulate() {
    if (!this.table.open) return;
    const one = series.get(this.select.value), rows = this.rows(), each = Math.ceil(rows.length / 40) || 1;
    const cell = (text, name = "td") => make(name, name === "th" ? { scope: "col" } : {}, text);
    const head = make("tr", {}, cell(word("time"), "th"), ...this.variants().map((v) => cell(data.labels[v], "th")));
    const body = rows.filter((_, at) => at % each === 0)
      .map((row) => make("tr", {}, make("th", { scope: "row" }, instant(row.at)), ...row.values.map((v) => cell(print(v[0], one.unit)))));
    this.table.querySelector(".scroll")?.remove();
    this.table.append(make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": one.label },
      make("table", {}, make("caption", {}, one.label), make("thead", {}, head), make("tbody", {}, ...body))));
  }
  csv() {
    const variants = this.variants();
    const names = variants.flatMap((name) => series.get(this.select.value).of[name].map((_, at) => name + ["", " p10", " p90"][at]));
    return [["from_s", ...names], ...this.rows().map((row) => [row.at, ...row.values.flat().map((v) => v ?? "")])];
  }
}
const LEFT = 74, RIGHT = 16, TOP = 10, BOTTOM = 36, HEIGHT = 320;
const looks = [];
all(".look").forEach((place) => {
  const look = new Look(place);
  if (look.svg) looks.push(look);
});
