// "Tell me in this browser": asks the browser, then says where it can be reached. Nothing is asked
// before somebody presses the button, and without push the button never shows.
(() => {
  "use strict";
  const box = document.getElementById("push");
  if (!box || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const say = box.dataset;
  const button = box.querySelector("button");
  const told = box.querySelector("[role=status]");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (key) => btoa(String.fromCharCode(...new Uint8Array(key))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  box.hidden = false;

  // A subscription under another key of ours is worth nothing any more.
  async function subscribed(worker) {
    const found = await worker.pushManager.getSubscription();
    if (found && text(found.options.applicationServerKey) === say.key) return found;
    if (found) await found.unsubscribe();
    return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(say.key) });
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if (await Notification.requestPermission() !== "granted") throw new Error("not allowed");
      const { endpoint, keys } = (await subscribed(await navigator.serviceWorker.ready)).toJSON();
      const body = new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth, key: say.key, csrf: say.mark });
      const answer = await fetch(say.join, { method: "POST", body });
      if (!answer.ok) throw new Error(`refused: ${answer.status}`);
      told.textContent = say.done;
      button.hidden = true;
    } catch (error) {
      told.textContent = say.failed;
      button.disabled = false;
      console.warn(error);
    }
  });
})();
