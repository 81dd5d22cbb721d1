// Keys: each element says its own in data-key. A field is focused, anything else is clicked.
document.addEventListener("keydown", (event) => {
  const words = event.target.closest("textarea, input.wide");
  if (words && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    words.form.requestSubmit();
    return;
  }
  if (words && event.key === "Escape") {
    document.querySelector(".points-field")?.focus();
    return;
  }
  if (words || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const share = { f: 1, h: 0.5 }[event.key];
  if (share) {
    event.preventDefault();
    fill(event.target.closest(".points-field") ?? document.querySelector(".points-field"), share);
    return;
  }
  if (event.key === "Enter" && event.target.closest("a, button, input, summary")) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("textarea, input")) target.focus();
  else target.click();
});

function fill(field, share) {
  if (!field?.dataset.possible) return;
  field.value = String(field.dataset.possible * share);
  field.focus();
}

for (const button of document.querySelectorAll("[data-share]")) {
  const field = button.closest(".part").querySelector(".points-field");
  button.addEventListener("click", () => fill(field, button.dataset.share));
}

document.querySelector("#trial")?.scrollIntoView();
