// The board: clocks that run each second between two refreshes, its light, and probable duplicates,
// which cost more to find and so are asked for less often.
(() => {
  "use strict";
  const root = document.documentElement;
  addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "w" || localStorage.getItem("room-keys-off") === "1") return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    localStorage.setItem("room-theme", root.dataset.theme);
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

  let pairs = null;
  const place = () => {
    const list = document.querySelector("[data-pairs]");
    if (!list || !pairs) return;
    list.replaceChildren(...pairs.slice(0, 6).map(([what, facts]) => {
      const [item, link, where] = ["li", "a", "span"].map((name) => document.createElement(name));
      link.href = list.dataset.pairs;
      link.textContent = what;
      where.className = "where";
      where.textContent = facts;
      item.append(link, where);
      return item;
    }));
    document.querySelector("[data-pairs-count]").textContent = pairs.length;
    document.querySelector("[data-pairs-none]").hidden = pairs.length > 0;
  };
  const find = async () => {
    const list = document.querySelector("[data-pairs]");
    if (!list || document.hidden) return;
    try {
      const answer = await fetch(list.dataset.pairs, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      pairs = [...page.querySelectorAll(".pair[data-line]")].map((one) => [one.dataset.line, one.dataset.facts]);
      place();
    } catch (error) {
      console.info("not reachable just now", error);
    }
  };
  find();
  setInterval(find, 60000);
  document.addEventListener("live", place);
})();
