// Set-up with an authenticator app, and everything that must not open the door.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { newVisitor, startChromium } from "./lib/browser.js";
import { ADA, auditor, enterPassword, setUp, signIn, signOut } from "./lib/people.js";
import { startServer } from "./lib/server.js";
import { App } from "./lib/totp.js";

const CODE = "The six digits your app shows";
const USED = "This is not the code the app shows now, or it was used already.";
const WRONG = "The e-mail address or the password is not right.";

describe("with an authenticator app", () => {
  let server, browser, visitor, page, look, app, codes;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
    visitor = await newVisitor(browser, server.url);
    ({ page } = visitor);
    look = auditor(visitor);
  });
  after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), "exit 0", server?.log());
  });

  const cookie = async () => {
    const cookies = await visitor.context.cookies();
    const [token, ...others] = cookies.sort((one, other) => one.name.length - other.name.length);
    assert.equal(token.name, "__Host-closedset");
    for (const { name, secure, httpOnly, sameSite } of others) {
      assert.match(name, /^__Host-closedset-(next|once|done)$/);
      assert.deepEqual({ secure, httpOnly, sameSite }, { secure: true, httpOnly: true, sameSite: "Lax" });
    }
    return token;
  };
  const enterCode = async (digits) => {
    await page.getByLabel(CODE).fill(digits);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  };
  const enterRecoveryCode = async (code) => {
    const fold = page.locator("details.fold");
    if (!(await fold.evaluate((one) => one.open))) await fold.locator("summary").click();
    await page.getByLabel("One of your recovery codes").fill(code);
    await page.getByRole("button", { name: "Sign in with this code" }).click();
  };

  it("set-up ends on the board, and its link opens nothing more", async () => {
    ({ app, codes } = await setUp(visitor, server));
    assert.equal(codes.length, 10);
    const other = await newVisitor(browser, server.url);
    await other.page.goto(server.link);
    assert.equal(new URL(other.page.url()).pathname, "/sign-in");
    await other.context.close();
  });

  it("the cookie is for this server alone, out of scripts' reach, and gone with the browser", async () => {
    const { secure, httpOnly, sameSite, expires, path, domain } = await cookie();
    assert.deepEqual(
      { secure, httpOnly, sameSite, expires, path, domain },
      { secure: true, httpOnly: true, sameSite: "Lax", expires: -1, path: "/", domain: "localhost" },
    );
  });

  it("recovery codes that were shown are not made anew by loading the page again", async () => {
    const fresh = await visitor.context.newPage();
    await fresh.goto("/settings/security");
    await fresh.getByRole("button", { name: "Make new codes" }).click();
    codes = (await fresh.locator(".codes li").allInnerTexts()).map((code) => code.trim());
    assert.equal(codes.length, 10);
    await fresh.reload();
    assert.equal(await fresh.locator(".codes li").count(), 0, "shown once");
    await fresh.getByText("10 left.").waitFor();
    await fresh.goto("/setup/recovery");
    await fresh.getByRole("button", { name: "Show my codes" }).click();
    codes = (await fresh.locator(".codes li").allInnerTexts()).map((code) => code.trim());
    await fresh.reload();
    await fresh.getByText("Your ten codes were shown already").waitFor();
    await auditor({ ...visitor, page: fresh })("set-up: recovery codes, loaded again");
    await fresh.close();
  });

  it("another authenticator app takes the place of the one that is in use", async () => {
    await page.goto("/settings/security");
    await page.getByRole("link", { name: "Use another app" }).click();
    await look("another app");
    const other = new App(await page.locator("code.condition").innerText());
    await page.getByLabel("The six digits the app shows").fill(other.wrong());
    await page.getByRole("button", { name: "Use this app" }).click();
    await page.getByText("This is not the code the app shows now").waitFor();
    await look("another app, wrong code", { status: 422 });
    await page.getByLabel("The six digits the app shows").fill(await other.next());
    await page.getByRole("button", { name: "Use this app" }).click();
    await page.getByText("You can sign in with it from now on.").waitFor();
    app = other;
  });

  it("a code opens once", async () => {
    const replayed = app.again();
    await signOut(visitor);
    await enterPassword(visitor);
    await page.waitForURL("**/sign-in/second-factor");
    await enterCode(replayed);
    await page.getByText(USED).waitFor();
    assert.equal(await page.getByLabel(CODE).getAttribute("aria-invalid"), "true");
    await look("second factor, wrong code", { status: 422 });
    await page.goto("/board");
    assert.equal(new URL(page.url()).pathname, "/sign-in/second-factor");
  });

  it("the next code opens, and the browser gets a new token at each step", async () => {
    await page.goto("/sign-in/second-factor");
    const half = (await cookie()).value;
    await enterCode(await app.next());
    await page.waitForURL("**/board");
    assert.notEqual((await cookie()).value, half);
    const stolen = await newVisitor(browser, server.url);
    await stolen.context.addCookies([{ ...(await cookie()), value: half }]);
    await stolen.page.goto("/board");
    assert.equal(new URL(stolen.page.url()).pathname, "/sign-in");
    await stolen.context.close();
  });

  it("the second factor shown again leads back to where it was wanted, under a new token", async () => {
    const before = (await cookie()).value;
    await page.goto("/confirm-it-is-you?next=tokens");
    await look("confirm that it is you");
    await page.getByLabel(CODE).fill(app.wrong());
    await page.getByRole("button", { name: "Confirm", exact: true }).click();
    await page.getByText(USED).waitFor();
    await look("confirm that it is you, wrong code", { status: 422 });
    await page.getByLabel(CODE).fill(await app.next());
    await page.getByRole("button", { name: "Confirm", exact: true }).click();
    await page.waitForURL("**/settings/tokens");
    assert.notEqual((await cookie()).value, before);
    await page.goto("/board");
  });

  it("signing out ends the session, also for who kept its token", async () => {
    const kept = await cookie();
    await signOut(visitor);
    assert.deepEqual(await visitor.context.cookies(), []);
    const thief = await newVisitor(browser, server.url);
    await thief.context.addCookies([kept]);
    await thief.page.goto("/board");
    assert.equal(new URL(thief.page.url()).pathname, "/sign-in");
    await thief.context.close();
  });

  it("a recovery code opens once", async () => {
    await enterPassword(visitor);
    await page.waitForURL("**/sign-in/second-factor");
    await enterRecoveryCode(codes[3]);
    await page.waitForURL("**/board");
    await page.goto("/settings/security");
    await page.getByText("9 left.").waitFor();
    await signOut(visitor);
    await enterPassword(visitor);
    await page.waitForURL("**/sign-in/second-factor");
    await enterRecoveryCode(codes[3]);
    await page.getByText("This recovery code is not one of yours, or it was used already.").waitFor();
    await look("second factor, used recovery code", { status: 422 });
    await enterRecoveryCode(codes[4].toUpperCase().replaceAll("-", " "));
    await page.waitForURL("**/board");
    await signOut(visitor);
  });

  it("a wrong password is told beside the field, and the address is kept", async () => {
    await enterPassword(visitor, { ...ADA, password: "not the right words" });
    await page.getByText(WRONG).waitFor();
    assert.equal(await page.getByLabel("E-mail address").inputValue(), ADA.email);
    const password = page.getByLabel("Password");
    assert.equal(await password.getAttribute("aria-describedby"), "password-error");
    assert.equal(await password.inputValue(), "");
    await look("sign-in, wrong password", { status: 422 });
  });

  it("who has no account is told the same", async () => {
    await enterPassword(visitor, { email: "nobody@halide.example", password: ADA.password });
    await page.getByText(WRONG).waitFor();
  });

  it("wrong codes lock the second factor", async () => {
    await signIn(visitor, app);
    await signOut(visitor);
    await enterPassword(visitor);
    await page.waitForURL("**/sign-in/second-factor");
    for (let tries = 0; tries < 5; tries += 1) {
      await enterCode(app.wrong());
      await page.getByText(USED).waitFor();
    }
    await enterCode(await app.next());
    await page.getByText("There were too many attempts, or too much was sent, in a short time. Wait").waitFor();
    await look("second factor, locked", { status: 422 });
    await enterRecoveryCode(codes[5]);
    await page.getByText("There were too many attempts, or too much was sent, in a short time. Wait").waitFor();
    await page.goto("/board");
    assert.equal(new URL(page.url()).pathname, "/sign-in/second-factor");
  });

  it("wrong passwords lock the account, also for the right one", async () => {
    const other = await newVisitor(browser, server.url);
    for (let tries = 0; tries < 5; tries += 1) {
      await enterPassword(other, { ...ADA, password: `guess number ${tries}` });
      await other.page.getByText(WRONG).waitFor();
    }
    await enterPassword(other);
    await other.page.getByText("There were too many attempts, or too much was sent, in a short time. Wait").waitFor();
    assert.equal(await other.page.getByLabel("E-mail address").inputValue(), ADA.email);
    await auditor(other)("sign-in, locked", { status: 422 });
    await other.context.close();
  });
});
