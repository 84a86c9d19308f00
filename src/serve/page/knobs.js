// Sliders with their number boxes, and the what-ifs to choose from.
//
// A stop of a slider is a value as `--set` writes it, made by the server; here nothing is reckoned.

const make = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false) continue;
    node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children);
  return node;
};

/// `20000` as a reader has it: with a gap between thousands.
export const gapped = (number) => number.replace(/^\d{5,}/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, "\u202f"));
const plain = (text) => text.replace(/[\s\u202f_]/g, "").replace(",", ".");
const spaced = (number, unit) => gapped(number) + (unit && !unit.startsWith("/") ? "\u202f" : "") + unit;
const said = (knob, number) => spaced(number, knob.unit) + (knob.counts ? " " + knob.counts : "");
const base = (knob) => knob.stops.length ? knob.stops[knob.at] : knob.base.replaceAll("\"", "");

/// How a change is told in a word or two: `Logins a second: 180/s`.
export const told = (knobs, path, value) => {
  const knob = knobs.find((one) => one.path === path);
  if (!knob) return path + " = " + value;
  const number = knob.unit && value.endsWith(knob.unit) ? value.slice(0, -knob.unit.length) : value;
  const of = knob.group ? knob.group + ", " + knob.label : knob.label;
  return of + ": " + (number === value && knob.unit ? value : said(knob, number));
};

const numberOf = (knob, state) => {
  const value = state.set.get(knob.path);
  if (value === undefined) return base(knob);
  return knob.unit && value.endsWith(knob.unit) ? value.slice(0, -knob.unit.length) : value;
};

/// The stop that is nearest to a number.
const nearest = (knob, number) => {
  const exact = knob.stops.indexOf(number);
  if (exact >= 0 || Number.isNaN(Number(number))) return Math.max(exact, 0);
  const far = knob.stops.map((stop) => Math.abs(Number(stop) - Number(number)));
  return far.indexOf(Math.min(...far));
};

class Dial {
  constructor(knob, move) {
    this.knob = knob;
    const id = "knob-" + knob.path.replaceAll(/[^\w-]/g, "-"), of = knob.group ? knob.group + ", " + knob.label : knob.label;
    this.slide = make("input", { type: "range", id, min: 0, max: Math.max(knob.stops.length - 1, 1), step: 1 });
    this.box = make("input", { type: "text", "aria-label": of + ", value", autocomplete: "off", inputmode: knob.stops.length ? "decimal" : "text" });
    this.back = make("button", { type: "button", class: "was" });
    this.back.addEventListener("click", () => { move(knob, null); this.slide.focus(); });
    this.slide.addEventListener("input", () => move(knob, knob.stops[this.slide.value]));
    this.box.addEventListener("change", () => move(knob, plain(this.box.value) || null));
    const known = knob.known ? make("span", { class: "known" }, knob.known) : "";
    const head = make("label", { for: id }, make("span", {}, knob.label), known);
    const box = make("span", { class: "box" }, this.box, knob.unit ? " " + knob.unit : "");
    const ends = make("div", { class: "ends" }, make("span", {}, said(knob, knob.stops[0] || "")), this.back,
      make("span", {}, said(knob, knob.stops.at(-1) || "")));
    this.node = make("div", { class: "knob", "data-path": knob.path }, head,
      make("div", { class: "row" }, this.slide, box), ends);
    if (!knob.stops.length) {
      this.slide.remove();
      head.removeAttribute("for");
      ends.replaceChildren(this.back);
    }
    if (knob.stops.length > 1) this.slide.style.setProperty("--base", 100 * knob.at / (knob.stops.length - 1) + "%");
  }

  show(state, diagnostics) {
    const wrong = diagnostics.some((one) => one.level === "error" && one.shown.includes(this.knob.path + "="));
    this.box.setAttribute("aria-invalid", String(wrong && state.set.has(this.knob.path)));
    const { knob } = this, number = numberOf(knob, state), moved = state.set.has(knob.path);
    this.node.classList.toggle("moved", moved);
    this.slide.value = nearest(knob, number);
    this.slide.setAttribute("aria-valuetext", said(knob, number));
    if (document.activeElement !== this.box) this.box.value = gapped(number);
    this.back.hidden = !moved;
    this.back.textContent = "was " + said(knob, base(knob));
  }
}

/// All sliders of a model. `move(path, value)` hears what was moved; no value is as in the file.
export class Knobs {
  constructor(move) {
    this.move = (knob, number) => {
      const value = number === null || number === base(knob) ? null
        : /[^\d.]/.test(number) ? number : number + knob.unit;
      move(knob.path, value);
    };
    this.dials = [];
    this.made = "";
  }

  /// Puts the sliders of a model in place; those that stay keep the cursor.
  build(knobs) {
    const made = JSON.stringify(knobs);
    if (made === this.made) return;
    this.made = made;
    const at = document.activeElement?.closest?.(".knob")?.dataset.path, tag = document.activeElement?.tagName + document.activeElement?.type;
    this.dials = knobs.map((knob) => new Dial(knob, this.move));
    const of = (group) => this.dials.filter((dial) => dial.knob.group === group);
    document.getElementById("params").replaceChildren(...of(null).map((dial) => dial.node));
    const groups = [...new Set(knobs.map((knob) => knob.group).filter(Boolean))];
    const parts = groups.flatMap((group) => [make("h3", {}, group), ...of(group).map((dial) => dial.node)]);
    document.getElementById("service-knobs").replaceChildren(...parts);
    document.getElementById("services").hidden = !groups.length;
    const again = this.dials.find((dial) => dial.knob.path === at)?.node;
    [...again?.querySelectorAll("input") || []].find((input) => input.tagName + input.type === tag)?.focus();
  }

  show(state, diagnostics) {
    this.dials.forEach((dial) => dial.show(state, diagnostics));
    if (this.dials.some((dial) => dial.knob.group && state.set.has(dial.knob.path))) document.getElementById("services").open = true;
  }
}

/// The what-ifs; `choose(names)` hears which are shown.
export class Choices {
  constructor(choose) {
    this.choose = choose;
    this.made = "";
  }

  build(variants) {
    const made = JSON.stringify(variants);
    if (made === this.made) return;
    this.made = made;
    document.getElementById("variants-part").hidden = !variants.length;
    const boxes = variants.map(({ name, label }) => {
      const box = make("input", { type: "checkbox", value: name });
      box.addEventListener("change", () => this.choose(this.chosen()));
      return make("label", { class: "chk" }, box, label);
    });
    document.getElementById("variants").replaceChildren(...boxes);
  }

  chosen() {
    const boxes = [...document.querySelectorAll("#variants input")];
    const on = boxes.filter((box) => box.checked).map((box) => box.value);
    return on.length === boxes.length ? null : on;
  }

  show(state) {
    for (const box of document.querySelectorAll("#variants input")) {
      box.checked = !state.variants || state.variants.includes(box.value);
    }
  }
}

export { make };
