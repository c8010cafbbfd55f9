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
  // A photo is kept on this device first (unsent.js), and sent at once or when there is a network.
  const english = document.documentElement.lang === "en";
  const say = (indonesian, other) => (english ? other : indonesian);
  for (const input of document.querySelectorAll("input[data-photo]")) {
    const told = input.closest(".field").querySelector("[data-photos-told]");
    const proof = input.closest("form")?.elements.photos;
    const { number, thing, purpose = "result" } = input.dataset;
    let count = Number(told.textContent.match(/^\d+/)?.[0] || 0);
    input.addEventListener("change", async () => {
      const [photo] = input.files;
      if (!photo) return;
      const words = told.textContent;
      told.textContent = "…";
      const label = purpose === "result" ? say("Foto hasil", "Photo of the result") : say("Foto sebelum dikerjakan", "Photo from before the work");
      try {
        const answer = await window.unsent.press({ action: "foto", number, thing, label, purpose, photo });
        const waiting = await window.unsent.waiting(number, "foto");
        if (answer.state === "sent") {
          count += 1;
          if (proof) proof.value = [proof.value, answer.body.id].filter(Boolean).join(" ");
          told.textContent = `${count} ✓`;
        } else if (answer.state === "refused") told.textContent = words;
        else told.textContent = say(`${count} ✓, ${waiting} menunggu jaringan`, `${count} ✓, ${waiting} waiting for a network`);
      } catch (error) {
        told.textContent = words;
        alert(say("Foto tidak dapat disimpan di perangkat ini. Coba lagi.", "The photo could not be kept on this device. Try again."));
        console.warn(error);
      }
      input.value = "";
    });
  }
})();
