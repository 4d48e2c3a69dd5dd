// [data-module] on the offline page: the pages that this device keeps for its signed-in user, newest first.
import { clock } from "./clock.js";

async function kept() {
  const name = await (await (await caches.open("meta")).match("/partition"))?.text();
  if (!name) return [];
  const store = await caches.open(`pages-${name}`);
  const found = (await store.keys()).map(async (request) => {
    const answer = await store.match(request);
    const title = new DOMParser().parseFromString(await answer.text(), "text/html").title.split(" · ")[0];
    return { url: request.url, title, at: answer.headers.get("X-Cached-At") };
  });
  return (await Promise.all(found)).sort((one, other) => other.at.localeCompare(one.at));
}

export default async function list(place) {
  const pages = "caches" in window ? await kept() : [];
  const row = place.querySelector("template").content.firstElementChild;
  const rows = pages.map(({ url, title, at }) => {
    const copy = row.cloneNode(true);
    copy.querySelector("a").href = url;
    copy.querySelector("a").textContent = title;
    copy.querySelector("time").textContent = clock(at);
    return copy;
  });
  place.querySelector("ul").replaceChildren(...rows);
  place.hidden = !rows.length;
}
