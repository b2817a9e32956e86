// The facility looks at a second framework, chooses it, finds its board and drops it again. All of it also without
// scripts.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { newVisitor, startChromium } from "./lib/browser.js";
import { auditor, setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";
import { until } from "./lib/until.js";

describe("frameworks", { concurrency: false }, () => {
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

  const mpa = () => page.getByLabel(/MPA content security best practices/);
  const minimum = () => page.getByLabel(/Netflix minimum content security/);

  it("one is answered, and the board shows no tabs", async () => {
    assert.equal(await page.getByRole("navigation", { name: "Frameworks" }).count(), 0);
    await page.goto("/settings/frameworks");
    assert.equal(await minimum().isChecked(), true);
    assert.equal(await mpa().isChecked(), false);
    await look("frameworks");
    await page.goto("/controls/OR-1.0");
    await page.locator("#not-answered").waitFor();
    await look("control that is not answered");
  });

  it("at least one is chosen", async () => {
    await page.goto("/settings/frameworks");
    await minimum().uncheck();
    await page.getByRole("button", { name: "Answer these" }).click();
    await page.locator("#frameworks-error").waitFor();
    await look("frameworks, refused", { status: 422 });
  });

  it("a preview says what would be red and writes nothing", async () => {
    await page.goto("/settings/frameworks");
    await mpa().check();
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByRole("heading", { name: "How it would stand today" }).waitFor();
    assert.equal(await mpa().isChecked(), true);
    await look("frameworks, preview");
    await page.goto("/board");
    assert.equal(await page.getByRole("navigation", { name: "Frameworks" }).count(), 0);
  });

  it("what is chosen has a board of 82, and the other stands as it stood", async () => {
    await page.goto("/settings/frameworks");
    await mpa().check();
    await page.getByRole("button", { name: "Answer these" }).click();
    await page.getByText("Answered from now on").waitFor();
    await page.goto("/board");
    const tabs = page.getByRole("navigation", { name: "Frameworks" });
    assert.equal(await page.locator(".frame").count(), 33);
    await tabs.getByRole("link", { name: /MPA/ }).click();
    await page.getByText("82 controls.").waitFor();
    assert.equal(await page.locator(".frame").count(), 82);
    await look("board of 82");
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    await page.goto(`/board?framework=mpa-best-practices&as_of=${yesterday}`);
    await page.getByText("This framework was not answered here on that day.").waitFor();
    assert.equal(await page.locator(".frame").count(), 82);
    await look("board of a day without it", { status: 422 });
    await page.goto("/board?framework=mpa-best-practices");
    await page.getByRole("link", { name: /TS-1\.3/ }).first().click();
    await page.getByRole("heading", { name: "Computers are protected" }).waitFor();
    await look("control of a second framework");
    await page.goto("/packs");
    await page.getByLabel("Framework").selectOption("mpa-best-practices");
    await look("packs of two frameworks");
  });

  it("what is dropped is gone from the board and readable", async () => {
    await page.goto("/settings/frameworks");
    await mpa().uncheck();
    await page.getByRole("button", { name: "Answer these" }).click();
    await page.getByText("Answered from now on").waitFor();
    await page.goto("/board");
    assert.equal(await page.locator(".frame").count(), 33);
    const gone = await page.goto("/board?framework=mpa-best-practices");
    assert.equal(gone.status(), 404);
  });
});
