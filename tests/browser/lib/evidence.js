// A facility some days into its work: documents, statements, a device that was confirmed.

import { request } from "playwright-core";

const DAY_MS = 86_400_000;
const inDays = (days) => new Date(Date.now() + days * DAY_MS).toISOString();

const DOCUMENTS = [
  ["AD-1", "Site plan and surroundings", "site-plan.pdf", 340],
  ["AD-2", "Client list, autumn", "clients.csv", 80],
  ["AD-3", "Signed NDAs, all engagements", "ndas.zip", 300],
  ["AD-5", "Content security policy", "policy.pdf", 330],
  ["AD-8", "TPN assessment report", "tpn-report.pdf", 200],
  ["PH-3", "Camera retention test", "retention.pdf", 20],
  ["IS-1", "Network diagram", "network.pdf", 150],
  ["IR-1", "Incident response plan", "incident-plan.pdf", 365],
];
const STATEMENTS = [
  ["AD-4", "Eleven people work here; five of them see pre-release content, as of this month's roster.", 90],
  ["AD-6", "Ada Reel answers for content security; the owner named her in writing on 3 March.", 365],
  ["PH-1", "Every outer door was tried by hand after closing on Monday; all were locked and alarmed.", 30],
  ["PH-6", "Drives are kept in the safe of the machine room; two people hold the key.", 180],
  ["IR-2", "The owner may audit the site at any time; clause 14 of the service agreement says so.", 365],
];

/** Gives evidence through the API with a token that may. */
export async function giveEvidence(server, token) {
  const api = await request.newContext({
    baseURL: server.url,
    ignoreHTTPSErrors: true,
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  });
  const made = async (answer) => {
    if (!answer.ok()) throw new Error(`${answer.url()}: ${answer.status()} ${await answer.text()}`);
  };
  for (const [control, title, file_name, days] of DOCUMENTS) {
    await made(await api.post("/api/v1/documents", {
      params: { control, title, file_name, valid_to: inDays(days) },
      headers: { "content-type": "application/pdf" },
      data: Buffer.from(`%PDF-1.7 ${title}`),
    }));
  }
  for (const [control, statement, days] of STATEMENTS) {
    await made(await api.post("/api/v1/attestations", { data: { control, statement, valid_to: inDays(days) } }));
  }
  await api.dispose();
}

/** Makes a token of these scopes on its page; its text. */
export async function makeToken({ page }, name, scopes) {
  await page.goto("/settings/tokens");
  await page.getByLabel("What it is for").fill(name);
  for (const scope of scopes) await page.locator(`input[name=scopes][value="${scope}"]`).check();
  await page.getByRole("button", { name: "Make it" }).click();
  return page.locator(".secret-once .command__text").innerText();
}

/** Confirms what the only device is. */
export async function confirmDevice({ page }, name) {
  await page.goto("/devices");
  await page.locator("tbody th a").click();
  await page.locator("#confirm").getByLabel("Name").fill(name);
  await page.locator("#confirm").getByLabel("it leaves the building").uncheck();
  await page.locator("#confirm").getByRole("button", { name: "Confirm" }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}
