// What every page gains when scripts run; each page works whole without them.
(() => {
  "use strict";
  const own = document.currentScript;

  // The font comes after the page: on a slow line the words are there first.
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = own.dataset.font;
  document.head.append(sheet);

  if ("serviceWorker" in navigator) navigator.serviceWorker.register(own.dataset.worker);

  // <time data-left="2027-04-05T16:00:00+07:00">: the remainder, told each minute, never faster.
  const words = document.documentElement.lang === "en"
    ? { day: "d", hour: "h", minute: "min", late: "late by" }
    : { day: "hari", hour: "jam", minute: "menit", late: "lewat" };
  const told = (seconds) => {
    const minutes = Math.floor(Math.abs(seconds) / 60);
    const parts = [[Math.floor(minutes / 1440), words.day], [Math.floor(minutes / 60) % 24, words.hour]];
    if (minutes < 1440) parts.push([minutes % 60, words.minute]);
    const shown = parts.filter(([n], i) => n || i === parts.length - 1).map(([n, w]) => `${n} ${w}`);
    return (seconds < 0 ? `${words.late} ` : "") + shown.join(" ");
  };
  // The city's clock, not the telephone's: the page says what time it was when it was made.
  const made = () => Date.parse(document.documentElement.dataset.now || "");
  let base = [made(), 0];
  const tick = () => {
    const now = Number.isNaN(base[0]) ? Date.now() : base[0] + performance.now() - base[1];
    for (const one of document.querySelectorAll("[data-left]")) {
      one.textContent = told((Date.parse(one.dataset.left) - now) / 1000);
    }
  };
  tick();
  setInterval(tick, 60000);
  document.addEventListener("live", () => { base = [made(), performance.now()]; tick(); });
})();
