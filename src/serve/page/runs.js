// The runs so far, as long as the page is open: each can be shown again, and pinned to hold the one
// that is shown against it.

import { make, told } from "./knobs.js";
import { told as question } from "./question.js";

const list = document.getElementById("runs");
const beside = document.getElementById("beside");

/// Runs that are kept; older ones go, but for the first and the one that is pinned.
const MOST = 20;

export class Runs {
  constructor(show, pinned) {
    this.all = [];
    this.shown = null;
    this.pinned = null;
    this.show = show;
    this.whenPinned = pinned;
  }

  /// A run with its answer; the full answer takes the place of the preview of the same state.
  add(run) {
    const last = this.all.at(-1);
    if (last && last.answer.stage === "preview" && last.key === run.key) {
      run.n = last.n;
      this.all[this.all.length - 1] = run;
      if (this.pinned === last) this.pinned = run;
    } else {
      run.n = (last?.n ?? 0) + 1;
      this.all.push(run);
    }
    while (this.all.length > MOST) {
      const old = this.all.findIndex((one, n) => n > 0 && one !== this.pinned && one !== run);
      this.all.splice(old, 1);
    }
    this.shown = run;
    this.draw();
  }

  select(run) {
    this.shown = run;
    this.draw();
  }

  named(run) {
    return "run " + run.n + " (" + run.name + ")";
  }

  draw() {
    const at = document.activeElement?.closest?.("#runs") && document.activeElement.dataset.at;
    list.replaceChildren(...this.all.map((run) => this.item(run)));
    if (at) list.querySelector(`[data-at="${at}"]`)?.focus();
    this.compare();
  }

  item(run) {
    const open = make("button", { type: "button", class: "run", "data-at": "show" + run.n, "aria-current": run === this.shown }, run.name);
    open.addEventListener("click", () => this.show(run));
    const pin = make("button", { type: "button", class: "pin", "data-at": "pin" + run.n, "aria-pressed": String(run === this.pinned), "aria-label": "pin run " + run.n }, "pin");
    pin.addEventListener("click", () => {
      this.pinned = this.pinned === run ? null : run;
      this.draw();
      this.whenPinned();
    });
    const served = run.asked === "run" ? run.answer.figures.map((row) => row.cells[0].said).join(" → ") : run.answer.sentence;
    const stage = run.answer.stage === "preview" ? " · preview" : "";
    return make("li", { value: run.n }, open, " ", pin, make("small", {}, served + stage));
  }

  /// The run that is shown, held against the one that is pinned.
  compare() {
    const { pinned, shown } = this;
    beside.hidden = !pinned || !shown || pinned === shown;
    if (beside.hidden) return beside.replaceChildren();
    const rows = shown.answer.figures.map((row) => [row, pinned.answer.figures.find((one) => one.name === row.name)]);
    const heads = shown.answer.figures[0].cells.map((cell) => make("th", { scope: "col" }, cell.what));
    const caption = make("caption", {}, "Run " + shown.n + " held against " + this.named(pinned));
    const body = rows.map(([row, old]) => make("tr", {}, make("th", { scope: "row" }, row.label),
      ...row.cells.map((cell) => held(cell, old?.cells.find((one) => one.what === cell.what)))));
    const table = make("table", { class: "matrix" }, caption, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "What if"), ...heads)), make("tbody", {}, ...body));
    beside.replaceChildren(make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Two runs compared" }, table));
  }
}

const held = (cell, old) => {
  if (!old) return make("td", { "data-name": cell.what }, cell.said);
  const change = cell.value === null || old.value === null ? "" : moved(cell, cell.value - old.value);
  return make("td", { "data-name": cell.what }, cell.said, make("small", {}, "was " + old.said + (change && " · " + change)));
};

const moved = (cell, by) => {
  if (by === 0) return "the same";
  if (!cell.share) return by > 0 ? "▲ more" : "▼ less";
  const points = Math.abs(by * 100).toFixed(1);
  if (points === "0.0") return "less than 0.1\u202fpt apart";
  return (by > 0 ? "▲ +" : "▼ \u2212") + points + "\u202fpt";
};

/// What a run is called: what is other than in the file.
export const nameOf = (state, file, known) => {
  const parts = [...state.set].map(([path, value]) => told(known.knobs, path, value));
  if (state.text !== file) parts.unshift("text changed");
  if (state.ask !== "run") parts.unshift(question(known.questions, state));
  if (state.seed !== null) parts.push("seed " + state.seed);
  if (state.launches !== null) parts.push(state.launches + (state.launches === 1 ? " launch" : " launches"));
  return parts.join(", ") || "as in the file";
};
