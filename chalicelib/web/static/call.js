// The call-taker's form while talking: words to say by kind, places for what was said, and open
// reports that the call may be about. Without this file the form asks for both by its buttons.
(() => {
  "use strict";
  const form = document.getElementById("call");
  const part = (id) => document.getElementById(id);
  const [address, places, similar] = [part("address"), part("places"), part("similar")];
  const field = (name) => form.elements[name];
  const picks = () => [...places.querySelectorAll('input[type="radio"][name="pick"]')];
  const held = () => places.querySelector('input[type="hidden"]');
  const shown = () => { for (const one of places.querySelectorAll(".js-only")) one.hidden = false; };
  let typed = false;

  // A piece of our own page, from our own server, under a policy that runs nothing inline. Only
  // the newest answer counts, and only what the question needs is sent.
  const asker = (url, names, into, after) => {
    let newest = 0;
    return async () => {
      const mine = ++newest;
      const given = new FormData(form);
      const body = new URLSearchParams(names.map((name) => [name, given.getAll(name).pop() || ""]));
      try {
        const answer = await fetch(url, { method: "POST", body });
        if (!answer.ok || mine !== newest) return;
        into.innerHTML = await answer.text();
        after();
      } catch (error) {
        console.info("not available now; the form still sends", error);
      }
    };
  };
  const place = ["csrf", "address", "kelurahan", "was", "pick"];
  const findSimilar = asker(form.dataset.similar, [...place, "category", "description"], similar, () => {});
  const findPlaces = asker(form.dataset.places, place, places, shown);
  let waiting = 0;
  const soon = (work) => { clearTimeout(waiting); waiting = setTimeout(work, 200); };

  const take = (pick) => {
    field("kelurahan").value = field("was").value = pick.value.split("|")[1];
    if (pick.dataset.address) address.value = pick.dataset.address;
    findSimilar();
  };
  let before = {};
  const first = () => {
    const [one] = picks();
    if (!one) return false;
    before = { address: address.value, kelurahan: field("kelurahan").value };
    one.checked = true;
    one.focus();
    take(one);
    return true;
  };
  const unpick = () => {
    for (const one of picks()) one.checked = false;
    held()?.remove();
  };
  // Back to what was typed: nothing of it is gone.
  const back = () => {
    unpick();
    address.value = before.address ?? address.value;
    field("kelurahan").value = field("was").value = before.kelurahan ?? "";
    address.focus();
    findSimilar();
  };

  address.addEventListener("input", () => soon(findPlaces));
  form.addEventListener("input", () => { typed = true; });
  form.addEventListener("change", ({ target }) => {
    if (target.name === "pick") take(target);
    if (target.name === "kelurahan") {
      // Chosen by hand: the list wins over an earlier place.
      unpick();
      findSimilar();
    }
    if (target.name === "category") {
      for (const one of document.querySelectorAll("[data-advice]")) one.hidden = one.dataset.advice !== target.value;
      findSimilar();
    }
  });
  form.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (target === address && (key === "ArrowDown" || key === "Enter")) {
      event.preventDefault(); // Enter looks for the place; it never sends a call half taken
      if (!first()) findPlaces();
    } else if (target.name === "pick" && key === "Enter") {
      event.preventDefault();
      take(target);
      part("phone").focus();
    } else if (target.name === "pick" && key === "Escape") {
      back();
    } else if (key === "Enter" && target.matches("input")) {
      event.preventDefault();
    }
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest?.('[name="do"][value="find"]')) {
      event.preventDefault();
      findPlaces().then(first);
    }
  });
  form.addEventListener("submit", () => { typed = false; });
  // What is half typed is somebody's emergency: leaving is asked back.
  addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
  shown();
})();
