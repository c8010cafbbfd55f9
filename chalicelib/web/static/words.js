// How long a text message's words are while they are written, in septets of the GSM 7-bit alphabet;
// the server counts again with everything filled in.
(() => {
  "use strict";
  const basic = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
  const double = new Set("\f^{}\\[~]|€");
  const tell = (area) => {
    const told = document.getElementById(area.getAttribute("aria-describedby"));
    const words = area.value.replace(/\{[{%].*?[%}]\}/gs, "");
    let septets = 0;
    const odd = new Set();
    for (const one of words) {
      if (basic.has(one)) septets += 1;
      else if (double.has(one)) septets += 2;
      else odd.add(one);
    }
    told.textContent = `${septets} ${told.dataset.said}` + (odd.size ? `. ${told.dataset.bad} ${[...odd].join(" ")}` : "");
  };
  for (const area of document.querySelectorAll("[data-septets]")) {
    tell(area);
    area.addEventListener("input", () => tell(area));
  }
})();
