// What the page asks of the server; nothing else of the page speaks to it.

const post = (path, body, more = {}) => fetch("api/" + path, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body,
  ...more,
});

const why = async (answer) => {
  try {
    return (await answer.json()).why;
  } catch {
    return "the server does not answer as it should";
  }
};

const sound = async (answer) => {
  if (!answer.ok) throw new Error(await why(answer));
  return answer;
};

export const model = async () => (await sound(await fetch("api/model"))).json();

export const check = async (asked) => (await sound(await post("check", JSON.stringify(asked)))).json();

export const command = async (asked) => (await sound(await post("command", JSON.stringify(asked)))).text();

export const report = async (results) => (await sound(await post("report", results))).text();

export const cancel = async () => sound(await post("cancel", "{}"));

// Turns grow over all pages of this machine, so that what was asked last is last.
let turn = 0;
const next = () => (turn = Math.max(turn + 1, Date.now() * 1000));

/// Runs what is asked, and hands on each line that the server tells.
export const run = async (asked, signal, hear) => {
  const body = JSON.stringify({ ...asked, turn: next() });
  const answer = await sound(await post("run", body, { signal }));
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    lines.filter(Boolean).forEach((line) => hear(JSON.parse(line)));
  }
};
