// What is asked of the model, and how it stands in the address: everything but the answers.
//
// A state is the text of the model, what is set, the variants that are shown, seed and launches, and
// what is asked: the question, what it moves, and the seconds that it may take.
// Where it says what the file says, it says nothing.

export const blank = (text) => ({ text, set: new Map(), variants: null, seed: null, launches: null, ask: "run", knobs: [], within: null });

export const copy = (state) => ({ ...state, set: new Map(state.set), variants: state.variants && [...state.variants], knobs: [...state.knobs] });

/// What the server is asked.
export const asked = (state, known) => ({
  model: state.text,
  set: [...state.set],
  variants: state.variants ?? known.variants.map((variant) => variant.name),
  seed: state.seed,
  replications: state.launches,
  ask: state.ask,
  knobs: state.knobs,
  within: state.within,
});

// A text is told from another by a short number (FNV-1a), so that a link knows its model.
export const idOf = (text) => {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(36);
};

const squeezed = async (text, stream) => {
  const bytes = new Blob([text]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(bytes).arrayBuffer());
};
const packed = async (text) => {
  const bytes = await squeezed(text, new CompressionStream("deflate-raw"));
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};
const unpacked = async (text) => {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  return new TextDecoder().decode(await squeezed(bytes, new DecompressionStream("deflate-raw")));
};

/// The part of the address behind `#`; empty where all is as in the file.
export const link = async (state, file) => {
  const parts = new URLSearchParams();
  for (const [path, value] of state.set) parts.append("set", path + "=" + value);
  if (state.variants) parts.set("variants", state.variants.join(","));
  if (state.seed !== null) parts.set("seed", state.seed);
  if (state.launches !== null) parts.set("launches", state.launches);
  if (state.ask !== "run") parts.set("ask", state.ask);
  for (const knob of state.knobs) parts.append("knob", knob);
  if (state.within !== null) parts.set("within", state.within);
  if (state.text !== file) parts.set("text", await packed(state.text));
  const said = parts.toString();
  return said && "model=" + idOf(file) + "&" + said;
};

const whole = (text, most) => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > most) throw new Error("not a number");
  return number;
};

const known = (ask) => {
  if (!["run", "size", "sweep", "tip", "uncertain"].includes(ask)) throw new Error("no question");
  return ask;
};

/// The state that an address says, or why it cannot be taken.
export const read = async (hash, file) => {
  const state = blank(file), parts = new URLSearchParams(hash.replace(/^#/, ""));
  if (!parts.size) return { state };
  if (parts.get("model") !== idOf(file)) {
    return { state, why: "This link belongs to another model, so here is this one as it stands in its file." };
  }
  try {
    for (const said of parts.getAll("set")) {
      const at = said.indexOf("=");
      if (at < 1) throw new Error("no value");
      state.set.set(said.slice(0, at), said.slice(at + 1));
    }
    if (parts.has("variants")) state.variants = parts.get("variants").split(",").filter(Boolean);
    if (parts.has("seed")) state.seed = whole(parts.get("seed"), Number.MAX_SAFE_INTEGER);
    if (parts.has("launches")) state.launches = whole(parts.get("launches"), 1000);
    if (parts.has("ask")) state.ask = known(parts.get("ask"));
    state.knobs = parts.getAll("knob");
    if (parts.has("within")) state.within = whole(parts.get("within"), 3600);
    if (parts.has("text")) state.text = await unpacked(parts.get("text"));
    return { state };
  } catch {
    return { state: blank(file), why: BROKEN };
  }
};

export const BROKEN = "This link does not fit the model, so here is the model as it stands in its file.";
