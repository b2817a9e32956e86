// A risk of the trade is taken up, falls when a control is met, is borne, reviewed and closed, at a desk and on a telephone.

import assert from "node:assert/strict";
import { AxeBuilder } from "@axe-core/playwright";
import { after, before, describe, it } from "node:test";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";

describe("risks", () => {
  let server, browser, visitor, page, risk;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
    visitor = await newVisitor(browser, server.url, { viewport: { width: 1280, height: 900 } });
    ({ page } = visitor);
    await setUp(visitor, server);
  });
  after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), "exit 0", server?.log());
  });

  const press = (name) => page.getByRole("button", { name, exact: true }).click();
  const level = () => page.locator("#now-title + .level").innerText();

  // What stands in the page itself; the menu is held to it elsewhere.
  async function narrow(where) {
    await page.setViewportSize({ width: 390, height: 800 });
    for (const colorScheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).include("main").analyze();
      const words = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}`));
      assert.deepEqual(words, [], `${where}, on a telephone, ${colorScheme}`);
    }
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(beyond <= 0, `${where}: ${beyond} pixels stand out`);
    await page.setViewportSize({ width: 1280, height: 900 });
  }

  it("a scenario of the trade becomes a risk that nothing holds yet", async () => {
    await page.goto("/documents");
    await page.getByRole("link", { name: "Risks", exact: true }).click();
    await page.getByText("No risk is followed yet.").waitFor();
    await audit(visitor, "no risks");
    await narrow("no risks");
    await page.getByRole("link", { name: "The owner is told too late" }).click();
    assert.equal(await page.getByRole("checkbox", { name: /^AD-6/ }).isChecked(), true);
    await audit(visitor, "a new risk");
    await narrow("a new risk");
    await page.getByLabel("How likely, with nothing done about it").selectOption("4");
    await press("Add it");
    await page.getByText("Nothing: no control that treats it is met.").waitFor();
    assert.equal(await level(), "20 severe");
    risk = page.url();
    await audit(visitor, "a risk that nothing holds");
    await narrow("a risk that nothing holds");
  });

  it("it falls when a control is met, and says which", async () => {
    await page.goto("/controls/AD-6");
    const form = page.locator("#attestation-form");
    await form.getByLabel("What you state").fill("Inés Okafor answers for content security; her number hangs in every suite.");
    await form.getByLabel("Last day").fill(new Date(Date.now() + 30 * 86400e3).toISOString().slice(0, 10));
    await press("Sign it");
    await page.getByText("Pass").first().waitFor();
    await page.goto(risk);
    assert.equal(await level(), "15 severe");
    const holds = page.getByRole("region", { name: "What holds it today" });
    await holds.getByRole("link", { name: /^AD-6/ }).waitFor();
    await audit(visitor, "a risk that one control holds");
  });

  it("what is wrong stands beside its field and keeps what was typed", async () => {
    await page.getByLabel("What you looked at, and what came of it").fill("We rang everybody on the list.");
    await page.getByLabel("Next review by").fill("2020-01-01");
    await press("It was reviewed");
    await page.getByText("The day of the next review lies ahead.").waitFor();
    await audit(visitor, "a review that is refused", { status: 422 });
    await page.getByLabel("Next review by").fill("");
    await press("It was reviewed");
    await page.getByText("Reviewed; a task for it is closed.").waitFor();
    await page.getByText("We rang everybody on the list.").waitFor();
  });

  it("what is left is borne until a day, and that lowers nothing", async () => {
    await page.getByLabel("Why it can be borne").fill("The owner agreed to it in writing.");
    const ahead = new Date(Date.now() + 30 * 86400e3).toISOString().slice(0, 10);
    await page.getByLabel("Last day").fill(ahead);
    await press("Bear it");
    await page.getByText("The owner agreed to it in writing.").waitFor();
    assert.equal(await level(), "15 severe");
    await audit(visitor, "a risk that is borne");
    await narrow("a risk that is borne");
  });

  it("two who change the same do not undo each other", async () => {
    await page.getByRole("link", { name: "Change it" }).click();
    const second = await page.context().newPage();
    await second.goto(`${risk}/change`);
    await second.getByLabel("What can happen, and why").fill("Because nobody answers the telephone, the owner hears it elsewhere.");
    await second.getByRole("button", { name: "Save" }).click();
    await second.getByText("Because nobody answers the telephone").waitFor();
    await second.close();
    await page.getByLabel("What can happen, and why").fill("Other words.");
    await press("Save");
    await page.getByText("Somebody changed this risk since you looked.").waitFor();
    assert.equal(await page.getByLabel("What can happen, and why").inputValue(), "Other words.");
    await audit(visitor, "changed meanwhile", { status: 422 });
  });

  it("the map and the list show it, and the register is handed over", async () => {
    await page.goto("/risks/new?from=stolen-drive");
    await press("Add it");
    await page.getByText("Added.", { exact: false }).waitFor();
    await page.goto("/risks");
    await page.getByRole("heading", { name: "As they stand today" }).waitFor();
    assert.equal(await page.locator(".heat a").count(), 2);
    await audit(visitor, "the register");
    await narrow("the register");
    const download = page.waitForEvent("download");
    await press("Download as PDF");
    assert.match((await download).suggestedFilename(), /^risks-.*\.pdf$/);
    await page.getByRole("link", { name: "Show them with nothing done" }).click();
    await page.getByRole("heading", { name: "With nothing done about them" }).waitFor();
    await audit(visitor, "with nothing done");
  });

  it("what cannot happen any more is closed and stays to be read", async () => {
    await page.goto(risk);
    await page.getByText("It cannot happen any more").click();
    await page.locator("#close").getByLabel("Why").fill("We hand content on to nobody.");
    await press("Close it");
    await page.getByText("Followed no more since").waitFor();
    assert.equal(await page.getByRole("button", { name: "It was reviewed" }).count(), 0);
    await audit(visitor, "a closed risk");
    await page.goto("/risks");
    await page.getByText("Followed no more: 1").click();
    await page.getByText("We hand content on to nobody.").waitFor();
    await audit(visitor, "with a closed one");
  });
});
