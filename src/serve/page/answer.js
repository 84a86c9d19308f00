// The answer: the report as the server draws it, with the run before as a dashed line behind it.

const pane = document.getElementById("answer-pane");

// The script of a report gives its parts styles as attributes, which the policy of this page
// forbids; as properties it allows them.
const setAttribute = Element.prototype.setAttribute;
Element.prototype.setAttribute = function set(name, value) {
  if (name === "style") this.style.cssText = value;
  else setAttribute.call(this, name, value);
};

// A chart that is taken along takes the styles of its page along, from elements that hold them;
// here they come from an address, so one holds a copy that means nothing to the browser itself.
fetch("report.css").then(async (answer) => {
  const kept = document.createElementNS("onrush", "style");
  kept.textContent = await answer.text();
  document.head.append(kept);
});

/// Puts a report in place. Styles within elements travel under another name, because the policy of
/// the page allows none that come with the text.
export const show = (answer, ghost) => {
  const drawn = new DOMParser().parseFromString(answer.page, "text/html");
  const main = drawn.querySelector("main"), figures = drawn.getElementById("data");
  const open = [...pane.querySelectorAll("details[open][id], details[open] > summary[id]")].map((one) => one.id);
  const at = pane.contains(document.activeElement) && document.activeElement.id;
  const height = pane.offsetHeight;
  pane.style.minHeight = height + "px";
  // A preview has no evidence yet that its links could lead to.
  pane.classList.toggle("few", answer.stage === "preview");
  // What is not of the report is none of its script's business.
  document.getElementById("beside").replaceChildren();
  pane.replaceChildren(...main.childNodes, ...figures ? [figures] : []);
  for (const one of pane.querySelectorAll("[data-style]")) one.style.cssText = one.dataset.style;
  for (const id of open) document.getElementById(id)?.closest("details")?.setAttribute("open", "");
  try {
    window.drawReport?.();
  } catch (broken) {
    // Without its script a report can still be read.
    console.error(broken);
  }
  behind(answer, ghost);
  pane.style.minHeight = "";
  if (at) document.getElementById(at)?.focus();
};

export const clear = () => pane.replaceChildren();

// The outline of those who are served, per variant, in shares of the height of the picture.
const outlines = (within) => {
  const all = new Map();
  for (const figure of within.querySelectorAll(".wall [data-variant]")) {
    const area = figure.querySelector("polygon.served"), box = figure.querySelector("svg")?.viewBox.baseVal;
    if (!area || !box?.height) continue;
    const points = area.getAttribute("points").trim().split(/\s+/).map((pair) => pair.split(",").map(Number));
    // Up along the upper edge, back along the ground.
    const last = points.findIndex(([x], n) => n > 0 && x <= points[n - 1][0]);
    const edge = last < 0 ? points : points.slice(0, last);
    all.set(figure.dataset.variant, edge.map(([x, y]) => [x / box.width, 1 - y / box.height]));
  }
  return all;
};

/// What a later answer needs of this one to show it behind itself.
export const outline = () => outlines(pane);

const behind = (answer, ghost) => {
  if (!ghost || ghost.span !== answer.span || !(answer.most > 0)) return;
  const part = ghost.most / answer.most;
  for (const figure of pane.querySelectorAll(".wall [data-variant]")) {
    const edge = ghost.outline.get(figure.dataset.variant), svg = figure.querySelector("svg");
    if (!edge || !svg) continue;
    const { width, height } = svg.viewBox.baseVal;
    const points = edge.map(([x, y]) => (x * width).toFixed(1) + "," + ((1 - y * part) * height).toFixed(1));
    const line = document.createElementNS(svg.namespaceURI, "polyline");
    line.setAttribute("class", "ghost");
    line.setAttribute("points", points.join(" "));
    svg.append(line);
  }
};

// Links lead within the page: the address holds its state.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='#']");
  if (!link) return;
  event.preventDefault();
  const goal = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!goal) return;
  goal.closest("details")?.setAttribute("open", "");
  if (goal.tabIndex < 0) goal.tabIndex = -1;
  goal.scrollIntoView();
  goal.focus({ preventScroll: true });
});
