// My account: another password, and second factors that go.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { addAuthenticator, newVisitor, startChromium } from "./lib/browser.js";
import { ADA, auditor, enterPassword, setUp, signOut } from "./lib/people.js";
import { startServer } from "./lib/server.js";

const NEW = "velvet harbour lantern";
const ACCOUNT = "/settings/security";

describe("my account", () => {
  let server, browser, visitor, page, look, app, authenticator;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
    visitor = await newVisitor(browser, server.url);
    ({ page } = visitor);
    look = auditor(visitor);
    authenticator = await addAuthenticator(visitor);
    ({ app } = await setUp(visitor, server));
  });
  after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), "exit 0", server?.log());
  });

  const addPasskey = async (name) => {
    await page.goto(ACCOUNT);
    await page.getByLabel("Name of a new passkey").fill(name);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.locator(".row__title", { hasText: name }).waitFor();
  };
  /** The answer to a form of this page's browser, posted without its button. */
  const post = (path) =>
    page.evaluate(async (path) => {
      const body = new URLSearchParams({ csrf: document.querySelector("input[name=csrf]").value });
      const response = await fetch(path, { method: "POST", body });
      return { status: response.status, text: await response.text() };
    }, path);
  const enterChange = async (present, fresh) => {
    await page.getByLabel("The password you have now").fill(present);
    await page.getByLabel("The new password").fill(fresh);
    await page.getByRole("button", { name: "Change it" }).click();
  };
  const enterCode = async () => {
    await page.waitForURL("**/sign-in/second-factor");
    await page.getByLabel("The six digits your app shows").fill(await app.next());
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL("**/board");
  };

  it("the only second factor stays, and it is said why", async () => {
    await page.goto(ACCOUNT);
    await page.getByText("One always stays").waitFor();
    assert.equal(await page.getByRole("link", { name: "Remove" }).count(), 0);
    await look("account, one factor");
    await page.goto(`${ACCOUNT}/app/remove`);
    await page.getByRole("heading", { name: "The authenticator app stays" }).waitFor();
    assert.equal(await page.locator("main form").count(), 0);
    await look("the last factor");
    const { status, text } = await post(`${ACCOUNT}/app/remove`);
    assert.equal(status, 409);
    assert.match(text, /This is your only second factor/);
    assert.match(text, /Add another passkey or an authenticator app first/);
    visitor.complaints();
  });

  it("one of two factors is removed after it was asked for by its name", async () => {
    await addPasskey("Laptop");
    await look("account, two factors");
    await page.getByRole("link", { name: "Remove the passkey Laptop" }).click();
    await page.getByRole("heading", { name: "Remove the passkey Laptop?" }).waitFor();
    await look("passkey, remove?");
    await page.getByRole("link", { name: "Keep it" }).click();
    await page.getByRole("link", { name: "Remove the passkey Laptop" }).click();
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByText("Removed. It opens nothing any more.").waitFor();
    assert.equal(await page.getByText("Laptop").count(), 0);
    await page.getByText("One always stays").waitFor();
    const gone = await page.goto(`${ACCOUNT}/passkeys/${"x".repeat(8)}/remove`);
    assert.equal(gone.status(), 404);
    visitor.complaints();
  });

  it("who confirms that it is them goes on to what they wanted, and back to where they were", async () => {
    await addPasskey("Tablet");
    const remove = await page.getByRole("link", { name: "Remove the passkey Tablet" }).getAttribute("href");
    const id = remove.split("/").at(-2);
    for (const [next, wanted] of [[`passkey-remove.${id}`, remove], ["password", `${ACCOUNT}/password`], ["app", `${ACCOUNT}/app`]]) {
      await page.goto(`/confirm-it-is-you?next=${next}`);
      assert.equal(await page.getByRole("link", { name: "Go back" }).getAttribute("href"), ACCOUNT);
      await page.getByRole("button", { name: "Use my passkey" }).click();
      await page.waitForURL(`**${wanted}`);
    }
    const picture = await page.locator("code.condition").innerText();
    await page.getByText("This picture is new.").waitFor();
    await page.goto("/confirm-it-is-you?next=app");
    await page.getByRole("button", { name: "Use my passkey" }).click();
    await page.waitForURL(`**${ACCOUNT}/app`);
    assert.equal(await page.locator("code.condition").innerText(), picture, "what was scanned stays good");
    assert.equal(await page.getByText("This picture is new.").count(), 0);
    await page.goto(remove);
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByText("Removed. It opens nothing any more.").waitFor();
  });

  it("a passkey that is removed while it is being shown opens nothing", async () => {
    await authenticator.session.send("WebAuthn.clearCredentials", authenticator);
    await addPasskey("Phone");
    const { credentials } = await authenticator.session.send("WebAuthn.getCredentials", authenticator);
    const other = await newVisitor(browser, server.url);
    const copy = await addAuthenticator(other);
    await copy.session.send("WebAuthn.addCredential", { ...copy, session: undefined, credential: credentials[0] });
    await enterPassword(other);
    await other.page.waitForURL("**/sign-in/second-factor");
    await other.page.route("**/sign-in/passkey/finish", async (route) => {
      await page.getByRole("link", { name: "Remove the passkey Phone" }).click();
      await page.getByRole("button", { name: "Remove" }).click();
      await page.getByText("Removed. It opens nothing any more.").waitFor();
      await route.continue();
    });
    await other.page.getByRole("button", { name: "Use my passkey" }).click();
    await other.page.getByText("The passkey was not accepted.").waitFor();
    await other.page.goto("/board");
    assert.equal(new URL(other.page.url()).pathname, "/sign-in/second-factor");
    await other.context.close();
  });

  it("what is wrong with a new password stands beside it, and nothing typed comes back", async () => {
    await page.goto(ACCOUNT);
    await page.getByRole("link", { name: "Change the password" }).click();
    await look("password");
    await enterChange("not the right words", NEW);
    await page.getByText("This is not the password that you sign in with now.").waitFor();
    for (const label of ["The password you have now", "The new password"]) {
      assert.equal(await page.getByLabel(label).inputValue(), "");
    }
    assert.equal(await page.getByLabel("The password you have now").getAttribute("aria-describedby"), "password-error");
    await look("password, wrong", { status: 422 });
    await page.locator("main form").evaluate((form) => { form.noValidate = true; });
    await enterChange(ADA.password, "short");
    await page.getByText("Choose a password of at least 12 characters").waitFor();
    assert.equal(await page.getByLabel("The new password").getAttribute("aria-invalid"), "true");
    visitor.complaints();
  });

  it("the password is changed; elsewhere one is signed out, and the old one opens nothing", async () => {
    const elsewhere = await newVisitor(browser, server.url);
    const cookies = (await visitor.context.cookies()).filter(({ name }) => name === "__Host-closedset");
    await elsewhere.context.addCookies(cookies);
    await elsewhere.page.goto("/board");
    assert.equal(new URL(elsewhere.page.url()).pathname, "/board");

    await page.goto(`${ACCOUNT}/password`);
    await enterChange(ADA.password, NEW);
    await page.getByText("Changed. Everywhere else you are signed out.").waitFor();
    await look("account, password changed");
    await elsewhere.page.goto("/board");
    assert.equal(new URL(elsewhere.page.url()).pathname, "/sign-in", "a copy of this browser's token, too");
    await elsewhere.context.close();

    await signOut(visitor);
    await enterPassword(visitor);
    await page.getByText("The e-mail address or the password is not right.").waitFor();
    await enterPassword(visitor, { ...ADA, password: NEW });
    await enterCode();
    visitor.complaints();
  });

  it("without JavaScript it all works", async () => {
    const cookies = await visitor.context.cookies();
    const plain = await newVisitor(browser, server.url, { javaScriptEnabled: false });
    await plain.context.addCookies(cookies);
    await plain.page.goto(`${ACCOUNT}/password`);
    await plain.page.getByLabel("The password you have now").fill(NEW);
    await plain.page.getByLabel("The new password").fill(ADA.password);
    await plain.page.getByRole("button", { name: "Change it" }).click();
    await plain.page.getByText("Changed. Everywhere else you are signed out.").waitFor();
    await plain.context.close();
  });
});
