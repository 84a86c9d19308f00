// A chart to take along: as a vector file, as a bitmap, its numbers.
const save = (name, blob) => {
  const link = make("a", { download: name, href: URL.createObjectURL(blob) });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};
// All rules of the page go along: colours are named there, in both themes.
const rules = () => [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText));
const vector = (svg) => {
  const copy = svg.cloneNode(true), box = svg.viewBox.baseVal, shown = svg.getBoundingClientRect();
  const width = Math.round(shown.width || 800), height = Math.round(width * box.height / box.width);
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.prepend(draw("rect", { width: box.width, height: box.height, class: "paper" }));
  copy.prepend(draw("style", {}, rules().join("\n") + "svg{min-width:0!important}"));
  copy.classList.add(...svg.closest(".look") ? ["look"] : []);
  return { text: new XMLSerializer().serializeToString(copy), width, height };
};
const bitmap = ({ text, width, height }, done) => {
  const picture = new Image(), sheet = make("canvas", { width: width * 2, height: height * 2 });
  picture.onload = () => {
    sheet.getContext("2d").drawImage(picture, 0, 0, width * 2, height * 2);
    sheet.toBlob(done, "image/png");
  };
  picture.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
};
const cells = (rows) => rows.map((row) => row.map((cell) => {
  const text = String(cell);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}).join(",")).join("\n") + "\n";
// Every bin of what a cursor reads; of a chart that is not over time the table behind it.
const numbers = (figure) => {
  const look = looks.find((one) => one.place === figure);
  if (look) return look.csv();
  const { rows = [], stride } = panes.get(figure.querySelector(".pane")) || {};
  if (!rows.length) return all("table tr", figure).map((row) => [...row.cells].map((cell) => cell.textContent));
  const [start, width, n] = data.clocks[rows[0][2]];
  const kept = [...Array(Math.ceil(n / stride)).keys()].map((at) => start + width * at * stride);
  return [["from_s", ...rows.map(([label]) => label)], ...kept.map((at) => [at,
    ...rows.map(([, key, of]) => valueAt(key, of, at + width / 2) ?? "")])];
};
all(".tools").forEach((tools) => {
  const figure = tools.closest("figure, .look");
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const kind = event.target.dataset.take, svg = figure.querySelector(".pane svg");
    const name = (figure.dataset.name || "look-" + figure.dataset.of) + "." + kind;
    if (kind === "svg") save(name, new Blob([vector(svg).text], { type: "image/svg+xml" }));
    else if (kind === "png") bitmap(vector(svg), (blob) => save(name, blob));
    else if (kind === "csv") save(name, new Blob([cells(numbers(figure))], { type: "text/csv" }));
  });
});
