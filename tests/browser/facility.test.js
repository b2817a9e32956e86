// What the facility is like: described, counted for its control, taken back when it moves.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";

describe("the facility", () => {
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

  const press = (name) => page.getByRole("button", { name, exact: true }).click();

  it("what is typed wrongly is told beside its field, and the rest stays", async () => {
    await page.goto("/documents");
    await page.getByRole("link", { name: "Facility", exact: true }).click();
    await page.getByText("Nobody has described it yet.").waitFor();
    await audit(visitor, "a facility that nobody described");
    await page.getByLabel("What it is in").selectOption("shared");
    await page.getByLabel("Floor, in square metres").fill("12,5");
    await page.getByLabel("Rooms, and where content is").fill("Second floor. Content: two grading rooms.");
    await page.getByLabel("Who is in the building").fill("Below us a dentist.");
    await page.getByLabel("Place on the map").fill("40.41678, -3.70379");
    await press("Say so");
    await page.getByText("Write whole square metres").waitFor();
    assert.equal(await page.getByLabel("Who is in the building").inputValue(), "Below us a dentist.");
    await audit(visitor, "a facility described wrongly", { status: 422 });
  });

  it("what is said answers its control for a year", async () => {
    await page.getByLabel("Floor, in square metres").fill("420");
    await press("Say so");
    await page.getByText("Said. The file of it counts as a document for a year.").waitFor();
    await page.getByText("420 m²").waitFor();
    const link = page.getByRole("link", { name: "Show it on OpenStreetMap" });
    assert.match(await link.getAttribute("href"), /^https:\/\/www\.openstreetmap\.org\/\?mlat=40\.416780&mlon=-3\.703790#/);
    await audit(visitor, "a facility that is described");
    await page.getByRole("link", { name: "AD-1" }).first().click();
    await page.getByText("Facility profile").first().waitFor();
    await page.locator("main .status--pass, main [class*=pass]").first().waitFor();
  });

  it("another address takes it back until somebody looks", async () => {
    await page.goto("/settings");
    await page.getByLabel("Address").fill("Another street 2");
    await press("Save");
    await page.goto("/facility");
    await page.getByText("It does not count any more").waitFor();
    await page.getByText("Another street 2").waitFor();
    await audit(visitor, "a facility that moved");
    await press("It is so today");
    await page.getByText("and counts to the end of").waitFor();
  });
});
