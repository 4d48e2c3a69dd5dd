// A large file in small parts, each sent again on a bad signal; the form then names the upload instead of carrying it.
const tries = 7;
const pause = (round) => new Promise((done) => setTimeout(done, 500 * 2 ** round));

/** The answer to a request that is sent until the server has answered it; null when it refuses or stays away. */
async function insist(address, token, body, signal) {
  const headers = { "X-CSRFToken": token, Accept: "application/json", "Idempotency-Key": `${Date.now()}-${Math.random()}` };
  if (body instanceof Blob) headers["Content-Type"] = "application/octet-stream";
  for (let round = 0; round < tries && !signal.aborted; round++) {
    const answer = await fetch(address, { method: "POST", headers, body, signal }).catch(() => null);
    if (answer?.ok) return answer;
    if (answer && answer.status < 500 && answer.status !== 429) return null;
    await pause(round);
  }
  return null;
}

/** Send a file; `tell` gets per cent in tens: each is read out. Returns the id of the upload, null when the form has to carry the file itself. */
export async function upload(file, token, tell, signal) {
  const begun = await insist("/files/uploads", token, new URLSearchParams({ name: file.name, size: file.size }), signal);
  if (!begun) return null;
  const { id, part } = await begun.json();
  for (let at = 0; at * part < file.size; at++) {
    tell(10 * Math.floor(10 * at * part / file.size));
    if (!await insist(`/files/uploads/${id}/${at}`, token, file.slice(at * part, (at + 1) * part), signal)) return null;
  }
  tell(100);
  return signal.aborted ? null : id;
}
