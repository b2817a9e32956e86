// A freelancer on a telephone reads and signs by the link that was made for them; the coordinator sees it.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";

describe("agreements", () => {
  let server, browser, visitor, page, phone, link;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
    visitor = await newVisitor(browser, server.url);
    ({ page } = visitor);
    await setUp(visitor, server);
    phone = await newVisitor(browser, server.url, { viewport: { width: 390, height: 800 }, hasTouch: true });
  });
  after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), "exit 0", server?.log());
  });

  const press = (name, on = page) => on.getByRole("button", { name, exact: true }).click();

  it("the first agreement begins from words that name the facility", async () => {
    await page.goto("/agreements");
    await audit(visitor, "no agreements");
    await page.getByRole("link", { name: "Put yours in force" }).click();
    assert.match(await page.getByRole("textbox", { name: "Words" }).inputValue(), /Between Halide Post and whoever signs below/);
    await audit(visitor, "a new agreement");
    await press("Put it in force");
    await page.getByRole("heading", { name: "Confidentiality", level: 1 }).waitFor();
    await page.goto("/people/new");
    await page.getByLabel("Name", { exact: true }).fill("Nina Cut");
    await page.getByLabel("As what").selectOption("freelancer");
    await page.getByLabel("What they do").fill("colourist");
    await press("Enter them");
    await page.getByText("not signed").waitFor();
    await audit(visitor, "somebody who has not signed");
  });

  it("the link is shown once, and loading the page again makes no other", async () => {
    await press("Make the link by which they sign");
    link = await page.locator(".secret-once code").first().innerText();
    assert.match(link, /\/mine\?token=/);
    await audit(visitor, "the link");
    await page.reload();
    await page.getByText("not signed").waitFor();
    assert.equal(await page.locator(".secret-once").count(), 0);
  });

  it("whoever holds it reads, types their name and signs; nothing else is seen", async () => {
    await phone.page.goto(link);
    await phone.page.waitForURL("**/mine");
    await phone.page.getByRole("heading", { name: "Confidentiality", level: 1 }).waitFor();
    await audit(phone, "what is to be signed");
    assert.equal(await phone.page.locator(".rail").count(), 0);
    await phone.page.getByLabel("I have read it to the end and agree").check();
    await phone.page.getByLabel("Your name, typed").fill("Omar Reel");
    await press("Sign", phone.page);
    await phone.page.getByText("Type your name as it stands here: Nina Cut").waitFor();
    await audit(phone, "another's name", { status: 422 });
    await phone.page.getByLabel("I have read it to the end and agree").check();
    await phone.page.getByLabel("Your name, typed").fill("nina cut");
    await press("Sign", phone.page);
    await phone.page.getByRole("heading", { name: "Nothing more to do" }).waitFor();
    await audit(phone, "everything is signed");
    const [file] = await Promise.all([
      phone.page.waitForEvent("download"),
      phone.page.getByRole("link", { name: "Confidentiality (PDF)" }).click(),
    ]);
    assert.equal(file.suggestedFilename(), "signed.pdf");
  });

  it("the coordinator sees who signed, and other words ask again", async () => {
    await page.goto("/agreements");
    await page.getByText("1 of 1 signed").waitFor();
    await audit(visitor, "agreements");
    await page.getByRole("link", { name: "Confidentiality" }).click();
    await page.getByText("Everybody has.").waitFor();
    await page.getByText("Put other words in force").click();
    const words = await page.getByRole("textbox", { name: "Words" }).inputValue();
    await page.getByRole("textbox", { name: "Words" }).fill(`${words}\n\nNor do I tell the cat.`);
    await page.getByLabel("Everybody signs again").check();
    await press("Put them in force");
    await page.getByRole("link", { name: "Nina Cut" }).waitFor();
    await audit(visitor, "an agreement that is owed");
    await phone.page.reload();
    await phone.page.getByText("Nor do I tell the cat.").waitFor();
    await phone.page.getByText("again: the words have changed").waitFor();
  });

  it("a stranger's browser opens nothing", async () => {
    const stranger = await newVisitor(browser, server.url);
    const bare = await stranger.page.goto("/mine");
    assert.equal(bare.status(), 403);
    await stranger.page.getByRole("heading", { name: "Open the link again" }).waitFor();
    await stranger.page.goto(link.slice(0, -4));
    await stranger.page.getByRole("heading", { name: "Open the link again" }).waitFor();
    await stranger.page.goto(`/mine?token=${"A".repeat(43)}`);
    await stranger.page.getByRole("heading", { name: "This link opens nothing" }).waitFor();
    await audit(stranger, "a link that opens nothing", { status: 403 });
  });
});
