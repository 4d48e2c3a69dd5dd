// The phone's store of the outbox (IndexedDB): keys, items, their files apart, drafts. What it holds is sealed, see outbox_box.
const name = "satu";
const shapes = { meta: {}, keys: {}, items: { keyPath: "id" }, files: { keyPath: ["item", "at"] }, drafts: { keyPath: "id" } };
let opening;

function open() {
  opening ??= new Promise((done, fail) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      for (const [store, shape] of Object.entries(shapes)) request.result.createObjectStore(store, shape);
    };
    request.onsuccess = () => {
      request.result.onclose = request.result.onversionchange = () => { request.result.close(); opening = undefined; };
      done(request.result);
    };
    request.onerror = () => { opening = undefined; fail(request.error); };
  });
  return opening;
}

/** One transaction over stores; gives the result of the request that `run` returns, once all of it is on the disk. */
async function work(stores, mode, run) {
  const database = await open();
  return new Promise((done, fail) => {
    const transaction = database.transaction(stores, mode, { durability: "strict" });
    const request = run(...stores.map((store) => transaction.objectStore(store)));
    transaction.oncomplete = () => done(request?.result);
    transaction.onabort = () => fail(transaction.error);
  });
}

export const get = (store, key) => work([store], "readonly", (from) => from.get(key));
export const all = (store, range) => work([store], "readonly", (from) => from.getAll(range));
export const put = (store, value, key) => work([store], "readwrite", (to) => to.put(value, key));
export const drop = (store, key) => work([store], "readwrite", (from) => from.delete(key));

const filesOf = (id) => IDBKeyRange.bound([id], [id, []]);
export const files = (id) => all("files", filesOf(id));

/** An item and its files in one transaction: both are kept or neither; `instead` is the item that this one replaces. */
export function keep(item, added, instead) {
  return work(["items", "files"], "readwrite", (items, blobs) => {
    for (const id of new Set([item.id, instead].filter(Boolean))) { items.delete(id); blobs.delete(filesOf(id)); }
    for (const file of added) blobs.put(file);
    return items.put(item);
  });
}

export function forget(id) {
  return work(["items", "files"], "readwrite", (items, blobs) => { blobs.delete(filesOf(id)); return items.delete(id); });
}

/** A receipt needs no files. */
export function settle(item) {
  return work(["items", "files"], "readwrite", (items, blobs) => { blobs.delete(filesOf(item.id)); return items.put(item); });
}

/** Keys of all but one user leave the phone; what they sealed stays until its owner signs in again. */
export function forgetKeys(but) {
  return work(["keys"], "readwrite", (keys) => {
    const cursor = keys.openKeyCursor();
    cursor.onsuccess = () => {
      if (!cursor.result) return;
      if (cursor.result.key !== but) keys.delete(cursor.result.key);
      cursor.result.continue();
    };
  });
}
