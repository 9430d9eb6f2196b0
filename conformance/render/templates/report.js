"use strict";
// The document is whole without this: it filters the table, and opens what a link points into.
const form = document.getElementById("filter");
const rows = [...document.querySelectorAll("tr.row")];
const texts = rows.map((row) => row.textContent.toLowerCase());

function apply() {
  const wanted = new Set([...form.querySelectorAll("input[name=verdict]:checked")].map((box) => box.value));
  const text = form.elements.text.value.toLowerCase();
  rows.forEach((row, number) => {
    row.hidden = !wanted.has(row.dataset.verdict) || !texts[number].includes(text);
  });
  for (const chapter of document.querySelectorAll("section.chapter")) {
    chapter.hidden = !chapter.querySelector("tr.row:not([hidden])");
  }
  document.getElementById("shown").textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} shown`;
}

function reveal() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place) return;
  if (place.closest("tr[hidden]")) {
    form.reset();
    apply();
  }
  for (let around = place; around; around = around.parentElement) {
    if (around instanceof HTMLDetailsElement) around.open = true;
  }
  place.scrollIntoView();
}

form.addEventListener("input", apply);
form.addEventListener("submit", (event) => event.preventDefault());
addEventListener("hashchange", reveal);
form.hidden = false;
apply();
reveal();
