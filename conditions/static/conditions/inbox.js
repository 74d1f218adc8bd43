/* Single keys for the inbox. They act only while no field has the focus, can be switched off on the
   page (WCAG 2.1.4), and press what is on the page anyway: everything works without them. */
"use strict";

const SWITCHED_OFF = "inbox-keys-off";
const FIELDS = "input, textarea, select, [contenteditable]";

function remembered() {
  try {
    return window.localStorage.getItem(SWITCHED_OFF) !== "yes";
  } catch {
    return true;
  }
}

function remember(areOn) {
  try {
    window.localStorage.setItem(SWITCHED_OFF, areOn ? "no" : "yes");
  } catch {
    // A browser that keeps nothing: the choice holds for this page.
  }
}

let keysAreOn = remembered();
const panel = document.querySelector("[data-keys]");
const choice = document.getElementById("keys-on");
if (panel && choice) {
  panel.hidden = false;
  choice.checked = keysAreOn;
  document.body.classList.toggle("keys-off", !keysAreOn);
  choice.addEventListener("change", () => {
    keysAreOn = choice.checked;
    remember(keysAreOn);
    document.body.classList.toggle("keys-off", !keysAreOn);
  });
}

const rows = [...document.querySelectorAll("[data-row]")];
const opener = (row) => row.querySelector("a[data-opens]");

function move(steps) {
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? (steps > 0 ? 0 : rows.length - 1) : here + steps;
  const row = rows[Math.max(0, Math.min(rows.length - 1, next))];
  if (row) opener(row).focus();
}

function press(key) {
  const row = document.activeElement.closest("[data-row]");
  const within = row && row.querySelector(`[data-key="${key}"]`);
  const target = within || document.querySelector(`[data-key="${key}"]:not([data-row] *)`);
  if (!target || target.disabled) return false;
  if (target.dataset.act === "focus") target.focus();
  else target.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!keysAreOn || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = event.target.closest(FIELDS);
  if (field) {
    // Escape leaves a field, so that the keys work again.
    if (event.key === "Escape") field.blur();
    return;
  }
  const inRow = document.activeElement.closest("[data-row]") !== null;
  if (rows.length && (event.key === "j" || (inRow && event.key === "ArrowDown"))) move(1);
  else if (rows.length && (event.key === "k" || (inRow && event.key === "ArrowUp"))) move(-1);
  else if (event.repeat || event.key.length !== 1 || !press(event.key.toLowerCase())) return;
  event.preventDefault();
});

// The button says what it will do: as suggested, or with what was changed.
const filing = document.querySelector("[data-filing]");
if (filing) {
  const words = filing.querySelector("[data-words]");
  const asSuggested = words.textContent;
  const isChanged = (field) => {
    if (field.type === "checkbox" || field.type === "radio") {
      return field.checked !== field.defaultChecked;
    }
    if (field.tagName === "SELECT") {
      return [...field.options].some((option) => option.selected !== option.defaultSelected);
    }
    return false;
  };
  const bearing = document.querySelector("[data-bearing]");
  const tell = () => {
    const changed = [...bearing.querySelectorAll("input, select")].some(isChanged);
    words.textContent = changed ? filing.dataset.filing : asSuggested;
  };
  if (bearing) bearing.addEventListener("input", tell);
}
