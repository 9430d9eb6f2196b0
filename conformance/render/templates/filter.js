// The filter. Its state is in the address, behind "#?", so that a link shows the reader the same rows.
const CHOICES = ["profile", "level", "chapter"];
const form = document.getElementById("filter");
const rows = [...document.querySelectorAll("details.requirement")].map((row) => ({ row, text: searched(row) }));
// Where a text is looked for: in what is asked for and in what came, but not in all there is to know.
function searched(row) {
  const parts = row.querySelectorAll(":scope > summary, .detail > dl, .detail > .test");
  return [...parts].map((part) => part.textContent).join(" ").toLowerCase();
}

function state() {
  const chosen = new URLSearchParams();
  const verdicts = [...form.querySelectorAll("[name=verdict]:checked")].map((box) => box.value);
  if (verdicts.length) chosen.set("verdict", verdicts.join(","));
  for (const name of [...CHOICES, "text"]) if (form.elements[name].value) chosen.set(name, form.elements[name].value);
  return chosen;
}

function restore(chosen) {
  const verdicts = (chosen.get("verdict") ?? "").split(",");
  for (const box of form.querySelectorAll("[name=verdict]")) box.checked = verdicts.includes(box.value);
  for (const name of [...CHOICES, "text"]) form.elements[name].value = chosen.get(name) ?? "";
  apply();
}

function apply() {
  const chosen = state();
  const verdicts = chosen.get("verdict")?.split(",");
  const text = (chosen.get("text") ?? "").toLowerCase();
  const wanted = CHOICES.filter((name) => chosen.has(name));
  let count = 0;
  for (const { row, text: own } of rows) {
    row.hidden = !(
      (!verdicts || verdicts.includes(row.dataset.verdict)) &&
      wanted.every((name) => row.dataset[name] === chosen.get(name)) &&
      own.includes(text)
    );
    count += !row.hidden;
  }
  for (const box of document.querySelectorAll(".group, .verdict-group")) {
    box.hidden = !box.querySelector(".requirement:not([hidden])");
  }
  document.getElementById("shown").textContent = `${count} of ${rows.length} requirements`;
}

form.addEventListener("input", () => {
  apply();
  history.replaceState(null, "", `#?${state()}`);
});
form.addEventListener("reset", () => {
  restore(new URLSearchParams());
  history.replaceState(null, "", "#requirements");
});
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
