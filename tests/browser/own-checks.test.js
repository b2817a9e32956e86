// The facility writes a check of its own with the form, previews it, changes it and retires it; and sets a number
// stricter than everybody's. All of it also without scripts.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { newVisitor, startChromium } from "./lib/browser.js";
import { auditor, setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";
import { until } from "./lib/until.js";

describe("own checks", { concurrency: false }, () => {
  let browser, server, page, look;

  before(async () => {
    server = await startServer();
    browser = await startChromium();
    const visitor = await newVisitor(browser, server.url);
    ({ page } = visitor);
    await setUp(visitor, server);
    look = auditor(visitor);
    await until("this computer answers", 60_000, async () => {
      await page.goto("/board");
      return page.locator(".frame--fail, .frame--pass").count();
    });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function fill(value) {
    await page.getByLabel("Control", { exact: true }).selectOption("IS-6");
    await page.getByLabel("What is so when it passes").fill("This house runs Debian");
    await page.locator("#field_1").selectOption("operating_system.product");
    await page.locator("#compared_1").selectOption("is");
    await page.locator("#value_1").fill(value);
    await page.getByLabel("What is wanted").fill("Debian, as the house technician knows it.");
  }

  it("nothing is asked at first", async () => {
    await page.goto("/settings/checks");
    await page.getByText("asks nothing of its own yet").waitFor();
    await look("own checks, none");
  });

  it("what is wrong stands beside its line and what was typed is kept", async () => {
    await page.getByRole("link", { name: "Write a check" }).click();
    await look("own check, form");
    await fill("");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.locator("#field_1-error").waitFor();
    assert.equal(await page.getByLabel("What is so when it passes").inputValue(), "This house runs Debian");
    await look("own check, refused", { status: 422 });
  });

  it("a preview says what it would say and writes nothing", async () => {
    await fill("no-such-system");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.locator("#preview").waitFor();
    assert.match(await page.locator("#preview").innerText(), /operating_system\.product == 'no-such-system'.*Fail/s);
    await look("own check, preview");
    await page.goto("/settings/checks");
    await page.getByText("asks nothing of its own yet").waitFor();
  });

  it("it is asked from then on and shown as the facility's own", async () => {
    await page.goto("/settings/checks/new");
    await fill("no-such-system");
    await page.getByRole("button", { name: "Ask it from now on" }).click();
    await page.getByRole("link", { name: "This house runs Debian" }).waitFor();
    await look("own checks");
    await page.goto("/controls/IS-6");
    const check = page.locator(".check", { hasText: "This house runs Debian" });
    assert.match(await check.innerText(), /the facility’s own.*Fail/s);
    await look("control with an own check");
  });

  it("a change is a version", async () => {
    await page.goto("/settings/checks");
    await page.getByRole("link", { name: "This house runs Debian" }).click();
    await page.getByRole("link", { name: "Change it" }).click();
    await page.getByLabel("Condition").fill("operating_system.product != 'no-such-system'");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.locator("#preview").waitFor();
    await page.getByRole("button", { name: "Ask it so from now on" }).click();
    await page.getByText("Version 2").waitFor();
    await look("own check, two versions");
  });

  it("a laxer number is refused and a stricter one stands beside everybody's", async () => {
    await page.goto("/settings/checks/thresholds/screen_lock_s");
    await page.getByLabel("Seconds").fill("1200");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.locator("#value-error").waitFor();
    await look("threshold, laxer", { status: 422 });
    await page.getByLabel("Seconds").fill("300");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.locator("#preview").waitFor();
    await look("threshold, preview");
    await page.getByRole("button", { name: "Ask with it" }).click();
    await page.getByText("5 minutes (300 seconds)", { exact: true }).waitFor();
  });

  it("what is retired is asked no more", async () => {
    await page.getByRole("link", { name: "This house runs Debian" }).click();
    await page.getByLabel("Why").fill("the house moved on");
    await page.getByRole("button", { name: "Retire it" }).click();
    await page.getByRole("heading", { name: "Retired" }).waitFor();
    await look("own checks, retired");
  });
});
