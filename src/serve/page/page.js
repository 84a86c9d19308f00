// The page: what is moved is checked, previewed, then answered in full; what was asked before and
// is no longer wanted is cancelled.

import * as ask from "./ask.js";
import * as answer from "./answer.js";
import * as model from "./model.js";
import { BROKEN, asked, blank, copy, link, read } from "./state.js";
import { Choices, Knobs } from "./knobs.js";
import { Questions } from "./question.js";
import { Runs, nameOf } from "./runs.js";

const part = (id) => document.getElementById(id);

/// How long somebody may still be moving, milliseconds.
const REST = 120;

let file = { name: "", text: "", starters: [] };
let state = blank("");
// What the server says of the model as it stands.
let known = { variants: [], knobs: [], questions: [], sound: false, diagnostics: [] };
let underWay = null;
let resting = 0;

const knobs = new Knobs((path, value) => {
  if (value === null) state.set.delete(path);
  else state.set.set(path, value);
  changed();
});
const choices = new Choices((names) => {
  state.variants = names;
  changed();
});
const questions = new Questions((asked) => {
  Object.assign(state, asked);
  changed();
});
const runs = new Runs((run) => {
  state = copy(run.state);
  stop();
  settle(run);
}, () => redraw());

// What is shown of the state itself.
const show = () => {
  knobs.build(known.knobs);
  choices.build(known.variants);
  questions.build(known.questions);
  knobs.show(state, known.diagnostics);
  choices.show(state);
  questions.show(state);
  model.show(state.text);
  part("starter").value = file.starters.find(([, text]) => text === state.text && text !== file.text)?.[0] ?? "";
  part("reset").hidden = !state.set.size && !state.variants && state.seed === null && state.launches === null && state.ask === "run";
  part("model-reset").hidden = state.text === file.text;
  part("model-note").textContent = state.text === file.text ? "" : "The text is not that of the file: save it before you use the command.";
  for (const [id, value, usual] of [["seed", state.seed, known.seed], ["launches", state.launches, known.replications]]) {
    if (document.activeElement !== part(id)) part(id).value = value ?? "";
    part(id).placeholder = usual ?? "as many as it takes";
  }
  if (state.seed !== null || state.launches !== null) part("luck").open = true;
};

const remember = async () => {
  const said = await link(state, file.text);
  history.replaceState(null, "", said ? "#" + said : location.pathname);
};

/// Something was moved: the answer that is shown is no longer that of what is asked.
const changed = () => {
  part("fallen").hidden = true;
  stop();
  show();
  stale();
  clearTimeout(resting);
  resting = setTimeout(() => begin(), REST);
};

const stop = () => {
  underWay?.abort();
  underWay = null;
  clearTimeout(resting);
};

const pill = (word, kind) => {
  part("jump-said").textContent = word;
  part("pill").textContent = word;
  part("pill").className = "pill " + kind;
};

const stale = () => {
  if (!runs.shown) return pill("running", "wait");
  pill("out of date", "wait");
  part("how").textContent = "below is " + runs.named(runs.shown);
};

const quiet = () => {
  part("progress").hidden = true;
  part("cancel").hidden = true;
  part("left").textContent = "";
};

const refuse = (why, diagnostics = []) => {
  quiet();
  pill("no answer", "bad");
  part("how").textContent = runs.shown ? "below is " + runs.named(runs.shown) : "";
  const box = part("refused");
  box.hidden = false;
  box.replaceChildren(...[why[0].toUpperCase() + why.slice(1) + ".", ...diagnostics.map((one) => one.shown)].map((text, n) => {
    const node = document.createElement(n ? "pre" : "p");
    node.textContent = text;
    return node;
  }));
  part("said").textContent = why;
};

/// Checks what is asked; if it is sound, runs it twice: for a moment, then in full. What is asked
/// over a range has no preview: it is given its time.
const begin = async ({ preview = true } = {}) => {
  const mine = underWay = new AbortController();
  await remember();
  try {
    const found = await ask.check(asked(state, known));
    if (mine.signal.aborted) return;
    // Half a text has half its sliders: those of the last one that was whole stay.
    known = found.sound ? found : { ...known, sound: false, diagnostics: found.diagnostics };
    // A variant that the text no longer has is not asked for.
    const names = known.variants.map((variant) => variant.name);
    if (state.variants) state.variants = state.variants.filter((name) => names.includes(name));
    // A question that the text no longer allows is not asked either.
    if (!known.questions.some((one) => one.ask === state.ask)) Object.assign(state, { ask: "run", knobs: [] });
    show();
    model.tell(known.diagnostics);
    if (!known.sound) return refuse("the model has errors", known.diagnostics.filter((one) => one.level === "error"));
    part("refused").hidden = true;
    const quick = preview && state.ask === "run";
    if (!quick || await stage("preview", mine)) await stage("full", mine);
  } catch (why) {
    if (!mine.signal.aborted) refuse(why instanceof TypeError ? "the server does not answer" : why.message);
  }
};

