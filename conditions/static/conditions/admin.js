/* The little the admin does with JavaScript; everything works without it. */
"use strict";

// "/" goes to the search of the page, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const search = document.getElementById("searchbar") || document.getElementById("site-search-words");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// A search field that narrows the documents of a form does so while typing.
for (const field of document.querySelectorAll("[data-narrows]")) {
  const rows = document.querySelectorAll(`${field.dataset.narrows} [data-words]`);
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const ticked = row.querySelector("input:checked") !== null;
      row.hidden = !ticked && !words.every((word) => row.dataset.words.includes(word));
    }
  });
  // Enter narrows here and does not send the form.
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

// A form that was changed and not sent asks before the page is left.
for (const form of document.querySelectorAll("form.typed-form")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

// A button pressed twice sends once.
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
