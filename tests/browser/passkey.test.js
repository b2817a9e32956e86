// Set-up with a passkey, this computer's verdicts, and the passkey again at sign-in.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { addAuthenticator, newVisitor, startChromium } from "./lib/browser.js";
import { auditor, enterPassword, setUpAccount, setUpRest, signOut } from "./lib/people.js";
import { startServer } from "./lib/server.js";
import { until } from "./lib/until.js";

describe("with a passkey", () => {
  let server, browser, visitor, page, look, authenticator;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
    visitor = await newVisitor(browser, server.url);
    ({ page } = visitor);
    look = auditor(visitor);
    authenticator = await addAuthenticator(visitor);
  });
  after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), "exit 0", server?.log());
  });

  it("set-up begins only with its link", async () => {
    await page.goto("/board");
    assert.equal(new URL(page.url()).pathname, "/setup");
    await look("set-up: no link");
    await page.goto(`/setup?token=${"A".repeat(43)}`);
    await page.getByLabel("Your name").fill("Eve");
    await page.getByLabel("E-mail address").fill("eve@example.com");
    await page.getByLabel("Password").fill("four words do very well");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("This set-up link is not valid").waitFor();
    await look("set-up: wrong link", { status: 422 });
  });

  it("the first account is made, and what is wrong stands beside its field", async () => {
    await page.goto(server.link);
    await look("set-up: account");
    await page.locator("form.form").evaluate((form) => { form.noValidate = true; });
    await page.getByLabel("Your name").fill("Ada Reel");
    await page.getByLabel("E-mail address").fill("ada");
    await page.getByLabel("Password").fill("short");
    await page.getByText("Too short yet").waitFor();
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("Enter an e-mail address such as").waitFor();
    const email = page.getByLabel("E-mail address");
    assert.equal(await email.inputValue(), "ada");
    assert.equal(await email.getAttribute("aria-invalid"), "true");
    assert.equal(await email.getAttribute("aria-describedby"), "email-error");
    assert.equal(await page.getByLabel("Your name").inputValue(), "Ada Reel");
    assert.equal(await page.getByLabel("Password").inputValue(), "", "passwords are never sent back");
    await look("set-up: account, wrong", { status: 422 });
    await setUpAccount(visitor, server.link);
    await look("set-up: second factor");
  });

  it("nothing else opens before the second factor", async () => {
    for (const path of ["/board", "/devices", "/ledger", "/settings"]) {
      await page.goto(path);
      assert.equal(new URL(page.url()).pathname, "/setup/second-factor", path);
    }
  });

  it("a passkey is added, and ten recovery codes are shown once", async () => {
    await page.goto("/setup/second-factor");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.waitForURL("**/setup/recovery");
    const { credentials } = await authenticator.session.send("WebAuthn.getCredentials", authenticator);
    assert.equal(credentials.length, 1);
    assert.equal(credentials[0].rpId, "localhost");
    const codes = await setUpRest(visitor, look);
    assert.equal(new Set(codes).size, 10);
  });

  it("the board shows all 33 controls", async () => {
    assert.equal(await page.locator(".frame").count(), 33);
    assert.equal(await page.locator(".next__thing").count(), 3);
    await look("board, new");
  });

  it("within a minute this computer's verdicts are real", async () => {
    await until("a control about devices has a verdict", 60_000, async () => {
      await page.goto("/board");
      const known = page.locator(".frame:not(.frame--unknown) .frame__edge");
      return (await known.allInnerTexts()).some((id) => id.startsWith("IS-"));
    });
    await page.goto("/devices");
    assert.equal(await page.locator("tbody tr").count(), 1);
    await page.locator("tbody th a").click();
    const passes = await page.locator("tbody .status--pass").count();
    const fails = await page.locator("tbody .status--fail").count();
    assert.ok(passes + fails >= 5, `${passes} pass, ${fails} fail`);
    await look("device");
    const settled = page.locator(".fold--checks");
    assert.equal(await settled.getAttribute("open"), null, "what passes is folded");
    assert.equal(await page.locator("tbody .status--pass").first().isVisible(), false);
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.locator("tbody .status--pass").first().evaluate((one) => one.checkVisibility({ contentVisibilityAuto: true })), "and printed");
    await page.emulateMedia({ media: "screen" });
    await settled.locator("summary").first().click();
    await page.locator("tbody .status--pass").first().waitFor();
    await look("device, unfolded");
  });

  it("signs out, and in again with the passkey", async () => {
    await signOut(visitor);
    await look("signed out");
    await page.goto("/board");
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    await look("sign-in");
    await enterPassword(visitor);
    await page.waitForURL("**/sign-in/second-factor");
    await look("second factor with a passkey");
    await page.getByRole("button", { name: "Use my passkey" }).click();
    await page.waitForURL("**/board");
    assert.equal(await page.locator(".frame").count(), 33);
  });

  it("a passkey that does not verify its person is refused in words", async () => {
    await signOut(visitor);
    await enterPassword(visitor);
    await page.waitForURL("**/sign-in/second-factor");
    await authenticator.session.send("WebAuthn.setUserVerified", { ...authenticator, isUserVerified: false });
    await page.getByRole("button", { name: "Use my passkey" }).click();
    await page.getByText("Nothing was confirmed").waitFor();
    await page.goto("/board");
    assert.equal(new URL(page.url()).pathname, "/sign-in/second-factor");
    await authenticator.session.send("WebAuthn.setUserVerified", { ...authenticator, isUserVerified: true });
    await page.getByRole("button", { name: "Use my passkey" }).click();
    await page.waitForURL("**/board");
  });

  it("a second passkey of the same device is refused, one of another is added", async () => {
    await page.goto("/settings/security");
    await page.getByLabel("Name of a new passkey").fill("Key in the safe");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByText("already holds a passkey").waitFor();
    await authenticator.session.send("WebAuthn.removeVirtualAuthenticator", authenticator);
    await addAuthenticator(visitor);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.locator(".row__title", { hasText: "Key in the safe" }).waitFor();
    await page.getByText("Added. You can sign in with it from now on.").waitFor();
    await look("account");
  });

  it("the passkey confirms that it is the same person still", async () => {
    await page.goto("/confirm-it-is-you?next=tokens");
    await look("confirm that it is you, with a passkey");
    await page.getByRole("button", { name: "Use my passkey" }).click();
    await page.waitForURL("**/settings/tokens");
  });
});
