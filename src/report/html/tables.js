// Tables that can be sorted by any column, by what their figures mean.
const UNITS = { d: 86400, h: 3600, m: 60, s: 1, ms: 1e-3, "µs": 1e-6, ns: 1e-9 };
const weight = (text) => {
  const plain = text.trim().replaceAll(GAP, "").replaceAll(" ", "").replace(MINUS, "-").replace(/^[✓✗?▲▼=±]/u, "");
  if (/^never/.test(plain)) return Infinity;
  const at = /^T([+-])(?:(\d+):)?(\d\d):(\d\d)/.exec(plain);
  if (at) return (at[1] + 1) * ((at[2] || 0) * 3600 + at[3] * 60 + Number(at[4]));
  const length = /^([+-]?)((?:[\d.]+(?:ms|µs|ns|d|h|m|s))+)/.exec(plain);
  if (length) {
    const parts = [...length[2].matchAll(/([\d.]+)(ms|µs|ns|d|h|m|s)/g)];
    return (length[1] === "-" ? -1 : 1) * parts.reduce((sum, [, n, unit]) => sum + n * UNITS[unit], 0);
  }
  const number = /^[<>+]?(-?[\d.]+)/.exec(plain);
  return number ? Number(number[1]) : null;
};
const sortable = (within) => all("table", within).forEach((table) => {
  const body = table.tBodies[0], heads = all("thead th", table);
  if (!body || body.rows.length < 2) return;
  heads.forEach((head, column) => {
    if (head.querySelector("button, .unseen") || !head.textContent.trim()) return;
    const button = make("button", { type: "button" });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const text = (row) => row.cells[column]?.firstElementChild?.matches(".sym")
        ? row.cells[column].childNodes[1].textContent : row.cells[column]?.textContent || "";
      const rank = (a, b) => {
        const [x, y] = [weight(text(a)), weight(text(b))];
        if (x === null || y === null) return x === y ? text(a).localeCompare(text(b), "en") : x === null ? 1 : -1;
        return x === y ? 0 : x - y;
      };
      body.append(...[...body.rows].sort((a, b) => down ? rank(b, a) : rank(a, b)));
    });
  });
});
sortable(document);
show();
const reveal = () => {
  const part = document.getElementById(decodeURIComponent(location.hash.slice(1)) || "answer");
  for (let closed = part?.closest("details"); closed; closed = closed.parentNode.closest("details")) closed.open = true;
};
addEventListener("hashchange", reveal);
reveal();
