// One instant, marked in every chart over time, with the values of the chart that is pointed at.
const panes = new Map();
const clocksOf = (text) => text.split(";").filter(Boolean).map((clock) => {
  const [x, y, w, h, from, to] = clock.split(" ").map(Number);
  return { x, y, w, h, from, to };
});
const watchPane = (pane, clocks, read) => {
  // It stands outside the pane, which may scroll by itself.
  const readout = make("output", { class: "readout", "data-of": pane.closest(".wall") ? "wall" : "" });
  document.querySelector("main").append(readout);
  panes.set(pane, { clocks, read, readout, lines: [], stride: 1 });
  pane.addEventListener("pointermove", (event) => {
    const box = pane.querySelector("svg").getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
    const { clocks: there } = panes.get(pane);
    const over = there.find((c) => x >= c.x && x <= c.x + c.w && y >= c.y && y <= c.y + c.h)
      || there.find((c) => x >= c.x && x <= c.x + c.w);
    if (over) point(pane, over.from + (x - over.x) / over.w * (over.to - over.from));
  });
  pane.addEventListener("pointerleave", () => point(null, null));
  pane.addEventListener("keydown", (event) => move(pane, event));
  pane.addEventListener("blur", () => { if (state.active === pane) point(null, null); });
};
const point = (pane, at) => {
  state.active = pane;
  state.at = at;
  changed();
};
const move = (pane, event) => {
  const { clocks, variant = data.base, stride } = panes.get(pane);
  const { from, to } = clocks[0] || {};
  const step = data.clocks[variant][1] * stride * (event.shiftKey ? 10 : 1);
  const now = state.active === pane && state.at !== null ? state.at : null;
  const within = (at) => Math.min(to - step / 1e3, Math.max(from, at));
  const goal = {
    ArrowRight: () => now === null ? from : within(now + step),
    ArrowLeft: () => now === null ? to - step / 1e3 : within(now - step),
    Home: () => from,
    End: () => within(to),
    Escape: () => null,
  }[event.key];
  if (!goal || from === undefined) return;
  event.preventDefault();
  point(pane, goal());
};
const spanOf = (label, text) => make("span", {}, label + " ", make("strong", {}, text));
const tell = (pane, { readout, read }) => {
  readout.replaceChildren();
  const rows = read(state.at);
  const wall = clock(state.at);
  if (!rows) return;
  readout.append(make("b", {}, instant(rows.at) + (wall ? " (" + clock(rows.at) + ")" : "")));
  readout.append(...rows.values.map(([label, text]) => spanOf(label, text)));
  const box = pane.getBoundingClientRect();
  readout.style.left = box.left + scrollX + "px";
  readout.style.top = box.bottom + scrollY + 2 + "px";
  readout.style.width = box.width + "px";
};
watchers.push(() => {
  for (const [pane, one] of panes) {
    one.lines.forEach((line) => line.remove());
    one.lines = [];
    const near = state.active === pane
      || (state.active?.closest(".wall") && pane.closest(".wall"));
    one.readout.replaceChildren();
    if (state.at === null) continue;
    if (near) tell(pane, one);
    const box = pane.querySelector("svg").getBoundingClientRect(), frame = pane.getBoundingClientRect();
    if (!box.width) continue;
    for (const clock of one.clocks) {
      if (state.at < clock.from || state.at > clock.to) continue;
      const part = (state.at - clock.from) / (clock.to - clock.from);
      const line = make("div", { class: "cursor", "data-at": state.at });
      line.style.left = box.left - frame.left + pane.scrollLeft + (clock.x + part * clock.w) * box.width + "px";
      line.style.top = box.top - frame.top + clock.y * box.height + "px";
      line.style.height = clock.h * box.height + "px";
      one.lines.push(line);
      pane.append(line);
    }
  }
});
const strideOf = (rows) => Math.max(1, ...rows.map(([, key]) => series.get(key)?.stride || 1));
const readRows = (rows) => (at) => {
  const variant = rows[0]?.[2] || data.base, found = bin(variant, at, strideOf(rows));
  if (found === null) return null;
  const values = rows.map(([label, key, of]) => {
    const one = series.get(key);
    const value = valueAt(key, of, at);
    return [label, value === undefined && key.startsWith("count(") ? "0" : print(value, one?.unit)];
  });
  return { at: startOf(variant, found), values };
};
all(".pane[data-clocks]").forEach((pane) => {
  const rows = JSON.parse(pane.dataset.rows || "[]");
  watchPane(pane, clocksOf(pane.dataset.clocks), readRows(rows));
  panes.get(pane).variant = pane.closest("[data-variant]")?.dataset.variant;
  panes.get(pane).rows = rows;
  panes.get(pane).stride = strideOf(rows);
});
