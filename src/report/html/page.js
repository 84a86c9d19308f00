// What the page can do beyond being read; everything can be read without. The figures stand in one
// element; nothing is asked of anybody.
const data = JSON.parse(document.getElementById("data").textContent);
const word = (name) => data.words[name] || name;
const all = (what, within = document) => [...within.querySelectorAll(what)];
const GAP = "\u202f", MINUS = "\u2212", ABSENT = "\u2013";

// One state; whoever shows it asks to be told of changes.
const state = { at: null, active: null, shown: new Set(data.order), pin: data.base, range: null };
const watchers = [];
const changed = () => watchers.forEach((watch) => watch());

const make = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
};
const SVG = document.querySelector("svg")?.namespaceURI;
const draw = (name, attributes = {}, text = "") => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.textContent = text;
  return node;
};

// Numbers as the report prints them: the same rules, so that the same figure looks the same. A tie
// goes to the even digit.
const rounded = (value, places) => {
  const exact = value.toFixed(places + 30), cut = exact.length - 30;
  if (!/^50*$/.test(exact.slice(cut))) return value.toFixed(places);
  const down = exact.slice(0, cut).replace(/\.$/, ""), up = value.toFixed(places);
  return /[02468]$/.test(down) ? down : up;
};
const significant = (value, digits) => {
  if (value === 0) return "0";
  const exponent = Number(value.toExponential(digits - 1).split("e")[1]);
  const places = Math.max(0, digits - 1 - exponent);
  const text = exponent >= digits ? Number(value.toPrecision(digits)).toFixed(0) : rounded(value, places);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
};
const signed = (text) => text.replace(/^-/, MINUS);
const whole = (value) => signed(rounded(value, 0).replace(/\B(?=(\d{3})+$)/g, GAP));
const count = (value) => Math.abs(value) >= 99.5 ? whole(value) : signed(significant(value, 3));
const points = (value) => {
  const text = rounded(Math.abs(value * 100), 1);
  return text === "0.0" ? (value === 0 ? "0" : "<0.1") : text;
};
const share = (value) => {
  const percent = value * 100;
  let text = rounded(Math.abs(percent), 1);
  if (text === "0.0") text = percent === 0 ? "0" : "<0.1";
  else if (text === "100.0") text = percent < 100 ? ">99.9" : "100";
  return (percent < 0 ? MINUS : "") + text + GAP + "%";
};
const duration = (value) => {
  if (value === 0) return "0" + GAP + "s";
  const sign = value < 0 ? MINUS : "", size = Math.abs(value);
  if (size < 60) {
    const units = [["s", 1, "60"], ["ms", 1e-3, "1000"], ["µs", 1e-6, "1000"], ["ns", 1e-9, "1000"]];
    let at = units.findIndex(([, unit]) => size >= unit);
    if (at < 0) at = 3;
    let text = significant(size / units[at][1], 3);
    if (text === units[at][2]) {
      if (at === 0) return sign + "1m";
      at -= 1;
      text = "1";
    }
    return sign + text + GAP + units[at][0];
  }
  let left = Math.floor(size + 0.5);
  if (left >= 86400) left = Math.floor((left + 30) / 60) * 60;
  const parts = [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]].map(([unit, name]) => {
    const n = Math.floor(left / unit);
    left -= n * unit;
    return n ? n + name : "";
  });
  return sign + parts.join("");
};
const two = (n) => String(n).padStart(2, "0");
const instant = (value) => {
  const size = Math.floor(Math.abs(value) + 0.5), hours = Math.floor(size / 3600);
  const sign = value < 0 && size > 0 ? "-" : "+";
  return "T" + sign + (hours ? hours + ":" : "") + two(Math.floor(size / 60) % 60) + ":" + two(size % 60);
};
// The clock on the wall, as far as the model says what T+0 is called.
const clock = (value) => {
  const zero = data.starts && Date.parse(data.starts);
  if (!zero) return "";
  const offset = /([+-])(\d\d):(\d\d)$/.exec(data.starts);
  const east = offset ? (offset[1] + 1) * (offset[2] * 60 + Number(offset[3])) * 60 : 0;
  return new Date(zero + (value + east) * 1000).toISOString().slice(11, 19);
};
const print = (value, unit) => {
  if (value === null || value === undefined) return ABSENT;
  switch (unit) {
    case "s": return duration(value);
    case "s from T+0": return instant(value);
    case "share": return share(value);
    case "/s": return count(value) + "/s";
    case "ratio": return signed(significant(value, 3));
    default: return count(value);
  }
};
const change = (value, unit) => {
  const size = unit === "share" ? points(value) + GAP + "pt"
    : print(Math.abs(value), unit === "s from T+0" ? "s" : unit);
  return value === 0 ? size : (value < 0 ? MINUS : "+") + size;
};

// Series over time.
const series = new Map(data.series.map((one) => [one.key, one]));
// Runs of one value stand as a pair; what is the same as another series, as its name.
for (const one of data.series) {
  for (const [variant, values] of Object.entries(one.of)) {
    one.of[variant] = typeof values === "string" ? series.get(values).of[variant]
      : values.map((list) => list.flatMap((v) => Array.isArray(v) ? Array(v[1]).fill(v[0]) : [v]));
  }
}
// Of some series every second bin is there, or fewer: what is not read by a cursor in a chart.
const bin = (variant, at, stride = 1) => {
  const [start, width, n] = data.clocks[variant];
  const found = Math.floor((at - start) / width / stride) * stride;
  return found >= 0 && found < n ? found : null;
};
const startOf = (variant, found) => data.clocks[variant][0] + data.clocks[variant][1] * found;
const valueAt = (key, variant, at, which = 0) => {
  const one = series.get(key), values = one?.of[variant]?.[which];
  const found = values && bin(variant, at, one.stride);
  return values && found !== null ? values[found / one.stride] : undefined;
};
