// An OpenID provider of its own for one test file, at a free port of this machine: `oidc-provider`, which
// is certified. Whoever signs in there says by which methods; what they are called is their address, too.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

export const CLIENT = "closedset";
export const SECRET = "a secret with/+% and : in it";

/** People whom the provider knows: by what they are called there, and whether their address was verified. */
const KNOWN = {
  "ada-7": { email: "ada@film.example", email_verified: true },
  "nina-1": { email: "nina@cut.example", email_verified: true },
  "nina-2": { email: "nina@cut.example", email_verified: false },
  "stranger-1": { email: "ada@halide.example", email_verified: true },
};

const page = (uid) => `<!doctype html><html lang="en"><title>Film House</title><h1>Film House</h1>
<form method="post" action="/interaction/${uid}">
<label>Who <input name="login"></label>
<label>Methods <input name="amr"></label>
<button>Sign in there</button></form></html>`;

/** Starts a provider that sends browsers back to this server alone. */
export async function startProvider(back) {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "ES256", kid: randomBytes(8).toString("hex") };
  const provider = new Provider(issuer, {
    clients: [{
      client_id: CLIENT,
      client_secret: SECRET,
      redirect_uris: [back],
      grant_types: ["authorization_code"],
      response_types: ["code"],
      id_token_signed_response_alg: "ES256",
    }],
    jwks: { keys: [key] },
    cookies: { keys: [randomBytes(16).toString("hex")] },
    acrValues: ["urn:two"],
    // As the standard has it, the address is told to whoever asks for it, and not in the token.
    claims: { openid: ["sub", "amr", "acr", "auth_time"], email: ["email", "email_verified"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...KNOWN[id] }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      });
      grant.addOIDCScope("openid email");
      await grant.save();
      return grant;
    },
  });
  const serve = provider.callback();
  const complaints = [];
  provider.on("server_error", (_, error) => complaints.push(`${error.name}: ${error.message}`));
  server.on("request", async (request, response) => {
    if (request.url === "/favicon.ico") return response.writeHead(204).end();
    const [, uid] = request.url.match(/^\/interaction\/([\w-]+)$/) ?? [];
    if (!uid) return serve(request, response);
    if (request.method === "GET") {
      response.setHeader("content-type", "text/html");
      return response.end(page(uid));
    }
    let body = "";
    for await (const piece of request) body += piece;
    const fields = new URLSearchParams(body);
    const amr = fields.get("amr").split(" ").filter(Boolean);
    const login = { accountId: fields.get("login"), amr, remember: true };
    return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
  });
  return {
    issuer,
    complaints: () => complaints,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Signs in there, as somebody and by these methods; ends where the provider sends the browser. */
export async function signInThere({ page }, login, amr) {
  await page.getByRole("heading", { name: "Film House", exact: true }).waitFor();
  await page.getByLabel("Who").fill(login);
  await page.getByLabel("Methods").fill(amr);
  await page.getByRole("button", { name: "Sign in there" }).click();
}
