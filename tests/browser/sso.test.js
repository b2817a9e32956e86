// Sign-in by a provider, a certified one on this machine: set up, tried, linked; and who does not get in.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { newVisitor, startChromium } from "./lib/browser.js";
import { ADA, auditor, setUp, signOut } from "./lib/people.js";
import { CLIENT, SECRET, signInThere, startProvider } from "./lib/provider.js";
import { startServer } from "./lib/server.js";
import { until } from "./lib/until.js";

const NAME = "Film House";
const NINA = { name: "Nina Cut", email: "nina@cut.example" };

describe("sign-in by a provider", () => {
  let server, browser, provider, ada, page, look, app, code;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
    provider = await startProvider(`${server.url}/sign-in/provider/back`);
    ada = await newVisitor(browser, server.url);
    ({ page } = ada);
    look = auditor(ada);
    ({ app } = await setUp(ada, server));
  });
  after(async () => {
    await browser?.close();
    await provider?.stop();
    assert.equal(await server?.stop(), "exit 0", server?.log());
  });

  const path = ({ page: at }) => new URL(at.url()).pathname;

  async function enter(fields) {
    await page.goto("/settings/sign-in");
    for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
    await page.getByRole("button", { name: "Save" }).click();
  }

  const entered = () => ({
    "Name": NAME,
    "Address (issuer)": provider.issuer,
    "Client id": CLIENT,
    "Client secret": SECRET,
  });

  /** A browser in which nobody is signed in, here or there. */
  const stranger = (options) => newVisitor(browser, server.url, options);

  async function press(visitor) {
    await visitor.page.goto("/sign-in");
    await visitor.page.getByRole("button", { name: `Sign in with ${NAME}` }).click();
  }

  async function invite() {
    await page.goto("/settings/people");
    await page.getByLabel("Name", { exact: true }).fill(NINA.name);
    await page.getByLabel("E-mail address").fill(NINA.email);
    await page.getByLabel("Role", { exact: true }).selectOption({ label: "Coordinator" });
    await page.getByRole("button", { name: "Make the link" }).click();
    return page.locator(".secret-once .command__text").innerText();
  }

  it("what cannot be used is said beside its field, and what was typed is kept", async () => {
    await page.goto("/settings/sign-in");
    await page.getByText("none is set").waitFor();
    await page.getByText(`${server.url}/sign-in/provider/back`).waitFor();
    await look("sign-in, no provider");
    await enter({ ...entered(), "Address (issuer)": `${provider.issuer}/`, "Client secret": "x" });
    await page.getByText(`it calls itself “${provider.issuer}”`).waitFor();
    assert.equal(await page.getByLabel("Client id", { exact: true }).inputValue(), CLIENT);
    assert.equal(await page.getByLabel("Client secret", { exact: true }).inputValue(), "");
    await look("sign-in, wrong address", { status: 422 });
    await enter({ ...entered(), "Address (issuer)": "http://login.example.com" });
    await page.getByText("Without encryption only this very machine is asked.").waitFor();
    ada.complaints();
  });

  it("what the provider says of itself is shown, and the secret never", async () => {
    await enter(entered());
    await page.getByText("Saved.").waitFor();
    const words = await page.locator("main").innerText();
    assert.match(words, new RegExp(`${provider.issuer}/auth\\b`));
    assert.match(words, /ES256/);
    assert.match(words, /no account is linked yet/);
    assert.ok(!(await page.content()).includes("a secret with"));
    await look("sign-in, provider set");
  });

  it("trying it shows what the provider says, and links nothing", async () => {
    await page.getByRole("button", { name: "Try it" }).click();
    await signInThere(ada, "ada-7", "pwd");
    await page.getByRole("heading", { name: "It works" }).waitFor();
    const words = await page.locator("main").innerText();
    for (const said of ["ada-7", "ada@film.example, verified", "pwd", "does not count as a second factor"]) {
      assert.ok(words.includes(said), said);
    }
    await look("provider tried");
    await page.getByRole("link", { name: "Back to the settings" }).click();
    await page.getByText("no account is linked yet").waitFor();
  });

  it("a page leads on to the provider, by itself and by a link", async () => {
    const visitor = await stranger();
    // There is nothing at the provider's, so that the page stays to be looked at.
    let went = false;
    await visitor.context.route(`${provider.issuer}/**`, async (route) => {
      await route.fulfill({ status: 204 });
      went = true;
    });
    await press(visitor);
    await until("it goes on by itself", 10_000, async () =>
      went && (await visitor.page.title()).startsWith("Going on"));
    await visitor.page.getByRole("heading", { name: `Going on to ${NAME}` }).waitFor();
    const link = await visitor.page.getByRole("link", { name: `Go on to ${NAME}` }).getAttribute("href");
    const asked = new URL(link).searchParams;
    assert.equal(asked.get("code_challenge_method"), "S256");
    assert.equal(asked.get("redirect_uri"), `${server.url}/sign-in/provider/back`);
    await auditor(visitor)("going on");
    const kept = (await visitor.context.cookies()).find(({ name }) => name === "__Host-closedset-provider");
    const { secure, httpOnly, sameSite, domain } = kept;
    assert.deepEqual({ secure, httpOnly, sameSite, domain }, { secure: true, httpOnly: true, sameSite: "Lax", domain: "localhost" });
    assert.ok(kept.expires - Date.now() / 1000 < 601);
    await visitor.context.close();
  });

  it("an address that is known here lets nobody in", async () => {
    const visitor = await stranger();
    await press(visitor);
    await signInThere(visitor, "stranger-1", "pwd otp");
    await visitor.page.getByRole("alert").getByText("no account here is linked with you").waitFor();
    await auditor(visitor)("nobody is linked", { status: 422 });
    await visitor.page.goto("/board");
    assert.equal(path(visitor), "/sign-in");
    await visitor.context.close();
  });

  it("an account is linked by its own person", async () => {
    await page.goto("/settings/security");
    await look("my account, not linked");
    await page.getByRole("button", { name: `Link with ${NAME}` }).click();
    // The provider knows the browser already.
    await page.getByText("Linked. You can sign in by the provider from now on.").waitFor();
    assert.match(await page.locator("main").innerText(), /Film House\s*ada@film\.example/);
    await look("my account, linked");
  });

  it("without a second factor there, one is asked for here; with one, not, and without JavaScript too", async () => {
    await signOut(ada);
    await ada.context.clearCookies();
    await page.goto("/sign-in");
    await look("sign-in with a provider");
    await press(ada);
    await signInThere(ada, "ada-7", "pwd");
    await page.waitForURL("**/sign-in/second-factor");
    await page.getByLabel("The six digits your app shows").fill(await app.next());
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL("**/board");
    const visitor = await stranger({ javaScriptEnabled: false });
    await visitor.page.goto("/tasks");
    assert.equal(path(visitor), "/sign-in");
    await visitor.page.getByRole("button", { name: `Sign in with ${NAME}` }).click();
    await signInThere(visitor, "ada-7", "pwd otp");
    await visitor.page.waitForURL("**/tasks");
    await visitor.context.close();
  });

  it("what comes back is taken once, and from the browser that was sent", async () => {
    const [one, other] = [await stranger(), await stranger()];
    let back;
    one.page.on("request", (request) => {
      if (request.url().includes("/sign-in/provider/back?")) back = request.url();
    });
    await press(one);
    await signInThere(one, "ada-7", "pwd otp");
    await one.page.waitForURL("**/board");
    code = new URL(back).searchParams.get("code");
    await other.page.goto(back);
    await other.page.getByRole("alert").getByText("was not begun in this browser").waitFor();
    await one.page.goto(back);
    await one.page.getByText("was not begun in this browser, was finished already").waitFor();
    await auditor(one)("taken once", { status: 409 });
    await one.page.goto("/board");
    assert.equal(path(one), "/board", "whoever is signed in still is");
    await Promise.all([one.context.close(), other.context.close()]);
  });

  it("an invitation is used by whom the provider vouches for, without a password", async () => {
    const link = await invite();
    const visitor = await stranger();
    await visitor.page.goto(link);
    await auditor(visitor)("join, with a provider");
    await visitor.page.getByRole("button", { name: `Join with ${NAME}` }).click();
    await signInThere(visitor, "nina-2", "pwd otp");
    await visitor.page.getByRole("alert").getByText("has not verified it").waitFor();
    visitor.complaints();
    await visitor.context.clearCookies({ domain: "127.0.0.1" });
    await visitor.page.goto("/join");
    await visitor.page.getByRole("button", { name: `Join with ${NAME}` }).click();
    await signInThere(visitor, "nina-1", "pwd otp");
    await visitor.page.getByText("Welcome. You belong here now.").waitFor();
    assert.equal(path(visitor), "/board");
    await visitor.page.goto("/settings/security");
    await visitor.page.getByText("It is your way in: to end it, choose a password first.").waitFor();
    await auditor(visitor)("my account, without a password");
    await visitor.page.goto("/confirm-it-is-you?next=app");
    await auditor(visitor)("confirm at the provider");
    await visitor.page.getByRole("button", { name: `Show it at ${NAME}` }).click();
    await signInThere(visitor, "nina-1", "pwd otp");
    await visitor.page.waitForURL("**/settings/security/app");
    await visitor.page.goto("/settings/security/password");
    assert.equal(await visitor.page.getByLabel("The password you have now").count(), 0);
    await auditor(visitor)("a first password");
    await visitor.context.close();
  });

  it("whoever was removed does not come in, however well the provider knows them", async () => {
    await page.goto("/settings/people");
    await page.getByRole("row", { name: NINA.name }).getByRole("link").first().click();
    await page.getByRole("link", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Remove" }).click();
    const visitor = await stranger();
    await press(visitor);
    await signInThere(visitor, "nina-1", "pwd otp");
    await visitor.page.getByRole("alert").getByText("belongs to no organisation, or not any more").waitFor();
    await visitor.context.close();
  });

  it("a link is ended, and neither secrets, codes nor tokens stand in the log", async () => {
    await page.goto("/settings/security");
    await page.getByRole("button", { name: `End the link with ${NAME}` }).click();
    // The second factor was shown a while ago, or not.
    if (path(ada) === "/confirm-it-is-you") {
      await page.getByLabel("The six digits your app shows").fill(await app.next());
      await page.getByRole("button", { name: "Confirm" }).click();
      await page.waitForURL("**/settings/security");
      await page.getByRole("button", { name: `End the link with ${NAME}` }).click();
    }
    await page.getByText("Ended. The provider lets you in here no more.").waitFor();
    const log = server.log();
    for (const secret of [SECRET, code, "eyJ", ADA.password]) assert.ok(!log.includes(secret), secret);
    assert.deepEqual(provider.complaints(), []);
  });
});