const stage = async (of, mine) => {
  const at = copy(state), wanted = { ...asked(at, known), stage: of };
  const began = performance.now();
  let answered = false;
  part("progress").hidden = false;
  part("progress").removeAttribute("value");
  part("cancel").hidden = false;
  if (!runs.shown) pill("running", "wait");
  await ask.run(wanted, mine.signal, (line) => {
    if (mine.signal.aborted) return;
    if (line.kind === "progress") progress(line, of, performance.now() - began);
    if (line.kind === "refused") refuse(line.why, line.diagnostics);
    if (line.kind === "gone") {
      quiet();
      pill("stopped", "wait");
      part("how").textContent = line.why;
    }
    if (line.kind === "answer") {
      answered = true;
      arrived(line, at);
    }
  });
  return answered && !mine.signal.aborted;
};

const seconds = (ms) => ms < 90e3 ? Math.max(1, Math.round(ms / 1e3)) + " s" : Math.round(ms / 60e3) + " min";

const progress = ({ done, of }, stage, took) => {
  part("progress").value = 100 * done / of;
  const left = stage === "full" ? "full answer in " : "preview in ";
  part("left").textContent = left + seconds(took / done * (of - done));
};

const keyOf = (at) => JSON.stringify([at.text, [...at.set], at.variants, at.seed, at.launches, at.ask, at.knobs, at.within]);

/// An answer has come: it is drawn with the one before behind it.
const arrived = (line, at) => {
  const results = JSON.parse(line.results);
  line.most = Math.max(...Object.values(results.variants).map((one) => one.users.arrived?.estimate ?? 0));
  line.span = results.model.from_s + " " + results.model.to_s;
  const run = { asked: at.ask, state: at, key: keyOf(at), name: nameOf(at, file.text, known), answer: line };
  // The full answer of the same state has behind it what its preview had.
  const same = runs.shown?.key === run.key ? runs.shown.ghost : runs.shown;
  // An answer over a range has no picture to be held against.
  run.ghost = run.asked === "run" && same?.asked === "run" && { ...same, ghost: null };
  runs.add(run);
  settle(run);
  if (line.stage === "full") {
    part("said").textContent = line.sentence;
  }
};

/// Shows a run as it is.
const settle = (run) => {
  quiet();
  part("refused").hidden = true;
  runs.select(run);
  const preview = run.answer.stage === "preview";
  pill(preview ? "preview" : "full answer", preview ? "wait" : "good");
  const launches = run.answer.launches + (run.answer.launches === 1 ? " launch" : " launches");
  part("how").textContent = launches + (run.answer.width ? ", " + run.answer.width : "");
  show();
  redraw();
  remember();
};

const redraw = () => {
  const run = runs.shown;
  if (!run) return;
  const ghost = runs.pinned && runs.pinned !== run ? runs.pinned : run.ghost;
  part("dashed").hidden = !ghost;
  part("dashed").textContent = ghost ? "dashed: " + runs.named(ghost) : "";
  answer.show(run.answer, ghost && { outline: ghost.outline, most: ghost.answer.most, span: ghost.answer.span });
  run.outline = answer.outline();
  runs.compare();
};

// Text that is copied stands there too, for browsers that do not let a page copy.
const give = async (name, text, note = "") => {
  part("copied").hidden = false;
  part("copied-name").textContent = name;
  part("copied-text").value = text;
  part("copied-note").textContent = note;
  part("copied-text").select();
  let copied = false;
  try {
    await navigator.clipboard.writeText(text);
    copied = true;
  } catch {
    copied = document.execCommand?.("copy") ?? false;
  }
  part("said").textContent = copied ? name + ": copied. " + note : name + ": select it and copy. " + note;
};

const save = (name, text, kind) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: kind }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10e3);
};

