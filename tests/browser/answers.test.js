// A register that somebody confirms, and the answers that an owner is given.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";

describe("what is confirmed, and answered", () => {
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
  const day = () => new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Madrid" }).format(new Date());
  const press = (name) => page.getByRole("button", { name, exact: true }).click();
  const enterClient = async (name, title, alias, isConfidential = false) => {
    await page.goto("/clients/new");
    await page.getByLabel("Name", { exact: true }).fill(name);
    if (isConfidential) await page.getByLabel("Its name may not be told").check();
    await press("Enter it");
    await page.getByRole("link", { name: "Enter a title" }).click();
    await page.getByLabel("Name", { exact: true }).fill(title);
    await page.getByLabel("Alias").fill(alias);
    await press("Enter it");
    await page.getByRole("heading", { name: title, level: 1 }).waitFor();
  };

  it("nothing is confirmed where nothing is entered", async () => {
    await page.goto("/titles/list");
    await page.getByText("there is nothing to confirm").waitFor();
    await audit(visitor, "no clients to confirm");
    await page.goto("/people/count");
    await page.getByText("Somebody works here, at least you").waitFor();
    await audit(visitor, "nobody to confirm");
    await page.goto("/answers");
    await page.getByText("No client was entered yet.").waitFor();
    await audit(visitor, "nobody to answer");
  });

  it("a list of clients that somebody confirms answers its control", async () => {
    await enterClient("Blue Lantern Pictures", "The Salt Road", "MARMOT");
    await enterClient("Vantage Originals", "Paper Tigers", "BADGER", true);
    await page.goto("/titles/list");
    await page.getByText("Nobody has confirmed this list yet.").waitFor();
    await page.getByText("The file names all your clients").waitFor();
    await audit(visitor, "a list to confirm");
    await page.getByLabel("I looked through this list today").check();
    await page.getByLabel("Note").fill("Compared with the bookings.");
    await press("Confirm that this is complete");
    assert.match(await flash(), /Confirmed/);
    await main().getByText(/Confirmed last on .* by Ada Reel: 2 clients/).waitFor();
    await main().getByText("Since then nothing was entered").waitFor();
    await audit(visitor, "a confirmed list");
    await main().getByRole("link", { name: "The document" }).click();
    await page.getByRole("heading", { name: "Active clients, confirmed as complete" }).waitFor();
    await page.goto("/controls/AD-2");
    await main().getByText("Active clients, confirmed as complete").first().waitFor();
    assert.match(await main().innerText(), /Pass/);
  });

  it("what was entered since is told, and a list that changed meanwhile is not confirmed", async () => {
    await page.goto("/titles/list");
    const other = await visitor.context.newPage();
    await other.goto("/clients/new");
    await other.getByLabel("Name", { exact: true }).fill("Kestrel Films");
    await other.getByLabel("Contract from").fill(day());
    await other.getByRole("button", { name: "Enter it", exact: true }).click();
    await other.close();
    await page.getByLabel("I looked through this list today").check();
    await press("Confirm that this is complete");
    await page.getByText("The list is not the one that you looked through").waitFor();
    await page.getByText("Since then: 1 entered, 0 changed, 0 taken out").waitFor();
    await page.getByText("Today there are 3.").waitFor();
    await audit(visitor, "a list that changed", { status: 422 });
    await page.getByLabel("I looked through this list today").check();
    await press("Confirm that this is complete");
    await main().getByText(/by Ada Reel: 3 clients/).waitFor();
  });

  it("people are counted and compared before they are confirmed", async () => {
    await page.goto("/people/new");
    await page.getByLabel("Name", { exact: true }).fill("Nina Cut");
    await page.getByLabel("As what").selectOption("freelancer");
    await page.getByLabel("What they do").fill("colourist");
    await page.getByLabel("First day").fill(day());
    await press("Enter them");
    await page.goto("/people/count");
    await page.getByLabel("I looked through this list today").check();
    await press("Confirm that this is complete");
    await page.getByText("Say with what you compared it").waitFor();
    await audit(visitor, "people compared with nothing", { status: 422 });
    await page.getByLabel("I looked through this list today").check();
    await page.getByLabel("the payroll list").check();
    await press("Confirm that this is complete");
    assert.match(await flash(), /Confirmed/);
    await main().getByText(/by Ada Reel: 1 person/).waitFor();
    await audit(visitor, "people confirmed");
  });

  it("an owner is answered for today, and takes the answers along in three forms", async () => {
    await page.goto("/titles");
    await page.getByRole("link", { name: "answer it for an owner" }).click();
    await audit(visitor, "whom to answer");
    await page.getByLabel("For", { exact: true }).selectOption({ label: "Blue Lantern Pictures" });
    await press("Answer");
    await page.getByRole("heading", { name: "Answers for Blue Lantern Pictures", level: 1 }).waitFor();
    await main().getByText("Blue Lantern Pictures; Kestrel Films.").waitFor();
    await main().getByText("One more is under a non-disclosure agreement").waitFor();
    const words = await main().innerText();
    for (const hidden of ["BADGER", "Paper Tigers"]) assert.ok(!words.includes(hidden), hidden);
    await audit(visitor, "answers");
    for (const [button, ending, begins] of [
      ["Download as PDF", "pdf", "%PDF"],
      ["as a workbook (XLSX)", "xlsx", "PK"],
      ["as a text (DOCX)", "docx", "PK"],
    ]) {
      const [file] = await Promise.all([page.waitForEvent("download"), press(button)]);
      assert.equal(file.suggestedFilename(), `answers-${day()}.${ending}`);
      const bytes = await readFile(await file.path());
      assert.equal(bytes.subarray(0, begins.length).toString(), begins);
    }
    await page.getByLabel("on", { exact: true }).fill("2020-01-01");
    await press("Answer");
    await page.getByText("Your record begins on").waitFor();
    await audit(visitor, "answers of before the record");
    await page.goto("/ledger");
    await page.getByRole("cell", { name: "Answers for an owner were handed out" }).first().waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ["/titles/list", "/people/count", "/answers"]) {
      await page.goto(path);
      await audit(visitor, `${path} on a phone`);
    }
    visitor.complaints();
  });
});
