// The board by keyboard, and clocks that run each second between two refreshes.
(() => {
  "use strict";
  let chosen = -1;
  const rows = () => [...document.querySelectorAll(".board tbody tr")];
  const choose = (step) => {
    const all = rows();
    if (!all.length) return;
    chosen = Math.max(0, Math.min(all.length - 1, chosen + step));
    all.forEach((row, i) => row.classList.toggle("is-chosen", i === chosen));
    all[chosen].querySelector("a").focus();
  };
  const root = document.documentElement;
  const keys = {
    j: () => choose(1),
    k: () => choose(-1),
    v: () => document.querySelector("#v")?.closest("section").querySelector("a")?.focus(),
    n: () => document.querySelector('a[href$="/panggilan-112"]')?.click(),
    "/": () => document.getElementById("seek")?.focus(),
    w: () => {
      root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
      localStorage.setItem("room-theme", root.dataset.theme);
    },
  };
  addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key.toLowerCase()];
    if (act) { event.preventDefault(); act(); }
  });
  if (localStorage.getItem("room-theme")) root.dataset.theme = localStorage.getItem("room-theme");

  const two = (n) => String(n).padStart(2, "0");
  let base = [Date.parse(root.dataset.now), performance.now()];
  document.addEventListener("live", () => { base = [Date.parse(root.dataset.now), performance.now()]; });
  setInterval(() => {
    const now = base[0] + performance.now() - base[1];
    for (const one of document.querySelectorAll("[data-since]")) {
      const whole = Math.max(0, Math.floor((now - Date.parse(one.dataset.since)) / 1000));
      const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
      one.textContent = hours ? `${hours}.${two(minutes)}.${two(seconds)}` : `${two(minutes)}.${two(seconds)}`;
    }
    const clock = document.querySelector("[data-clock]");
    const city = new Date(now + 7 * 3600e3);
    if (clock) clock.textContent = `${two(city.getUTCHours())}.${two(city.getUTCMinutes())}`;
  }, 1000);
})();
