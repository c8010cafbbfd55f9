// The words to say follow the kind of emergency that is chosen.
(() => {
  "use strict";
  document.getElementById("call").addEventListener("change", (event) => {
    if (event.target.name !== "category") return;
    for (const one of document.querySelectorAll("[data-advice]")) one.hidden = one.dataset.advice !== event.target.value;
  });
})();
