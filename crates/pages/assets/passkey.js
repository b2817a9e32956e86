// Passkeys: asks the browser to make one or to use one, between two requests to the server.
//
// <form data-passkey="create|get" data-begin="/..." data-finish="/...">
//   <input type="hidden" name="csrf" ...> ... <button type="submit"> ... <p data-passkey-message>
//
// POST begin: the form's fields but csrf, as JSON; answers {"publicKey": {...}} with binary
// values in base64url. POST finish: {"credential": ..., and the form's fields but csrf};
// answers {"next": "/path"}. Both carry the header x-csrf-token. An error answers
// application/problem+json, of which "detail" is shown.

const bytes = (text) => {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
};

const text = (buffer) => {
  let binary = "";
  for (const byte of new Uint8Array(buffer)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const described = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function post(url, csrf, body) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", "x-csrf-token": csrf },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.detail ?? "The server refused. Reload the page and try again.");
  return answer;
}

async function create({ publicKey }) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: described(publicKey.excludeCredentials),
    },
  });
  return {
    ...plain(credential),
    response: {
      attestationObject: text(credential.response.attestationObject),
      clientDataJSON: text(credential.response.clientDataJSON),
      transports: credential.response.getTransports?.() ?? [],
    },
  };
}

async function get({ publicKey }) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: described(publicKey.allowCredentials),
    },
  });
  const { authenticatorData, clientDataJSON, signature, userHandle } = credential.response;
  return {
    ...plain(credential),
    response: {
      authenticatorData: text(authenticatorData),
      clientDataJSON: text(clientDataJSON),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  };
}

function plain(credential) {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    extensions: credential.getClientExtensionResults(),
  };
}

function words(error) {
  if (error.name === "NotAllowedError") return "Nothing was confirmed. Try again, and touch the key or unlock the device when it asks.";
  if (error.name === "InvalidStateError") return "This device already holds a passkey for your account.";
  if (error.name === "SecurityError") return "Passkeys work only on the product's own name over https. Open it by its name, not its number.";
  return error.message;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const message = form.querySelector("[data-passkey-message]");
  const button = form.querySelector("[type=submit]");
  if (!window.PublicKeyCredential) {
    button.disabled = true;
    message.textContent = "This browser cannot use passkeys. Choose another way.";
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { csrf, ...fields } = Object.fromEntries(new FormData(form));
    button.disabled = true;
    message.classList.remove("message--wrong");
    message.textContent = "Waiting for your device";
    try {
      const options = await post(form.dataset.begin, csrf, fields);
      const credential = await (form.dataset.passkey === "create" ? create : get)(options);
      const { next } = await post(form.dataset.finish, csrf, { ...fields, credential });
      location.assign(next);
    } catch (error) {
      message.classList.add("message--wrong");
      message.textContent = words(error);
      button.disabled = false;
    }
  });
}
