// Offline: the report page and its files stay usable; nothing about a report is ever kept here.
"use strict";
const SHELF = "live-room-1";
const OFFLINE = "./";
// Staff's pages say instead what waits on this device (unsent.js puts the frame on the shelf).
const FRAME = "./belum-terkirim";
const STAFF = /^(tugas|kasus|dinas|saya|belum-terkirim)(\/|$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.add(OFFLINE)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((n) => n !== SHELF).map((n) => caches.delete(n))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const where = new URL(request.url);
  if (where.origin !== location.origin) return;
  if (where.pathname.includes("/static/")) event.respondWith(kept(request));
  else if (request.mode === "navigate") event.respondWith(fresh(request, where));
});

// The address of a static file changes with its content, so what is kept is right.
async function kept(request) {
  const found = await caches.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(SHELF)).put(request, answer.clone());
  return answer;
}

async function fresh(request, where) {
  const home = new URL(OFFLINE, self.registration.scope).pathname;
  try {
    const answer = await fetch(request);
    if (answer.ok && where.pathname === home) (await caches.open(SHELF)).put(OFFLINE, answer.clone());
    return answer;
  } catch (error) {
    const inside = where.pathname.slice(home.length);
    const found = (STAFF.test(inside) && await caches.match(FRAME)) || await caches.match(OFFLINE);
    if (found) return found;
    throw error;
  }
}

// A push holds a number, what is new in one sentence, and our own page; newer replaces older.
self.addEventListener("push", (event) => {
  if (!event.data) return;
  const { title, body, url, tag } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { body, tag, renotify: true, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const to = new URL(event.notification.data.url, self.registration.scope);
  if (to.origin !== location.origin) return;
  event.waitUntil(self.clients.matchAll({ type: "window" }).then((windows) => {
    const open = windows.find((one) => one.url.split("#")[0] === to.href);
    return open ? open.focus() : self.clients.openWindow(to.href);
  }));
});
