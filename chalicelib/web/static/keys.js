// Staff's pages by keyboard. An element says its own key: <a data-key="v" data-says="Periksa">.
// Rows under data-rows are walked through with J and K. "?" lists what this page has, and there the
// keys can be switched off (WCAG 2.1.4: single letters must not get in the way of speech input).
(() => {
  "use strict";
  const OFF = "room-keys-off";
  const english = document.documentElement.lang === "en";
  const say = (indonesian, other) => (english ? other : indonesian);
  const off = () => localStorage.getItem(OFF) === "1";
  let chosen = -1;

  const rows = () => [...document.querySelectorAll("[data-rows] > *")].filter((row) => row.querySelector("a"));
  const walk = (step) => {
    const all = rows();
    if (!all.length) return;
    const here = all.findIndex((row) => row.contains(document.activeElement));
    chosen = Math.max(0, Math.min(all.length - 1, (here >= 0 ? here : chosen) + step));
    all.forEach((row, i) => row.classList.toggle("is-chosen", i === chosen));
    const target = all[chosen].querySelector("a");
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  };
  const pick = () => {
    const row = rows().find((one) => one.contains(document.activeElement));
    row?.querySelector('input[type="checkbox"]')?.click();
  };
  const use = (one) => {
    const fold = one.closest("details");
    if (fold && one.nodeName !== "SUMMARY") fold.open = true;
    if (one.matches("input:not([type=checkbox]), textarea, select, [data-key-focus]")) one.focus();
    else { one.focus(); one.click(); }
  };
  const keyed = () => [...document.querySelectorAll("[data-key]")].filter((one) => !one.closest("[hidden]"));

  const dialog = document.createElement("dialog");
  dialog.className = "help";
  dialog.setAttribute("aria-labelledby", "help-title");
  const line = (keys, words) => {
    const item = document.createElement("li");
    for (const key of keys) { const box = document.createElement("kbd"); box.textContent = key; item.append(box); }
    const said = document.createElement("span");
    said.textContent = words;
    item.append(said);
    return item;
  };
  const help = () => {
    if (dialog.open) { dialog.close(); return; }
    const title = document.createElement("h2");
    title.id = "help-title";
    title.textContent = say("Tombol di halaman ini", "Keys on this page");
    const list = document.createElement("ul");
    if (rows().length) list.append(
      line(["J", "K"], say("Baris berikutnya, sebelumnya", "Next and previous row")),
      line(["Enter"], say("Buka baris", "Open the row")),
    );
    if (document.querySelector('[data-rows] input[type="checkbox"]')) list.append(line(["X"], say("Pilih baris", "Pick the row")));
    const seen = new Set();
    for (const one of keyed()) {
      const key = one.dataset.key.toUpperCase();
      if (seen.has(key)) continue;
      seen.add(key);
      list.append(line([key], one.dataset.says || one.textContent.trim()));
    }
    if (document.querySelector(".board")) list.append(line(["W"], say("Terang atau gelap", "Light or dark")));
    list.append(line(["?"], say("Daftar ini", "This list")), line(["Esc"], say("Tutup", "Close")));
    const choice = document.createElement("label");
    choice.className = "choice";
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = !off();
    box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "0" : "1"));
    const words = document.createElement("span");
    words.className = "grow";
    words.textContent = say("Tombol huruf aktif di perangkat ini", "Letter keys are on for this device");
    choice.append(box, words);
    const close = document.createElement("button");
    close.className = "btn btn--line";
    close.type = "button";
    close.textContent = say("Tutup", "Close");
    close.addEventListener("click", () => dialog.close());
    dialog.replaceChildren(title, list, choice, close);
    if (!dialog.isConnected) document.body.append(dialog);
    dialog.showModal();
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    if (event.key === "?") { event.preventDefault(); help(); return; }
    if (dialog.open || off()) return;
    const key = event.key.toLowerCase();
    const wanted = keyed().find((one) => one.dataset.key === key);
    const act = { j: () => walk(1), k: () => walk(-1), x: pick }[key] || (wanted && (() => use(wanted)));
    if (act) { event.preventDefault(); act(); }
  });
  for (const one of document.querySelectorAll("[data-help]")) { one.hidden = false; one.addEventListener("click", help); }
})();
