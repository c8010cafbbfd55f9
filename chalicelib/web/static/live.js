// "Live" without a second protocol: the page is asked for again by its ETag-like text, and only the
// part marked data-live is exchanged, never under somebody's finger.
(() => {
  "use strict";
  const every = Number(document.currentScript.dataset.seconds || 30) * 1000;
  let last = "";
  const refresh = async () => {
    const part = document.querySelector("[data-live]");
    if (document.hidden || !part || part.contains(document.activeElement)) return;
    if (part.querySelector('input[type="checkbox"]:checked')) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const text = await answer.text();
      if (text === last) return;
      last = text;
      const fresh = new DOMParser().parseFromString(text, "text/html");
      const now = fresh.documentElement.dataset.now;
      if (now) document.documentElement.dataset.now = now;
      part.replaceWith(fresh.querySelector("[data-live]"));
      document.dispatchEvent(new Event("live"));
    } catch (error) {
      console.info("not reachable just now", error);
    }
  };
  setInterval(refresh, every);
  document.addEventListener("refresh", refresh);
})();
