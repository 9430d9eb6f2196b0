"use strict";
// What a test did lies in the page as JSON, which nothing runs. It becomes elements when somebody opens the test, and only
// ever by text: whatever a target said stays something to read.

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function evidence(anchor) {
  const island = document.getElementById(`evidence:${anchor}`);
  return island ? JSON.parse(island.textContent) : { clock: "", steps: [] };
}

// JSON on a line for each member; every token stays as it was sent. Whatever is no JSON stays as it is.
function indented(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let depth = 0;
  return text.replace(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|\s+/g, (token) => {
    if (token === "{" || token === "[") return `${token}\n${"  ".repeat(++depth)}`;
    if (token === "}" || token === "]") return `\n${"  ".repeat(--depth)}${token}`;
    if (token === ",") return `,\n${"  ".repeat(depth)}`;
    if (token === ":") return ": ";
    return token.trim() ? token : "";
  });
}

function lines(message) {
  return [...message.head.split("\n"), ...(message.body ? ["", ...indented(message.body).split("\n")] : [])];
}

// A message; lines that the one beside it does not have are marked.
function shown(title, message, beside) {
  const others = beside && new Set(lines(beside));
  const text = element("pre", { tabIndex: 0, ariaLabel: title });
  for (const line of lines(message)) {
    const [indent] = line.match(/^ */);
    text.append(indent, others && !others.has(line) ? element("mark", {}, line.trimStart()) : line.trimStart(), "\n");
  }
  return element("div", { className: "message" }, element("h4", {}, title), text);
}

function pair(step) {
  const reference = step.reference && evidence(step.reference.anchor).steps.find(({ seq }) => seq === step.reference.seq);
  const box = element("div", { className: "pair" });
  if (!reference) {
    box.append(shown("Request", step.request), shown("Response", step.response));
    return box;
  }
  const link = element("a", { href: `#${encodeURIComponent(step.reference.anchor)}` }, step.reference.anchor);
  box.append(
    element("p", { className: "side" }, `#${step.seq}, of this test`),
    element("p", { className: "side" }, `#${reference.seq}, for reference, of a test that passed: `, link),
    shown("Request", step.request, reference.request),
    shown("Reference request", reference.request, step.request),
    shown("Response", step.response, reference.response),
    shown("Reference response", reference.response, step.response),
  );
  return box;
}

function exchange(anchor, step) {
  const box = element(
    "details",
    { className: "exchange", id: `${anchor}.${step.seq}` },
    element("summary", {}, step.line, element("small", {}, ` ${step.after}`)),
  );
  box.addEventListener("toggle", () => box.append(pair(step)), { once: true });
  return box;
}

function fill(test) {
  if (test.querySelector(".steps")) return;
  const { clock, steps } = evidence(test.id);
  const items = steps.map((step) => element("li", {}, "seq" in step ? exchange(test.id, step) : step.line));
  test.append(
    element("p", { className: "clock" }, clock),
    items.length ? element("ol", { className: "steps" }, ...items) : element("p", { className: "steps" }, "No exchange was recorded."),
  );
}

document.addEventListener("toggle", ({ target }) => target.open && target.matches("details.test") && fill(target), true);
