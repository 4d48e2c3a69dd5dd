// [data-module] with data-passkey="get|create": signs in with, or registers, a passkey (WebAuthn level 3).
// data-options: POST, answers the options as JSON. data-verify: POST of the credential, answers {"location": "/..."}.
// data-problem: id of the element that shows what went wrong; its own words say it, the server's sentence replaces them.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function fromJSON(options) {
  const keys = (list) => list?.map((key) => ({ ...key, id: bytes(key.id) }));
  return { ...options, challenge: bytes(options.challenge), allowCredentials: keys(options.allowCredentials),
    excludeCredentials: keys(options.excludeCredentials), user: options.user && { ...options.user, id: bytes(options.user.id) } };
}

/** Browsers before 2025 have no toJSON(). */
function toJSON(credential) {
  if (credential.toJSON) return credential.toJSON();
  const { response } = credential;
  const out = { clientDataJSON: text(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"])
    if (response[part]) out[part] = text(response[part]);
  if (response.getTransports) out.transports = response.getTransports();
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response: out,
    authenticatorAttachment: credential.authenticatorAttachment, clientExtensionResults: credential.getClientExtensionResults() };
}

async function post(address, token, body) {
  const answer = await fetch(address, { method: "POST", body: JSON.stringify(body), credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token } });
  const words = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error("refused"), { sentence: words.message });
  return words;
}

function tell(button, problem) {
  const place = document.getElementById(button.dataset.problem);
  if (!place) return;
  if (problem.sentence) (place.querySelector("p") ?? place).textContent = problem.sentence;
  place.hidden = false;
}

export default function passkey(button) {
  if (!window.PublicKeyCredential) return;
  const form = button.form ?? document.querySelector("form:has([name=csrf_token])");
  const token = () => form.elements.csrf_token.value;
  const create = button.dataset.passkey === "create";
  let waiting; // the autofill request: the browser allows one request at a time

  const run = async (extra) => {
    const body = Object.fromEntries([...(button.form ? new FormData(button.form) : [])].filter(([name]) => name !== "password" && name !== "csrf_token"));
    const publicKey = fromJSON(await post(button.dataset.options, token(), body));
    const credential = await navigator.credentials[create ? "create" : "get"]({ publicKey, ...extra });
    const { location: next } = await post(button.dataset.verify, token(), { ...body, credential: toJSON(credential) });
    location.assign(next);
  };
  const withdrawn = (problem) => problem.name === "AbortError";

  button.hidden = false;
  button.addEventListener("click", async () => {
    waiting?.abort();
    button.setAttribute("aria-busy", "true");
    await run({}).catch((problem) => withdrawn(problem) || tell(button, problem));
    button.removeAttribute("aria-busy");
  });
  const offer = async () => {
    if (create || !await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
    waiting = new AbortController();
    await run({ mediation: "conditional", signal: waiting.signal });
  };
  // Suggesting is a comfort: what fails here must not greet anyone with an error.
  if (button.dataset.autofill !== undefined) offer().catch(() => {});
}
