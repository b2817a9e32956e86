// A handbook is written from our words, sent, approved, and read by a freelancer on a telephone.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";

describe("policies", () => {
  let server, browser, visitor, page, phone, policy;

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

  it("a policy begins from words that name the facility, and shows how it will look", async () => {
    await page.goto("/policies");
    await page.getByRole("heading", { name: "No topic is covered" }).waitFor();
    await audit(visitor, "no policies");
    await page.getByRole("link", { name: /all seven topics in one/ }).click();
    const words = page.getByRole("textbox", { name: "Words" });
    assert.match(await words.inputValue(), /Halide Post/);
    await words.fill(`${await words.inputValue()}\n\n<script>document.title = "run"</script>\n\n[here](javascript:alert(1))`);
    await press("Show how it will look");
    await page.getByText("Nothing is saved yet.").waitFor();
    assert.notEqual(await page.title(), "run");
    assert.equal(await page.locator(".prose script").count(), 0);
    assert.equal(await page.locator('.prose a[href^="javascript"]').count(), 0);
    await audit(visitor, "how it will look");
    await words.fill((await words.inputValue()).replace(/\n\n<script>[^]*$/, ""));
    await press("Save the draft");
    await page.getByText("Not in force yet: nobody has to keep to it.").waitFor();
    policy = page.url();
    await audit(visitor, "a draft");
  });

  it("sent and approved by oneself where there is nobody else, which is said", async () => {
    await press("Send it to be approved");
    await page.getByText("There is nobody else who could approve it").waitFor();
    await audit(visitor, "waits to be approved");
    await press("Approve: put it in force");
    await page.getByText("no second person approved it").waitFor();
    await audit(visitor, "in force");
    await page.goto("/policies");
    await page.getByRole("heading", { name: "All seven topics are covered" }).waitFor();
    await audit(visitor, "covered");
    await page.getByRole("link", { name: "the handbook" }).click();
    await page.getByText("policies.pdf").first().waitFor();
    await page.goto("/controls/AD-5");
    await page.getByText("Policies", { exact: true }).first().waitFor();
  });

  it("what nobody else approved is not reviewed on the same day", async () => {
    await page.goto(policy);
    await page.getByText("Reviewed: nothing to change").click();
    await press("I read it, and nothing is to be changed");
    await page.getByText("looked at again once you have slept on it").waitFor();
    await audit(visitor, "reviewed too soon", { status: 422 });
  });

  it("a freelancer reads it on a telephone and says so, and the coordinator sees it", async () => {
    await page.goto("/people/new");
    await page.getByLabel("Name", { exact: true }).fill("Nina Cut");
    await page.getByLabel("As what").selectOption("freelancer");
    await page.getByLabel("What they do").fill("colourist");
    await press("Enter them");
    await page.getByText("not read").waitFor();
    await press("Make the link by which they sign");
    const link = await page.locator(".secret-once code").first().innerText();
    await phone.page.goto(link);
    await phone.page.waitForURL("**/mine");
    await audit(phone, "what is to be read");
    await phone.page.getByRole("link", { name: /Content security handbook/ }).click();
    await audit(phone, "a policy to be read");
    assert.equal(await phone.page.locator(".rail").count(), 0);
    await press("I have read this and will keep to it", phone.page);
    await phone.page.getByRole("heading", { name: "Nothing more to do" }).waitFor();
    await audit(phone, "everything is read");
    await page.goto(policy);
    await page.getByText("1 of 1 read it").waitFor();
    await page.getByText("Everybody has.").waitFor();
    await audit(visitor, "read by all");
  });

  it("other words ask again where that is said, and what covers a topic alone is not retired unseen", async () => {
    await page.getByRole("link", { name: "Write other words" }).click();
    const words = page.getByRole("textbox", { name: "Words" });
    await words.fill(`${await words.inputValue()}\n\nNor do we tell the cat.`);
    await page.getByLabel("Everybody reads it again").check();
    await press("Save the draft");
    await press("Send it to be approved");
    await press("Approve: put it in force");
    await page.getByRole("link", { name: "Nina Cut" }).waitFor();
    await phone.page.goto("/mine");
    await phone.page.getByRole("link", { name: /Content security handbook/ }).click();
    await phone.page.getByText("Nor do we tell the cat.").waitFor();
    await phone.page.getByText("again: the words have changed").waitFor();
    await page.getByText("Take it out of force").first().click();
    await page.getByLabel("Why").fill("Two others replace it.");
    await press("Take it out of force");
    await page.goto("/policies");
    await page.getByRole("heading", { name: "No topic is covered" }).waitFor();
    await page.goto("/controls/AD-5");
    await audit(visitor, "its control, without it");
  });
});
