// The demonstration: what it prints lets a person in, and every page says what it is.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { enterPassword } from "./lib/people.js";
import { startDemonstration } from "./lib/server.js";

let server;
let browser;
let visitor;

before(async () => {
  server = await startDemonstration(12);
  browser = await startChromium();
  visitor = await newVisitor(browser, server.url);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("a person gets in with what was printed, and is told on every page that all of it is invented", async () => {
  const { page } = visitor;
  const { signIn } = server;
  const banner = page.getByRole("complementary", { name: "Demonstration" });
  await enterPassword(visitor, signIn);
  assert.ok(await banner.isVisible(), "before anybody is known");
  await page.locator("summary").click();
  await page.getByLabel("One of your recovery codes").fill(signIn.codes[0]);
  await page.locator("form[action$='/sign-in/recovery'] button").click();
  await page.waitForURL("**/board");
  assert.equal(await page.locator(".frame").count(), 33);
  assert.ok(await page.locator(".frame--fail").count() >= 2, "some of it fails");
  assert.ok(await page.locator(".frame--pass").count() >= 15, "most of it does not");
  for (const area of ["board", "tasks", "devices", "documents", "attestations", "exceptions", "packs", "ledger", "settings", "controls/IS-7", "no-such-page"]) {
    await page.goto(`/${area}`);
    assert.ok(await banner.isVisible(), area);
  }
  visitor.complaints();
  await page.goto("/board");
  await audit(visitor, "the board of a demonstration");
});
