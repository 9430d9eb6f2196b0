// A link opens what it leads to, and what that is folded into; keyboard and screen reader go on from there.
function named(name) {
  const place = document.getElementById(name);
  if (place) return place;
  const test = document.getElementById(name.replace(/\.\d+$/, "")); // an exchange is there once its test is filled
  if (test?.matches("details.test")) fill(test);
  return document.getElementById(name);
}

// Rows that were never seen have a guessed height, and get their own when they come near: then once more.
function bring(place) {
  place.scrollIntoView();
  requestAnimationFrame(() => requestAnimationFrame(() => place.scrollIntoView()));
}

function follow() {
  if (location.hash.startsWith("#?")) {
    restore(new URLSearchParams(location.hash.slice(2)));
    bring(document.getElementById("requirements"));
    return;
  }
  let place = null;
  try {
    place = named(decodeURIComponent(location.hash.slice(1)));
  } catch (error) {
    if (!(error instanceof URIError)) throw error; // an address that was cut leads nowhere
  }
  if (!place) return;
  if (place.closest("[hidden]")) restore(new URLSearchParams());
  for (let around = place; around; around = around.parentElement) {
    if (around instanceof HTMLDetailsElement) around.open = true;
  }
  bring(place);
  (place.querySelector(":scope > summary") ?? place).focus({ preventScroll: true });
}

addEventListener("hashchange", follow);
document.addEventListener("click", ({ target }) => {
  if (target.closest("a")?.getAttribute("href") === location.hash) follow(); // again, for what was folded meanwhile
});
apply();
addEventListener("load", follow); // not before: the browser's own way to a fragment takes the focus away
