// Audits: one is entered, its report given, what it found followed until it is mended; on a telephone, too.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";

describe("audits", () => {
  let server, browser, visitor, page;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
    visitor = await newVisitor(browser, server.url);
    ({ page } = visitor);
    await setUp(visitor, server);
  });
  after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), "exit 0", server?.log());
  });

  const main = () => page.locator("main");
  const flash = () => page.locator(".flash").innerText();
  /** The facility's civil day, so many days from today. */
  const day = (from) => {
    const today = new Date(Date.now() + from * 86_400_000);
    return new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Madrid" }).format(today);
  };
  const press = (name) => page.getByRole("button", { name, exact: true }).click();

  it("an audit is entered, and what is wrong is told beside its field", async () => {
    await page.goto("/controls/AD-8");
    await page.getByRole("link", { name: "The register of audits and penetration tests" }).click();
    await page.getByText("No audit was entered yet.").waitFor();
    await audit(visitor, "no audits");
    await page.getByRole("link", { name: "Enter an audit or a test" }).click();
    await audit(visitor, "a new audit");
    await page.getByLabel("Kind").selectOption({ label: "Audit: TPN assessment" });
    await page.getByLabel("Firm").fill("Blue Harbour Assurance");
    await page.getByLabel("First day").fill(day(-20));
    await page.getByLabel("Day of the report").fill(day(3));
    await press("Enter it");
    await page.getByText("Choose a day from the first one of the audit to today.").waitFor();
    assert.equal(await page.getByLabel("Firm").inputValue(), "Blue Harbour Assurance");
    await audit(visitor, "an audit refused", { status: 422 });
    await page.getByLabel("Day of the report").fill(day(-5));
    await press("Enter it");
    await page.getByRole("heading", { name: "TPN assessment", level: 1 }).waitFor();
    assert.match(await flash(), /Now give its report/);
    await page.getByText("evidence of nothing yet").waitFor();
    await audit(visitor, "an audit without a report");
  });

  it("its report turns the control", async () => {
    await page.getByLabel("File").setInputFiles({
      name: "report.pdf",
      mimeType: "application/pdf",
      buffer: Buffer.from("the report"),
    });
    await press("Upload");
    await main().getByRole("link", { name: "report.pdf" }).waitFor();
    await audit(visitor, "an audit with its report");
    await page.getByRole("link", { name: "AD-8" }).click();
    await page.locator(".slate").getByText("Pass").first().waitFor();
  });

  it("a finding is a task, and is closed on its own page alone", async () => {
    await page.goto("/audits");
    await audit(visitor, "audits");
    await page.getByRole("link", { name: "TPN assessment" }).click();
    await page.getByRole("link", { name: "Enter a finding" }).click();
    await audit(visitor, "a new finding");
    await page.getByLabel("Reference").fill("3.1");
    await page.getByLabel("What was found").fill("The guest Wi-Fi reaches the render network.");
    await page.getByLabel("Severity").selectOption("high");
    await press("Enter it");
    assert.match(await flash(), /with a task/);
    await audit(visitor, "an audit with a finding");
    await page.goto("/tasks");
    const task = page.locator(".task", { hasText: "The guest Wi-Fi" });
    assert.equal(await task.getByText("Done").count(), 0, "it is not closed there");
    await task.getByRole("link", { name: "what an audit found" }).click();
    await page.getByRole("heading", { name: "The guest Wi-Fi reaches", level: 1 }).waitFor();
    await page.setViewportSize({ width: 390, height: 800 });
    await audit(visitor, "a finding on a telephone");
    await page.getByLabel("Why it can be borne").fill("Nobody is there until the move.");
    await page.locator("#accept").getByLabel("Last day").fill(day(30));
    await press("Accept the risk");
    await page.getByRole("heading", { name: "Risk accepted" }).waitFor();
    await page.locator("#reopen").getByLabel("Why").fill("Somebody is.");
    await press("Open it again");
    await page.getByRole("heading", { name: "Open", exact: true }).waitFor();
    await page.getByLabel("What was done").fill("A network of its own.");
    await press("Close the finding");
    await page.getByRole("heading", { name: "Closed" }).waitFor();
    await audit(visitor, "a closed finding");
    await page.goto("/tasks");
    assert.equal(await page.locator(".task", { hasText: "The guest Wi-Fi" }).count(), 0);
  });

  it("the list is handed over, and an audit taken out", async () => {
    await page.goto("/audits");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      press("Download as a table (CSV)"),
    ]);
    assert.match(download.suggestedFilename(), /^audits-\d{4}-\d\d-\d\d\.csv$/);
    await page.getByRole("link", { name: "TPN assessment" }).click();
    await page.getByText("It was entered by mistake").click();
    await page.getByLabel("Why").fill("It was another site's.");
    await press("Take it out");
    await page.getByText("No audit was entered yet.").waitFor();
  });
});
