// What an officer presses is written on this device first, with its key, moment and place, and then
// sent: at once, or by itself when there is a network. The key is fixed at the press, so what is sent
// again is recorded once. What the city refuses stays here with its reason until it is removed.
(() => {
  "use strict";
  const KIND = "act", WHO = "live-room-who", SHELF = "live-room-1", EVERY = 20000;
  const own = document.currentScript.dataset;
  const box = document.getElementById("unsent");
  if (!box || !("indexedDB" in window)) return;
  const english = document.documentElement.lang === "en";
  const say = (indonesian, other) => (english ? other : indonesian);
  // Whose page this is. The frame shown without a network is nobody's: whoever was here last reads it.
  let mark = box.dataset.mark;
  const who = box.dataset.who || localStorage.getItem(WHO) || "";
  if (box.dataset.who) localStorage.setItem(WHO, who);
  // The city's clock, as far as the page knows it: the telephone's own may be wrong.
  const ahead = box.dataset.who ? Date.parse(document.documentElement.dataset.now) - Date.now() : 0;
  const now = () => new Date(Date.now() + ahead).toISOString();
  const hour = (at) => {
    const part = (shape, locale = "id") => new Intl.DateTimeFormat(locale, { timeZone: "Asia/Jakarta", ...shape }).format(new Date(at));
    const time = part({ hour: "2-digit", minute: "2-digit" });
    return `${part({ weekday: "long" }, document.documentElement.lang)} ${say("pukul", "at")} ${time}`;
  };
  const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");
  const mine = async () => (await device.all(KIND)).filter((one) => one.who === who);
  const went = new Map(); // id → what the city answered, for whoever waits for it
  let needsSignIn = false;

  // -- Sending -------------------------------------------------------------------------------
  const post = (path, fields) => fetch(path, {
    method: "POST",
    redirect: "manual",
    headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": mark },
    body: new URLSearchParams(fields),
  });
  // A new session has a new mark; another account's is not ours to use.
  const renewed = async () => {
    const answer = await fetch(box.dataset.own, { redirect: "manual", headers: { Accept: "text/html" } });
    const text = await answer.text();
    if (!answer.ok) return false;
    const there = new DOMParser().parseFromString(text, "text/html").getElementById("unsent");
    if (there?.dataset.who !== who || there.dataset.mark === mark) return false;
    mark = there.dataset.mark;
    return true;
  };
  const SENT = "sent", LATER = "later", REFUSED = "refused", SIGN_IN = "sign-in";
  const judged = async (answer) => {
    const text = await answer.text(); // read to its end in any case: else the connection stays open
    if (answer.ok) return { state: SENT, body: JSON.parse(text) };
    if (answer.type === "opaqueredirect" || answer.status === 401) return { state: SIGN_IN };
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) return { state: LATER };
    const problem = JSON.parse(text);
    // What one may not see and what is not there answer alike; it was there when it was pressed.
    if (answer.status === 404) return { state: REFUSED, code: problem.code, why: say("Kasus ini tidak lagi pada instansi Saudara.", "This case is no longer with your agency.") };
    const told = problem.errors?.length ? problem.errors.map((one) => (english ? one.detail_en : one.detail)) : [];
    return { state: REFUSED, code: problem.code, why: [english ? problem.detail_en : problem.detail, ...told].join(" ") };
  };
  const asked = async (path, fields) => {
    const first = await judged(await post(path, fields));
    if (first.code !== "form_not_ours") return first;
    return await renewed() ? judged(await post(path, fields)) : { state: SIGN_IN };
  };
  const sendPhoto = async (one) => {
    const room = await asked(`${box.dataset.case}${one.number}/foto`, { key: one.key, type: one.photo.type || "image/jpeg", purpose: one.purpose });
    if (room.state !== SENT) return room;
    const body = new FormData();
    for (const [name, value] of Object.entries(room.body.upload.fields)) body.append(name, value);
    body.append("file", one.photo);
    const stored = await fetch(room.body.upload.url, { method: "POST", body });
    await stored.text();
    if (stored.ok) return room;
    return stored.status >= 500 ? { state: LATER } : { state: REFUSED, code: "photo_not_stored", why: say("Tempat penyimpanan menolak foto ini. Ambil foto baru.", "The storage refused this photo. Take a new one.") };
  };
  const send = async (one) => {
    try {
      if (one.action === "foto") return await sendPhoto(one);
      const later = one.tried ? { done_at: one.at } : {};
      return await asked(`${box.dataset.case}${one.number}/${one.action}`, { ...one.fields, ...later, key: one.key });
    } catch (error) {
      console.info("no network just now", error);
      return { state: LATER };
    }
  };
  // A result that waits names the photos that were sent before it.
  const named = async (photo, answer) => {
    if (photo.purpose !== "result") return;
    for (const one of await mine()) {
      if (one.number !== photo.number || one.action !== "submit" || one.state !== "waiting") continue;
      one.fields.photos = [one.fields.photos, answer.id].filter(Boolean).join(" ");
      await device.put(one);
    }
  };
  // In the order of pressing; what follows a refusal on the same report was decided without knowing it.
  const drain = async () => {
    const held = new Set();
    for (const { id } of await mine()) {
      const one = (await mine()).find((kept) => kept.id === id);
      if (!one) continue;
      if (one.state === "refused" || held.has(one.number)) { held.add(one.number); continue; }
      const answer = await send(one);
      needsSignIn = answer.state === SIGN_IN;
      went.set(id, answer);
      if (answer.state === SENT) {
        if (one.action === "foto") await named(one, answer.body);
        await device.drop(id);
      } else if (answer.state === REFUSED) {
        await device.put({ ...one, state: "refused", why: answer.why, code: answer.code });
        held.add(one.number);
      } else {
        if (!one.tried) await device.put({ ...one, tried: true });
        return;
      }
    }
  };
  // One tab at a time; the keys would see to it anyway.
  let running = Promise.resolve();
  const flush = () => {
    const turn = async () => {
      const before = went.size;
      if (who) await (navigator.locks ? navigator.locks.request("live-room-unsent", drain) : drain());
      await show();
      if (went.size > before && document.querySelector("[data-live]")) document.dispatchEvent(new Event("refresh"));
    };
    running = running.then(turn, turn);
    return running;
  };

  // -- Showing -------------------------------------------------------------------------------
  const made = (name, text, kind) => {
    const one = document.createElement(name);
    if (text) one.textContent = text;
    if (kind) one.className = kind;
    return one;
  };
  const button = (text, name, act) => {
    const one = made("button", text, "link");
    one.type = "button";
    one.append(made("span", ` ${name}`, "vh"));
    one.addEventListener("click", act);
    return one;
  };
  const WRITTEN = ["note", "reason", "text", "question"];
  const state = (one, first) => {
    if (one.state === "refused") return one.why;
    if (first) return say("Menunggu yang di atasnya.", "Waits for the one above.");
    return needsSignIn ? say("Menunggu Saudara masuk.", "Waits for you to sign in.") : say("Menunggu jaringan.", "Waits for a network.");
  };
  const row = (one, first) => {
    const item = made("li");
    const title = made("p");
    const link = made("a", one.number, "code");
    link.href = box.dataset.case + one.number;
    title.append(made("b", one.label), " · ", link, one.thing ? ` · ${one.thing}` : "");
    item.append(title, made("p", `${say("Ditekan", "Pressed")} ${hour(one.at)}. ${state(one, first)}`, one.state === "refused" ? "unsent__why" : ""));
    for (const name of WRITTEN) if (one.fields?.[name]) item.append(made("p", `“${one.fields[name]}”`, "hint"));
    const acts = made("p", "", "actions");
    const name = `${one.label}, ${one.number}`;
    if (one.state === "refused") acts.append(button(say("Kirim lagi", "Send again"), name, async () => {
      // Nothing was recorded under the old key; the moment stays that of the press.
      await device.put({ ...one, state: "waiting", why: "", key: fresh() });
      flush();
    }));
    acts.append(button(say("Hapus dari antrean", "Remove from the queue"), name, async () => { await device.drop(one.id); await show(); }));
    item.append(acts);
    return item;
  };
  const show = async () => {
    const all = await mine();
    const others = (await device.all(KIND)).length - all.length;
    const held = box.contains(document.activeElement);
    box.hidden = !all.length && !others;
    if (box.hidden) { box.replaceChildren(); marked(all); return; }
    const seen = new Set();
    const list = made("ul");
    for (const one of all) { list.append(row(one, seen.has(one.number))); seen.add(one.number); }
    const refused = all.filter((one) => one.state === "refused").length;
    const told = made("p", refused
      ? say("Ada yang ditolak. Tidak ada yang hilang: baca alasannya, lalu perbaiki pada kasusnya atau hapus.", "Something was refused. Nothing is lost: read why, then put it right on the case or remove it.")
      : say("Tersimpan di perangkat ini. Terkirim sendiri begitu ada jaringan.", "Kept on this device. Sent by itself once there is a network."));
    told.setAttribute("role", refused ? "alert" : "status");
    const heading = made("h2", `${say("Belum terkirim", "Not sent yet")}: ${all.length}`);
    const parts = all.length ? [heading, told, list] : [];
    if (all.some((one) => one.state === "waiting")) {
      const acts = made("p", "", "actions");
      if (needsSignIn) {
        const enter = made("a", say("Masuk untuk mengirim", "Sign in to send"), "btn btn--line");
        enter.href = `${box.dataset.enter}?ke=${encodeURIComponent(location.pathname)}`;
        acts.append(enter);
      } else {
        const again = made("button", say("Kirim sekarang", "Send now"), "btn btn--line");
        again.type = "button";
        again.addEventListener("click", flush);
        acts.append(again);
      }
      parts.push(acts);
    }
    if (others) parts.push(made("p", say(`Akun lain masih punya ${others} tindakan di perangkat ini. Akan terkirim bila akun itu masuk.`, `Another account still has ${others} acts on this device. They are sent when that account signs in.`), "hint"));
    box.replaceChildren(...parts);
    if (held) box.focus({ preventScroll: true });
    marked(all);
  };
  // What waits already is not pressed again.
  const ONCE = (action) => !["comments", "situation", "foto"].includes(action);
  const marked = (all) => {
    for (const form of document.querySelectorAll("form[data-act]")) {
      const waits = ONCE(form.dataset.act) && all.some((one) => one.state === "waiting" && one.number === form.dataset.number && one.action === form.dataset.act);
      const press = form.querySelector("button[type=submit]");
      if (waits) press.setAttribute("aria-disabled", "true"); else press.removeAttribute("aria-disabled");
    }
  };

  // -- Pressing ------------------------------------------------------------------------------
  // Keeps an act, tries to send it, and returns what became of it: sent, refused, or waiting.
  const keep = async (act) => {
    for (const one of await mine()) {
      if (one.state === "refused" && one.number === act.number && one.action === act.action && ONCE(act.action)) await device.drop(one.id);
    }
    return device.put({ kind: KIND, who, key: fresh(), at: now(), state: "waiting", why: "", ...act });
  };
  const told = async (id) => {
    await flush().catch((error) => console.warn("kept, to be sent later", error));
    if (went.has(id)) return went.get(id);
    const there = (await mine()).some((one) => one.id === id);
    return there ? { state: LATER } : { state: SENT, body: { page: location.pathname } }; // another tab was faster
  };
  const press = async (act) => told(await keep(act));
  let left = 0;
  addEventListener("beforeunload", () => { left = Date.now(); });
  const place = () => new Promise((done) => {
    if (!navigator.geolocation) { done({}); return; }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => done({ lat: coords.latitude.toFixed(6), lon: coords.longitude.toFixed(6) }),
      () => done({}), { enableHighAccuracy: true, timeout: 8000 });
  });
  const pressed = async (form) => {
    const { act: action, number, thing } = form.dataset;
    const button = form.querySelector("button[type=submit]");
    const label = button.firstElementChild?.matches(".icon") ? button.textContent.trim() : button.childNodes[0].textContent.trim();
    const fields = Object.fromEntries(new FormData(form));
    for (const name of ["csrf", "key"]) delete fields[name];
    button.setAttribute("aria-disabled", "true");
    // Where the officer stands goes with an arrival, when the telephone allows it.
    if (action === "arrive") Object.assign(fields, await place());
    let id;
    try {
      id = await keep({ action, number, thing, label, fields });
    } catch (error) {
      console.warn("this device keeps nothing, so it is sent as a form", error);
      for (const [name, value] of Object.entries(fields)) {
        if (form.elements[name]) continue;
        const field = document.createElement("input");
        field.type = "hidden"; field.name = name; field.value = value;
        form.append(field);
      }
      form.submit();
      return;
    }
    const answer = await told(id);
    if (answer.state === SENT) {
      // A list that is live shows it in place; whoever has gone on elsewhere is not called back.
      if (!document.querySelector("[data-live]") && Date.now() - left > 5000) location.assign(answer.body.page);
      return;
    }
    box.focus();
    box.scrollIntoView({ block: "start" });
  };
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-act]");
    if (!form || !who) return;
    event.preventDefault();
    if (form.querySelector("button[type=submit]").getAttribute("aria-disabled") !== "true") pressed(form);
  });
  // One act for several, where the browser knows that there is no network: each waits by itself.
  const bulk = document.getElementById("bulk");
  bulk?.addEventListener("submit", async (event) => {
    const { value: action, textContent: label } = event.submitter;
    if (!who || navigator.onLine || !["acknowledge", "start"].includes(action)) return;
    event.preventDefault();
    for (const pick of document.querySelectorAll('[data-rows] input[type="checkbox"]:checked')) {
      const item = pick.closest("[data-id]");
      await keep({ action, number: item.dataset.id, thing: item.dataset.thing, label, fields: {} });
      pick.checked = false;
    }
    await show();
    box.focus();
  });
  // Who leaves is told what stays; the next one at this device reads none of it.
  document.querySelector("form.leave")?.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.dataset.told || !who) return;
    event.preventDefault();
    form.dataset.told = "1";
    const count = (await mine().catch(() => [])).length;
    if (!count) { localStorage.removeItem(WHO); form.submit(); return; }
    const words = made("p", say(`Masih ada ${count} yang belum terkirim. Tetap di perangkat ini sampai Saudara masuk lagi. Tekan Keluar sekali lagi untuk keluar.`, `${count} not sent yet. They stay on this device until you sign in again. Press Sign out once more to leave.`));
    words.setAttribute("role", "alert");
    box.append(words);
    form.addEventListener("submit", () => localStorage.removeItem(WHO), { once: true });
    box.focus();
  });
  window.unsent = { press, waiting: async (number, action) => (await mine()).filter((one) => one.number === number && one.action === action && one.state === "waiting").length };

  // -- By itself -----------------------------------------------------------------------------
  const due = async () => { if (!document.hidden && (await mine()).some((one) => one.state === "waiting")) flush(); };
  addEventListener("online", due);
  document.addEventListener("visibilitychange", due);
  document.addEventListener("live", async () => marked(await mine()));
  setInterval(due, EVERY);
  show().then(due);
  // The frame for when nothing can be loaded: fetched as nobody, so that it holds nobody's marks.
  if (box.dataset.who && "caches" in window) {
    fetch(`${own.frame}?lang=${document.documentElement.lang}`, { credentials: "omit" })
      .then(async (answer) => { if (answer.ok) await (await caches.open(SHELF)).put(own.frame, answer); })
      .catch((error) => console.info("no frame just now", error));
  }
})();
