// The text of the model, with what is wrong with it at its place: underlined in the text, and said
// below, where a click leads back to the place.

import { make } from "./knobs.js";

const text = document.getElementById("text");
const marks = document.getElementById("marks");
const lines = document.getElementById("lines");
const found = document.getElementById("found");
const count = document.getElementById("found-count");
const badge = document.getElementById("tab-errors");

export const value = () => text.value;

export const show = (said) => {
  if (text.value !== said) text.value = said;
  number();
};

const number = () => {
  const n = text.value.split("\n").length;
  if (lines.dataset.n === String(n)) return;
  lines.dataset.n = n;
  lines.textContent = Array.from({ length: n }, (_, at) => at + 1).join("\n");
};

const follow = () => {
  marks.scrollTop = text.scrollTop;
  marks.scrollLeft = text.scrollLeft;
  lines.scrollTop = text.scrollTop;
};

export const listen = (changed) => {
  text.addEventListener("input", () => {
    number();
    marks.replaceChildren();
    changed(text.value);
  });
  text.addEventListener("scroll", follow);
};

const underlined = (places) => {
  const parts = [];
  let at = 0;
  for (const { from, to, level } of places) {
    if (from < at) continue;
    const end = Math.max(to, from + 1), line = text.value.indexOf("\n", from);
    const until = line >= 0 ? Math.max(Math.min(end, line), from + 1) : end;
    parts.push(text.value.slice(at, from), make("mark", { class: level }, text.value.slice(from, until)));
    at = until;
  }
  // A last line that is empty has no height without it.
  marks.replaceChildren(...parts, text.value.slice(at) + "\n");
  follow();
};

const go = ({ from, to }) => {
  text.focus();
  text.setSelectionRange(from, to);
  const line = text.value.slice(0, from).split("\n").length;
  const height = text.scrollHeight / text.value.split("\n").length;
  text.scrollTop = Math.max(0, (line - 5) * height);
};

const item = (one) => {
  const parts = [make("b", { class: one.level }, one.level + " " + one.code), " " + one.found];
  if (one.expected) parts.push("; " + one.expected);
  if (one.help) parts.push(" ", make("span", { class: "help" }, "help: " + one.help));
  if (one.at?.model) {
    const place = make("button", { type: "button" }, `line ${one.at.line}, column ${one.at.column}`);
    place.addEventListener("click", () => go(one.at));
    parts.unshift(place, " ");
  } else if (one.at) {
    parts.unshift(one.at.file + " ");
  }
  return make("li", {}, ...parts);
};

const counted = (n, noun) => n ? n + " " + noun + (n > 1 ? "s" : "") : "";

/// Shows what was found; where nothing was, it says so.
export const tell = (diagnostics) => {
  const of = (level) => diagnostics.filter((one) => one.level === level).length;
  const all = [counted(of("error"), "error"), counted(of("warning"), "warning"), counted(of("note"), "note")];
  const sum = all.filter(Boolean).join(", ");
  if (count.textContent !== (sum || "The text is valid.")) count.textContent = sum || "The text is valid.";
  badge.hidden = !of("error");
  badge.textContent = counted(of("error"), "error");
  text.setAttribute("aria-invalid", of("error") > 0);
  found.replaceChildren(...diagnostics.map(item));
  const places = diagnostics.filter((one) => one.at?.model);
  underlined(places.map((one) => ({ ...one.at, level: one.level })).sort((a, b) => a.from - b.from));
};