const told = (work) => async () => {
  try {
    await work();
  } catch (why) {
    refuse(why.message);
  }
};

part("copy-link").addEventListener("click", told(async () => {
  await remember();
  await give("Link", location.href);
}));
part("copy-command").addEventListener("click", told(async () => {
  const note = state.text === file.text ? "" : "The text is not that of the file: save it there first.";
  await give("Command", await ask.command(asked(state, known)), note);
}));
part("copied-close").addEventListener("click", () => {
  part("copied").hidden = true;
  part("copy-link").focus();
});
part("save-report").addEventListener("click", told(async () => {
  if (runs.shown) save("report.html", await ask.report(runs.shown.answer.results), "text/html");
}));
part("save-results").addEventListener("click", () => {
  if (runs.shown) save("results.json", runs.shown.answer.results, "application/json");
});
part("run").addEventListener("click", () => {
  stop();
  begin({ preview: false });
});
part("cancel").addEventListener("click", () => {
  stop();
  quiet();
  if (runs.shown) pill(runs.shown.answer.stage === "preview" ? "preview" : "full answer", "wait");
  else pill("cancelled", "wait");
  part("said").textContent = "cancelled";
  part("run").focus();
});
part("reset").addEventListener("click", () => {
  state = blank(state.text);
  changed();
  document.querySelector("#params input")?.focus();
});
part("form").addEventListener("submit", (event) => event.preventDefault());
for (const [id, key, most] of [["seed", "seed", Number.MAX_SAFE_INTEGER], ["launches", "launches", 1000]]) {
  part(id).addEventListener("change", () => {
    const said = part(id).value.trim(), number = Number(said);
    const fits = /^\d+$/.test(said) && number <= most && (key === "seed" || number > 0);
    part(id).setAttribute("aria-invalid", String(said !== "" && !fits));
    state[key] = fits ? number : null;
    changed();
  });
}
model.listen((text) => {
  state.text = text;
  changed();
});
part("model-reset").addEventListener("click", () => {
  state.text = file.text;
  changed();
  part("text").focus();
});
// A starter is a text like any other: the address holds it.
part("starter").addEventListener("change", (event) => {
  const chosen = file.starters.find(([name]) => name === event.target.value);
  state = blank(chosen ? chosen[1] : file.text);
  changed();
});
part("model-save").addEventListener("click", () => save(file.name.split(/[/\\]/).pop() || "model.toml", state.text, "application/toml"));

// Two tabs, as the patterns of WAI have them: arrows move between them.
const tabs = [part("tab-answer"), part("tab-model")];
const turn = (tab) => {
  for (const one of tabs) {
    const on = one === tab;
    one.setAttribute("aria-selected", String(on));
    one.tabIndex = on ? 0 : -1;
    part(one.getAttribute("aria-controls")).hidden = !on;
  }
};
tabs.forEach((tab, at) => {
  tab.addEventListener("click", () => turn(tab));
  tab.addEventListener("keydown", (event) => {
    const goal = { ArrowLeft: tabs[1 - at], ArrowRight: tabs[1 - at], Home: tabs[0], End: tabs[1] }[event.key];
    if (!goal) return;
    event.preventDefault();
    turn(goal);
    goal.focus();
  });
});

/// The state that the address says; one that does not fit falls back to the file.
const open = async () => {
  const { state: said, why } = await read(location.hash, file.text);
  state = said;
  known = await ask.check(asked(state, { variants: [] }));
  const names = known.variants.map((variant) => variant.name);
  const missing = state.variants?.some((name) => !names.includes(name));
  const foreign = location.hash.length > 1 && state.text === file.text && !known.sound;
  if (why || missing || foreign) {
    state = blank(file.text);
    known = await ask.check(asked(state, { variants: [] }));
    part("fallen").hidden = false;
    part("fallen").textContent = why || BROKEN;
  }
  show();
  model.tell(known.diagnostics);
  stale();
  begin();
};

addEventListener("hashchange", (event) => {
  // The script of a report looks for a part of this name.
  event.stopImmediatePropagation();
  stop();
  told(open)();
});

const start = async () => {
  file = await ask.model();
  part("file").textContent = file.name;
  part("starter").options[0].textContent = file.name;
  for (const [name] of file.starters) part("starter").append(new Option(name));
  document.title = file.name + " · onrush";
  await open();
};
told(start)();
