// What a page keeps on this device until the city has it: entries of one IndexedDB store, photos
// included. The one home of that; what is kept, and for how long, is the caller's business.
(() => {
  "use strict";
  const STORE = "kept";
  let opened = null;
  const open = () => {
    opened ||= new Promise((done, failed) => {
      const asked = indexedDB.open("live-room", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => { opened = null; failed(asked.error); };
    });
    return opened;
  };
  const within = async (mode, act) => {
    const database = await open();
    return new Promise((done, failed) => {
      const whole = database.transaction(STORE, mode);
      const asked = act(whole.objectStore(STORE));
      // Kept means written, not merely asked for.
      whole.oncomplete = () => done(asked.result);
      whole.onabort = whole.onerror = () => failed(whole.error);
    });
  };
  window.device = {
    // Every entry of a kind, oldest first.
    all: async (kind) => (await within("readonly", (store) => store.getAll())).filter((one) => one.kind === kind),
    // Write an entry and return its id; one that has an id is replaced.
    put: (entry) => within("readwrite", (store) => store.put(entry)),
    drop: (id) => within("readwrite", (store) => store.delete(id)),
  };
})();
