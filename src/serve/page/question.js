// What is asked: the question, what it moves, and how far. What is proposed comes from the server.

import { make } from "./knobs.js";

const part = (id) => document.getElementById(id);

/// `choose({ ask, knobs, within })` hears what is asked.
export class Questions {
  constructor(choose) {
    this.choose = choose;
    this.made = "";
    this.all = [];
    this.rows = [];
    part("ask").addEventListener("change", () => this.turned());
    part("within").addEventListener("change", () => this.heard());
  }

  /// Puts the questions of a model in place.
  build(questions) {
    const made = JSON.stringify(questions);
    if (made === this.made) return;
    this.made = made;
    this.all = questions;
    part("ask").replaceChildren(...questions.map((one) => new Option(one.words, one.ask)));
    this.shown = null;
  }

  /// Another question: it begins with what is proposed for it.
  turned() {
    const inputs = this.all.find((one) => one.ask === part("ask").value)?.inputs ?? [];
    const first = ({ proposals }) => proposals.length ? proposals[0].path + "=" + proposals[0].range : "";
    this.choose({ ask: part("ask").value, knobs: inputs.map(first).filter(Boolean), within: this.within() });
  }

  heard() {
    const said = this.rows.map(({ path, range }) => [path.value.trim(), range.value.trim()]);
    const knobs = said.filter(([path, range]) => path || range).map(([path, range]) => path + "=" + range);
    this.choose({ ask: part("ask").value, knobs, within: this.within() });
  }

  within() {
    const said = part("within").value.trim(), fits = /^\d+$/.test(said) && said > 0 && said <= 3600;
    part("within").setAttribute("aria-invalid", String(said !== "" && !fits));
    return fits ? Number(said) : null;
  }

  show(state) {
    const asked = this.all.find((one) => one.ask === state.ask) ?? this.all[0];
    if (!asked) return;
    part("ask").value = asked.ask;
    part("asked").hidden = asked.ask === "run";
    if (document.activeElement !== part("within")) part("within").value = state.within ?? "";
    const shown = JSON.stringify([state.ask, state.knobs]);
    if (shown === this.shown || part("ask-inputs").contains(document.activeElement) && this.of === asked) return;
    [this.shown, this.of] = [shown, asked];
    this.rows = asked.inputs.map((input, n) => this.row(input, n, state.knobs[n] ?? ""));
    part("ask-inputs").replaceChildren(...this.rows.map((row) => row.node));
  }

  row({ what, proposals }, n, said) {
    const at = said.indexOf("="), list = "proposed-" + n;
    const path = make("input", { id: "ask-path-" + n, list, autocomplete: "off", spellcheck: "false" });
    const range = make("input", { "aria-label": what + ", from and to", autocomplete: "off", spellcheck: "false" });
    [path.value, range.value] = at < 0 ? [said, ""] : [said.slice(0, at), said.slice(at + 1)];
    const options = proposals.map((one) => make("option", { value: one.path }, one.label));
    path.addEventListener("change", () => {
      const known = proposals.find((one) => one.path === path.value.trim());
      if (known) range.value = known.range;
      if (!path.value.trim()) range.value = "";
      this.heard();
    });
    range.addEventListener("change", () => this.heard());
    const node = make("div", { class: "knob" }, make("label", { for: path.id }, n ? what + " (may be left empty)" : what),
      path, range, make("datalist", { id: list }, ...options));
    return { node, path, range };
  }
}

/// How a question is told in a run's name.
export const told = (questions, state) => {
  const words = questions.find((one) => one.ask === state.ask)?.words ?? state.ask;
  return [words, ...state.knobs.map((knob) => knob.replace("=", " = "))].join(" ");
};
