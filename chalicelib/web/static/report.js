// The report form: search, place, photos with preview, what is promised, and sending that waits
// for a connection. Without this file the form works as a plain form.
(() => {
  "use strict";
  const form = document.getElementById("report");
  const say = form.dataset;
  const part = (id) => document.getElementById(id);
  const field = (name) => form.elements[name];
  for (const one of document.querySelectorAll(".js-only")) one.hidden = false;

  // -- 1. What: everyday words -------------------------------------------------------------
  const all = [...form.querySelectorAll("[data-words]")];
  const home = new Map(all.map((one) => [one, one.parentElement]));
  const found = part("found");
  const back = () => { for (const one of [...found.querySelectorAll(".choice")]) home.get(one).append(one); };
  const score = (one, words) => {
    const text = one.dataset.words;
    return words.every((word) => text.includes(word)) ? words.filter((w) => text.startsWith(w) || text.includes(` ${w}`)).length + 1 : 0;
  };
  part("q").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    back();
    found.querySelector("p")?.remove();
    found.hidden = !words.length;
    if (!words.length) return;
    const best = all.map((one) => [score(one, words), one]).filter(([n]) => n).sort((a, b) => b[0] - a[0]).slice(0, 6);
    for (const [, one] of best) found.append(one);
    if (!best.length) found.insertAdjacentHTML("beforeend", "<p></p>");
    if (!best.length) found.querySelector("p").textContent = say.none;
  });

  const promise = part("promise");
  form.addEventListener("change", async (event) => {
    if (event.target.name !== "category") return;
    promise.hidden = true;
    try {
      const answer = await fetch(say.promise + encodeURIComponent(event.target.value));
      // Our own page's piece, from our own server, under a policy that runs nothing inline.
      if (answer.ok) { promise.innerHTML = await answer.text(); promise.hidden = false; }
    } catch (error) {
      console.info("promise not available offline", error);
    }
  });

  // -- 2. Where ----------------------------------------------------------------------------
  const here = part("here");
  const told = (text) => { here.textContent = text; here.hidden = false; };
  part("gps").addEventListener("click", () => {
    if (!navigator.geolocation) { told(say.nogps); return; }
    navigator.geolocation.getCurrentPosition(async ({ coords }) => {
      field("lat").value = coords.latitude.toFixed(6);
      field("lon").value = coords.longitude.toFixed(6);
      const near = say.accuracy.replace("{n}", Math.round(coords.accuracy));
      told(`${say.located}, ${near}.`);
      try {
        const body = new URLSearchParams({ lat: field("lat").value, lon: field("lon").value });
        const { area } = await (await fetch(say.place, { method: "POST", body })).json();
        if (!area) { field("lat").value = field("lon").value = ""; told(say.outside); return; }
        field("kelurahan").value = area.kelurahan.code;
        told(`Kel. ${area.kelurahan.name}, Kec. ${area.kecamatan.name}. ${say.located}, ${near}.`);
      } catch (error) {
        console.info("place name not available offline", error);
      }
      keep();
      similar();
    }, () => told(say.nogps), { enableHighAccuracy: true, timeout: 15000 });
  });
  // Has somebody reported it already? One more voice helps more than one more report.
  const near = part("near");
  const similar = async () => {
    near.hidden = true;
    const category = form.querySelector('[name="category"]:checked')?.value;
    if (!category || !field("lat").value) return;
    try {
      const query = new URLSearchParams({ category, lat: field("lat").value, lon: field("lon").value });
      const answer = await fetch(`${say.reports}/similar?${query}`);
      const [one] = answer.ok ? (await answer.json()).items : [];
      if (!one) return;
      near.querySelector("h3").textContent = say.near.replace("{n}", one.metres);
      near.querySelector(".code").textContent = one.number;
      near.querySelector("[data-status]").textContent = one.status_name[document.documentElement.lang];
      near.querySelector("a").href = `${near.dataset.page}${one.number}#dukung`;
      near.hidden = false;
    } catch (error) {
      console.info("similar reports not available offline", error);
    }
  };
  form.addEventListener("change", (event) => { if (event.target.name === "category") similar(); });
  field("kelurahan").addEventListener("change", () => {
    // Chosen by hand: the list wins over an earlier point.
    field("lat").value = field("lon").value = "";
    here.hidden = true;
  });

  // -- 3. Photos ---------------------------------------------------------------------------
  const MOST = 3;
  const photos = [];
  const previews = part("previews");
  const show = () => {
    previews.replaceChildren(...photos.map((file, i) => {
      const row = document.createElement("div");
      const image = document.createElement("img");
      const bar = document.createElement("div");
      const words = document.createElement("span");
      const remove = document.createElement("button");
      row.className = "preview";
      bar.className = "photo__bar";
      image.src = URL.createObjectURL(file);
      image.alt = words.textContent = `${say.photo} ${i + 1}`;
      remove.type = "button";
      remove.textContent = say.remove;
      remove.addEventListener("click", () => { photos.splice(i, 1); unshelve(file); show(); });
      bar.append(words, remove);
      row.append(image, bar);
      return row;
    }));
  };
  part("photos").addEventListener("change", (event) => {
    const chosen = [...event.target.files].slice(0, MOST - photos.length);
    photos.push(...chosen);
    for (const file of chosen) shelve(file);
    event.target.value = "";
    show();
  });
  // They wait on this device with the rest of the draft, a week at most.
  const SHELF = "draft-photo", WEEK = 7 * 24 * 3600e3;
  const shelved = new Map();
  const shelve = async (photo) => {
    try { shelved.set(photo, await device.put({ kind: SHELF, photo, at: Date.now() })); } catch (error) { console.info("photo not kept", error); }
  };
  const unshelve = (photo) => {
    if (shelved.has(photo)) device.drop(shelved.get(photo)).catch((error) => console.info(error));
    shelved.delete(photo);
  };
  const unpack = async () => {
    try {
      for (const one of await device.all(SHELF)) {
        if (Date.now() - one.at > WEEK || photos.length >= MOST) { await device.drop(one.id); continue; }
        photos.push(one.photo);
        shelved.set(one.photo, one.id);
      }
      if (photos.length) show();
    } catch (error) {
      console.info("nothing kept here", error);
    }
  };

  // -- Keeping what is filled in, on this telephone only -----------------------------------
  const DRAFT = "live-room-draft";
  const kept = ["description", "address", "kelurahan", "lat", "lon", "phone", "email", "key"];
  const values = () => Object.fromEntries(new FormData(form));
  const keep = () => {
    try { localStorage.setItem(DRAFT, JSON.stringify(values())); } catch (error) { console.info(error); }
  };
  form.addEventListener("input", keep);
  const forget = () => localStorage.removeItem(DRAFT);
  const restore = (draft) => {
    for (const name of kept) if (draft[name] && field(name)) field(name).value = draft[name];
    for (const name of ["category", "visibility"]) {
      const box = form.querySelector(`[name="${name}"][value="${CSS.escape(draft[name] || "")}"]`);
      if (box) box.checked = true;
    }
  };

  // -- Sending, now or once there is a connection --------------------------------------------
  const status = part("sent");
  const button = part("send");
  const busy = (text) => {
    button.setAttribute("aria-disabled", text ? "true" : "false");
    if (text) status.textContent = text;
  };
  const upload = async (filed, file) => {
    const room = await fetch(`${say.reports}/${filed.number}/photos`, {
      method: "POST",
      headers: { Authorization: `Bearer ${filed.token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ type: file.type || "image/jpeg" }),
    });
    if (!room.ok) throw new Error(`photo refused: ${room.status}`);
    const { upload: target } = await room.json();
    const body = new FormData();
    for (const [name, value] of Object.entries(target.fields)) body.append(name, value);
    body.append("file", file);
    const stored = await fetch(target.url, { method: "POST", body });
    if (!stored.ok) throw new Error(`photo not stored: ${stored.status}`);
  };
  // A network that fails once often holds a moment later.
  const uploaded = async (filed, file) => {
    for (const pause of [0, 2000, 6000]) {
      try {
        await new Promise((done) => setTimeout(done, pause));
        await upload(filed, file);
        return true;
      } catch (error) {
        console.warn("a photo was not uploaded", error);
      }
    }
    return false;
  };
  // Under attack the city asks for a proof of work first: some seconds of this telephone's time.
  const solved = ({ challenge, bits }) => new Promise((done, failed) => {
    const worker = new Worker(say.proof);
    worker.onmessage = ({ data }) => { worker.terminate(); done({ challenge, answer: data }); };
    worker.onerror = (error) => { worker.terminate(); failed(error); };
    worker.postMessage({ challenge, bits, key: field("key").value });
  });
  const post = (more) => fetch(form.action, {
    method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams({ ...values(), ...more }),
  });
  const send = async () => {
    busy(say.sending);
    keep();
    let answer;
    try {
      answer = await post({});
      if (answer.status === 429) {
        const refused = await answer.json();
        if (refused.challenge) {
          busy(say.proving);
          answer = await post(await solved(refused));
        } else {
          busy("");
          const said = document.documentElement.lang === "en" ? refused.detail_en : refused.detail;
          status.textContent = `${said} (${refused.retry_after || 60} s)`;
          return;
        }
      }
    } catch (error) {
      localStorage.setItem(`${DRAFT}-waits`, "1");
      busy("");
      status.textContent = say.kept;
      return;
    }
    localStorage.removeItem(`${DRAFT}-waits`);
    if (!answer.ok) { form.submit(); return; } // the page itself says what is wrong, at its field
    const filed = await answer.json();
    if (photos.length) busy(say.photos);
    let lost = 0;
    for (const file of photos) {
      if (!await uploaded(filed, file)) lost += 1;
      unshelve(file);
    }
    forget();
    if (lost) alert(say.lost);
    location.assign(filed.page);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") !== "true") send();
  });

  const draft = localStorage.getItem(DRAFT);
  if (draft && !form.querySelector(".summary")) {
    restore(JSON.parse(draft));
    status.textContent = say.draft;
  }
  const waiting = () => localStorage.getItem(`${DRAFT}-waits`) && form.reportValidity() && send();
  addEventListener("online", waiting);
  unpack().then(() => { if (navigator.onLine) waiting(); });
})();
