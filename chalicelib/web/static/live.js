// "Live" without a second protocol: the page is asked for again, and the part marked data-live is
// brought up to date in place. What did not change is not touched: focus, picks, what is being
// written and what is unfolded stay. Rows are known by data-id, so one that moves takes its focus.
(() => {
  "use strict";
  const every = Number(document.currentScript.dataset.seconds || 30) * 1000;
  let last = "";

  const sameAttributes = (old, fresh) => {
    if (old.classList.contains("is-chosen")) fresh.classList.add("is-chosen");
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) old.removeAttribute(name);
    }
  };
  const patch = (old, fresh) => {
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) { old.replaceWith(fresh); return; }
    if (old.nodeType !== Node.ELEMENT_NODE) { if (old.data !== fresh.data) old.data = fresh.data; return; }
    sameAttributes(old, fresh);
    const known = new Map([...old.children].filter((one) => one.dataset.id).map((one) => [one.dataset.id, one]));
    let at = old.firstChild;
    for (const child of [...fresh.childNodes]) {
      const id = child.dataset?.id;
      const mine = id ? known.get(id) : at && !at.dataset?.id ? at : null;
      if (!mine) { old.insertBefore(child, at); continue; }
      if (mine === at) at = at.nextSibling; else old.insertBefore(mine, at);
      patch(mine, child);
    }
    while (at) { const next = at.nextSibling; at.remove(); at = next; }
  };

  const refresh = async () => {
    const part = document.querySelector("[data-live]");
    if (document.hidden || !part) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const text = await answer.text();
      if (text === last) return;
      last = text;
      const page = new DOMParser().parseFromString(text, "text/html");
      const fresh = page.querySelector("[data-live]");
      if (!fresh) return;
      if (page.documentElement.dataset.now) document.documentElement.dataset.now = page.documentElement.dataset.now;
      const held = document.activeElement;
      patch(part, fresh);
      if (held !== document.activeElement && part.contains(held)) held.focus({ preventScroll: true });
      document.dispatchEvent(new Event("live"));
    } catch (error) {
      console.info("not reachable just now", error);
    }
  };
  setInterval(refresh, every);
  document.addEventListener("refresh", refresh);
  document.addEventListener("visibilitychange", refresh);
})();
