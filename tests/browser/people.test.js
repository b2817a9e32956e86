// Somebody is invited, joins in a browser of their own, sees what the role allows, and is out at once.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { addAuthenticator, audit, newVisitor, startChromium } from "./lib/browser.js";
import { ADA, auditor, setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";

const NINA = { name: "Nina Cut", email: "nina@cut.example", password: "velvet harbour lantern" };
const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe("people", { concurrency: false }, () => {
  let browser, server, ada, page, look;
  let nina, link;

  before(async () => {
    server = await startServer();
    browser = await startChromium();
    ada = await newVisitor(browser, server.url);
    ({ page } = ada);
    await setUp(ada, server);
    look = auditor(ada);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function invite(name, email, role, lastDay = "") {
    await page.goto("/settings/people");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Role", { exact: true }).selectOption({ label: role });
    await page.getByLabel("Last day").fill(lastDay);
    await page.getByRole("button", { name: "Make the link" }).click();
  }

  /** Makes the account of an invitation with a passkey; ends on the first page. */
  async function joinWithPasskey(visitor, address, person) {
    await visitor.page.goto(address);
    assert.equal(new URL(visitor.page.url()).pathname + new URL(visitor.page.url()).search, "/join");
    await visitor.page.getByLabel("Your name").fill(person.name);
    await visitor.page.getByLabel("Choose a password").fill(person.password);
    await visitor.page.getByRole("button", { name: "Make my account" }).click();
    await visitor.page.waitForURL("**/setup/second-factor");
    await visitor.page.getByRole("button", { name: "Add a passkey" }).click();
    await visitor.page.waitForURL("**/setup/recovery");
    await visitor.page.getByRole("button", { name: "Show my codes" }).click();
    await visitor.page.getByRole("button", { name: "I have kept them" }).click();
  }

  const menu = (visitor) => visitor.page.locator(".rail__menu a").allInnerTexts();

  it("the owner stands alone in the list", async () => {
    await page.goto("/settings/people");
    assert.equal(await page.locator("tbody tr").count(), 1);
    assert.match(await page.locator("tbody tr").innerText(), /Ada Reel.*You/s);
    await look("people, alone");
  });

  it("what is wrong with an invitation stands beside it and what was typed is kept", async () => {
    await invite("Nina Cut", "nina@cut.example", "Auditor");
    await page.locator("#last_day-error").waitFor();
    assert.equal(await page.getByLabel("E-mail address").inputValue(), "nina@cut.example");
    assert.equal(await page.getByLabel("Role", { exact: true }).inputValue(), "auditor");
    await look("people, refused", { status: 422 });
  });

  it("an invitation's link is shown once", async () => {
    await invite(NINA.name, NINA.email, "Coordinator");
    link = await page.locator(".secret-once .command__text").innerText();
    assert.match(link, /^https:\/\/localhost:\d+\/join\?token=[\w-]{43}$/);
    await look("people, invited");
    await page.reload();
    assert.equal(await page.locator(".secret-once").count(), 0);
    assert.match(await page.locator("main").innerText(), /nina@cut\.example.*invited by Ada Reel/s);
  });

  it("whoever is signed in to another account does not use it up", async () => {
    await page.goto(link);
    await page.getByText("this invitation is for another address").waitFor();
    await look("join, another account");
    await page.getByRole("link", { name: "Not now" }).click();
    await page.waitForURL("**/board");
  });

  it("a person joins with a passkey and sees what the role allows", async () => {
    nina = await newVisitor(browser, server.url);
    await addAuthenticator(nina);
    await nina.page.goto(link);
    await audit(nina, "join");
    await nina.page.getByLabel("Choose a password").fill("short");
    await nina.page.locator("form[action='/join']").evaluate((form) => { form.noValidate = true; });
    await nina.page.getByRole("button", { name: "Make my account" }).click();
    await nina.page.locator("#password-error").waitFor();
    await audit(nina, "join, refused", { status: 422 });
    await joinWithPasskey(nina, link, NINA);
    await nina.page.waitForURL("**/board");
    assert.deepEqual((await menu(nina)).map((text) => text.split(/\s/)[0]), ["Board", "Tasks", "Devices", "People", "Titles", "Documents", "Settings"]);
    await audit(nina, "board of a coordinator");
    for (const closed of ["/ledger", "/packs", "/settings", "/settings/tokens"]) {
      const answer = await nina.page.goto(closed);
      assert.equal(answer.status(), 403, closed);
    }
    nina.complaints();
    await nina.page.goto("/settings/people");
    assert.equal(await nina.page.getByRole("button", { name: "Make the link" }).count(), 0);
    await audit(nina, "people of a coordinator");
  });

  it("the link opens nothing any more", async () => {
    const stranger = await newVisitor(browser, server.url);
    const answer = await stranger.page.goto(link);
    assert.equal(answer.status(), 403);
    await stranger.page.getByRole("heading", { name: "This invitation opens nothing" }).waitFor();
    await audit(stranger, "join, dead", { status: 403 });
    await stranger.context.close();
  });

  it("a forged form gives no role", async () => {
    await nina.page.goto("/settings/people");
    const csrf = await nina.page.locator("input[name=csrf]").first().inputValue();
    const answer = await nina.page.evaluate(async (csrf) => {
      const body = new URLSearchParams({ csrf, name: "X", email: "x@cut.example", role: "owner" });
      return (await fetch("/settings/people", { method: "POST", body })).status;
    }, csrf);
    assert.equal(answer, 403);
    const without = await nina.page.evaluate(async () => {
      const body = new URLSearchParams({ name: "X", email: "x@cut.example", role: "owner" });
      return (await fetch("/settings/people", { method: "POST", body })).status;
    });
    assert.equal(without, 403);
    nina.complaints();
  });

  it("another role counts from the next click", async () => {
    await page.goto("/settings/people");
    await page.getByRole("link", { name: "Nina Cut" }).click();
    await look("person");
    await page.getByLabel("Role", { exact: true }).selectOption({ label: "Auditor" });
    await page.getByLabel("Last day").fill(inDays(30));
    await page.getByRole("button", { name: "Change it" }).click();
    await page.getByText("Changed. It counts from").waitFor();
    await nina.page.goto("/");
    assert.deepEqual((await menu(nina)).map((text) => text.split(/\s/)[0]), ["Board", "Tasks", "Devices", "Documents", "Ledger", "Settings"]);
    await audit(nina, "board of an auditor");
    assert.equal((await nina.page.goto("/settings/people")).status(), 403);
    nina.complaints();
  });

  it("the last owner is told why they stay", async () => {
    await page.goto("/settings/people");
    await page.locator("main").getByRole("link", { name: "Ada Reel" }).click();
    await page.getByRole("link", { name: "Remove" }).click();
    await look("person, remove oneself");
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByText("This is the only owner who can sign in").waitFor();
    ada.complaints();
  });

  it("another organisation is set up, and an account of both goes from one to the other", async () => {
    await page.goto("/settings/security");
    await page.locator("main").getByRole("link", { name: "Go to another organisation" }).click();
    await look("organisations, one");
    await page.getByRole("link", { name: "Set up another organisation" }).click();
    await look("organisation, new");
    await page.getByLabel("Company").fill("Southpaw VFX");
    await page.getByLabel("Name of the site").fill("Stage 2");
    await page.getByLabel("Address").fill("Kade 1, Rotterdam");
    await page.getByLabel("Country").selectOption({ label: "Netherlands" });
    await page.getByLabel("Time zone").selectOption("Europe/Amsterdam");
    await page.getByRole("button", { name: "Set it up" }).click();
    await page.getByText("Set up. This is its board").waitFor();
    assert.match(await page.locator(".rail__organisation").innerText(), /Southpaw VFX/);
    await page.goto("/settings/people");
    assert.equal(await page.locator("tbody tr").count(), 1);
    assert.doesNotMatch(await page.locator("main").innerText(), /Nina/);
    await invite(NINA.name, NINA.email, "Member");
    const second = await page.locator(".secret-once .command__text").innerText();
    await nina.page.goto(second);
    await audit(nina, "join, accept");
    await nina.page.getByRole("button", { name: "Join" }).click();
    await nina.page.getByText("Welcome. You belong here now.").waitFor();
    assert.deepEqual((await menu(nina)).map((text) => text.split(/\s/)[0]), ["Tasks", "Settings"]);
    await audit(nina, "tasks of a member");
    await nina.page.locator(".rail__switch").click();
    await audit(nina, "organisations");
    await nina.page.getByRole("button", { name: /Go there.*Halide/ }).click();
    await nina.page.waitForURL("**/board");
    assert.match(await nina.page.locator(".rail__organisation").innerText(), /Halide Post/);
  });

  it("whoever is removed is out at once, here and not there", async () => {
    await page.goto("/organisations");
    await page.getByRole("button", { name: /Go there.*Halide/ }).click();
    await page.waitForURL("**/board");
    await page.goto("/settings/people");
    await page.getByRole("link", { name: "Nina Cut" }).click();
    await page.getByRole("link", { name: "Remove" }).click();
    await look("person, remove");
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByText("Removed. They are signed out here").waitFor();
    await nina.page.goto("/board");
    assert.equal(new URL(nina.page.url()).pathname, "/sign-in");
    await nina.page.getByLabel("E-mail address").fill(NINA.email);
    await nina.page.getByLabel("Password").fill(NINA.password);
    await nina.page.getByRole("button", { name: "Go on" }).click();
    await nina.page.waitForURL("**/sign-in/second-factor");
    await nina.page.getByRole("button", { name: /passkey/i }).click();
    await nina.page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
    // Where she wanted to go is not for a member of the other one.
    await nina.page.goto("/");
    nina.complaints();
    assert.match(await nina.page.locator(".rail__organisation").innerText(), /Southpaw VFX/);
  });

  it("the ledger says all of it, by name", async () => {
    await page.goto("/ledger");
    const text = await page.locator("main").innerText();
    for (const said of ["Somebody was invited", "Somebody joined", "another role or last day", "Somebody was removed"]) {
      assert.ok(text.includes(said), said);
    }
    await look("ledger of people");
  });

  it("signing out everywhere ends this session too", async () => {
    await page.goto("/settings/security");
    await look("my account");
    await page.getByRole("button", { name: "Sign out everywhere, here too" }).click();
    await page.waitForURL("**/signed-out");
    await page.goto("/board");
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    assert.equal(ADA.name, "Ada Reel");
  });
});
