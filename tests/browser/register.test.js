// Who works here and on what: entered, found, counted and forgotten, as a coordinator does on any Monday.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";

describe("people and titles", () => {
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

  it("a client and a title are entered before anybody works on them", async () => {
    await page.goto("/titles");
    await audit(visitor, "no titles");
    await page.getByRole("link", { name: "Enter your first client" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Blue Lantern Pictures");
    await press("Enter it");
    assert.match(await flash(), /Now enter the titles/);
    await page.getByRole("link", { name: "Enter a title" }).click();
    await page.getByLabel("Name", { exact: true }).fill("The Salt Road");
    await page.getByLabel("Alias").fill("MARMOT");
    await press("Enter it");
    await page.getByRole("heading", { name: "The Salt Road", level: 1 }).waitFor();
    await audit(visitor, "a title");
    await page.goto("/titles");
    await audit(visitor, "titles");
    await page.getByRole("button", { name: "Draw it up" }).click();
    await page.getByRole("heading", { name: "Active clients of Halide Post" }).waitFor();
    await audit(visitor, "the list of active clients");
  });

  it("somebody is entered, and what is wrong is told beside its field with what was typed kept", async () => {
    await page.goto("/people");
    await page.getByText("Nobody is engaged today.").waitFor();
    await audit(visitor, "nobody here");
    await page.getByRole("link", { name: "Enter somebody" }).click();
    await audit(visitor, "somebody new");
    await page.getByLabel("Name", { exact: true }).fill("Nina Cut");
    await page.getByLabel("E-mail address").fill("Nina@halide.example");
    await page.getByLabel("Telephone").fill("extension nine");
    await page.getByLabel("As what").selectOption("freelancer");
    await page.getByLabel("What they do").fill("colourist");
    await page.getByLabel("First day").fill(day(-3));
    await page.getByLabel("Last day").fill(day(-5));
    await press("Enter them");
    await page.getByText("Choose a day that is not before the first one.").waitFor();
    await page.getByText("Write the number with digits").waitFor();
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Nina Cut");
    await audit(visitor, "somebody refused", { status: 422 });
    await page.getByLabel("Telephone").fill("+34 91 000 00 00");
    await page.getByLabel("Last day").fill(day(10));
    await press("Enter them");
    await page.getByRole("heading", { name: "Nina Cut", level: 1 }).waitFor();
    assert.match(await flash(), /Entered/);
    await audit(visitor, "somebody");
  });

  it("whoever returns is found by their address and not entered twice", async () => {
    await page.goto("/people/new");
    await page.getByLabel("Name", { exact: true }).fill("Nina C.");
    await page.getByLabel("E-mail address").fill("nina@halide.example");
    await page.getByLabel("As what").selectOption("employee");
    await page.getByLabel("What they do").fill("colourist");
    await press("Enter them");
    await audit(visitor, "somebody known", { status: 422 });
    await page.getByRole("link", { name: "Open Nina Cut" }).click();
    await page.getByRole("heading", { name: "Nina Cut", level: 1 }).waitFor();
  });

  it("they are put on a title beyond their engagement, which their page remarks", async () => {
    await page.getByText("Put them on a title").click();
    const form = page.locator("#assign");
    await form.getByLabel("Title").selectOption({ label: "The Salt Road (Blue Lantern Pictures)" });
    await form.getByLabel("What they do").fill("grading");
    await form.getByLabel("Last day").fill(day(20));
    await form.getByRole("button", { name: "Put Nina Cut on it" }).click();
    await main().getByText("not engaged on all of these days").waitFor();
    await audit(visitor, "somebody on a title");
    await page.getByRole("link", { name: "colourist" }).click();
    await audit(visitor, "an engagement");
    await page.getByLabel("Last day").fill(day(25));
    await press("Save");
    await page.getByRole("heading", { name: "Nina Cut", level: 1 }).waitFor();
    assert.equal(await main().getByText("not engaged on all of these days").count(), 0);
    await page.getByRole("link", { name: "MARMOT" }).click();
    await audit(visitor, "an assignment");
  });

  it("the list and the count tell them today, and not before they came", async () => {
    await page.goto("/people");
    await main().getByRole("link", { name: "Nina Cut" }).waitFor();
    await main().getByText("MARMOT").waitFor();
    await audit(visitor, "people");
    for (const [tab, count] of [["Coming", 0], ["Left", 0], ["All", 1]]) {
      await page.getByRole("navigation", { name: "Which people" }).getByRole("link", { name: tab }).click();
      assert.equal(await main().getByRole("link", { name: "Nina Cut" }).count(), count, tab);
    }
    await page.getByLabel("Name or address").fill("NINA@hal");
    await press("Look");
    await main().getByRole("link", { name: "Nina Cut" }).waitFor();
    await page.goto("/people/count");
    await page.getByRole("heading", { name: "1 person", level: 1 }).waitFor();
    await page.getByLabel("who sees the content of").selectOption({ label: "Blue Lantern Pictures" });
    await press("Show");
    await page.getByText("see the content of Blue Lantern Pictures").waitFor();
    await audit(visitor, "the count");
    const [table] = await Promise.all([
      page.waitForEvent("download"),
      press("Download as a table (CSV)"),
    ]);
    assert.equal(table.suggestedFilename(), `people-${day(0)}.csv`);
    await page.getByLabel("On", { exact: true }).fill(day(-4));
    await press("Show");
    await page.getByRole("heading", { name: "0 people", level: 1 }).waitFor();
    await audit(visitor, "the count of a day on which nobody was here");
  });

  it("they leave, ask to be forgotten, and are", async () => {
    await page.goto("/people");
    await main().getByRole("link", { name: "Nina Cut" }).click();
    const address = page.url();
    await page.getByText("They ask to be forgotten").click();
    const forget = page.locator("#forget");
    await forget.getByLabel("Why").fill("Asked for it in writing.");
    await forget.getByRole("button", { name: "Forget Nina Cut" }).click();
    await page.getByText("This person is engaged or assigned today or later.").waitFor();
    for (const work of ["colourist", "MARMOT"]) {
      await page.goto(address);
      await page.getByRole("link", { name: work }).click();
      await page.getByLabel("First day").fill(day(-3));
      await page.getByLabel("Last day").fill(day(-1));
      await press("Save");
    }
    await page.getByText("They ask to be forgotten").click();
    await forget.getByLabel("Why").fill("Asked for it in writing.");
    await forget.getByRole("button", { name: "Forget Nina Cut" }).click();
    await page.waitForURL("**/people");
    assert.match(await flash(), /Forgotten/);
    await page.goto(`/people?tab=all`);
    assert.equal(await page.getByText("Nina Cut").count(), 0);
    await page.goto(`/people/count?on=${day(-2)}`);
    await page.getByRole("heading", { name: "1 person", level: 1 }).waitFor();
    const gone = await page.goto(address);
    assert.equal(gone.status(), 404);
    await page.goto("/ledger");
    await page.getByRole("cell", { name: "Somebody was forgotten" }).waitFor();
    assert.equal(await page.getByText("Nina Cut").count(), 0);
    visitor.complaints();
  });
});
