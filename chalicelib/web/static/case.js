// The camera of a case: the photo goes straight to its storage, then counts as proof on this report.
(() => {
  "use strict";
  for (const one of document.querySelectorAll(".js-only")) one.hidden = false;
  // A text of the city's goes where the cursor's field is; what was written before stays.
  for (const button of document.querySelectorAll("button[data-reply]")) {
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.into);
      const before = field.value.trimEnd();
      field.value = (before ? `${before}\n${button.dataset.reply}` : button.dataset.reply).slice(0, field.maxLength);
      button.closest("details").open = false;
      field.focus();
    });
  }
  const form = document.querySelector("form.act");
  const mark = form?.elements.csrf?.value || "";
  for (const input of document.querySelectorAll("input[data-photo]")) {
    const told = input.closest(".field").querySelector("[data-photos-told]");
    let count = Number(told.textContent.match(/^\d+/)?.[0] || 0);
    input.addEventListener("change", async () => {
      const [file] = input.files;
      if (!file) return;
      const words = told.textContent;
      told.textContent = "…";
      try {
        const room = await fetch(input.dataset.photo, {
          method: "POST",
          headers: { Accept: "application/json", "X-CSRF-Token": mark, "Content-Type": "application/x-www-form-urlencoded" },
          body: new URLSearchParams({ type: file.type || "image/jpeg", purpose: input.dataset.purpose || "result" }),
        });
        if (!room.ok) throw new Error(`refused: ${room.status}`);
        const { upload } = await room.json();
        const body = new FormData();
        for (const [name, value] of Object.entries(upload.fields)) body.append(name, value);
        body.append("file", file);
        const stored = await fetch(upload.url, { method: "POST", body });
        if (!stored.ok) throw new Error(`not stored: ${stored.status}`);
        count += 1;
        told.textContent = `${count} ✓`;
      } catch (error) {
        told.textContent = words;
        alert(document.documentElement.lang === "en" ? "The photo was not sent. Try again." : "Foto belum terkirim. Coba lagi.");
        console.warn(error);
      }
      input.value = "";
    });
  }
  // Where the officer stands goes with an arrival, when the telephone allows it.
  for (const arrive of document.querySelectorAll('form[action$="/arrive"]')) {
    arrive.addEventListener("submit", (event) => {
      if (arrive.dataset.ready || !navigator.geolocation) return;
      event.preventDefault();
      const go = () => { arrive.dataset.ready = "1"; arrive.requestSubmit(); };
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        for (const [name, value] of [["lat", coords.latitude], ["lon", coords.longitude]]) {
          const field = document.createElement("input");
          field.type = "hidden"; field.name = name; field.value = value.toFixed(6);
          arrive.append(field);
        }
        go();
      }, go, { enableHighAccuracy: true, timeout: 8000 });
    });
  }
})();
