// Who leaves: what a coordinator takes back on a Friday, and what ends by itself when the day is over.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";
import { until } from "./lib/until.js";

describe("who leaves", () => {
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
  const day = (from) => {
    const today = new Date(Date.now() + from * 86_400_000);
    return new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Madrid" }).format(today);
  };
  const press = (name) => page.getByRole("button", { name, exact: true }).click();
  const open = () => page.getByRole("region", { name: "To be done" });
  const row = (words) => main().locator("li.row").filter({ hasText: words });

  async function enter(name) {
    await page.goto("/people/new");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("As what").selectOption("freelancer");
    await page.getByLabel("What they do").fill("colourist");
    await page.getByLabel("First day").fill(day(-30));
    await press("Enter them");
    await page.getByRole("heading", { name, level: 1 }).waitFor();
  }

  /** From somebody's page: their only engagement ends so many days from today, or goes on. */
  async function end(from) {
    await main().getByRole("link", { name: "colourist" }).click();
    await page.getByLabel("Last day").fill(from === null ? "" : day(from));
    await press("Save");
  }

  it("nobody leaves, and the page says how somebody does", async () => {
    await page.goto("/people");
    await main().getByRole("link", { name: "Who leaves" }).click();
    await main().getByText("Nobody leaves, and nothing is left to take back.").waitFor();
    await audit(visitor, "nobody leaves");
  });

  it("the facility says what it takes back, and another’s change is not written over", async () => {
    await main().getByRole("link", { name: "What is taken back" }).click();
    await audit(visitor, "what is taken back");
    const other = await visitor.context.newPage();
    await other.goto("/leavings/items");
    await other.getByLabel("Things to take back").fill("Badge\nParking card\nDrives");
    await other.getByRole("button", { name: "Save" }).click();
    await other.locator(".flash").waitFor();
    await other.close();
    await page.getByLabel("Things to take back").fill("Badge");
    await press("Save");
    await page.getByText("Somebody changed the list meanwhile.").waitFor();
    assert.equal(await page.getByLabel("Things to take back").inputValue(), "Badge");
    await audit(visitor, "what is taken back, changed meanwhile", { status: 422 });
  });

  it("a last day opens a task for each thing, closed with a word on what shows it", async () => {
    await enter("Nina Cut");
    await end(2);
    await main().getByRole("heading", { name: "Leaves" }).waitFor();
    await audit(visitor, "somebody who leaves");
    await main().getByRole("link", { name: /^Last day/ }).click();
    await page.getByRole("heading", { name: "Nina Cut leaves", level: 1 }).waitFor();
    await audit(visitor, "a leaving");
    const badge = row("Badge");
    await badge.getByText("Close it").first().click();
    await badge.getByLabel("What shows it").fill("x");
    await badge.getByRole("button", { name: "Close it" }).click();
    await badge.getByText("in 3 to 500 characters").waitFor();
    await audit(visitor, "a step refused", { status: 422 });
    await badge.getByLabel("What shows it").fill("badge 12 lies in the safe");
    await badge.getByRole("button", { name: "Close it" }).click();
    assert.match(await flash(), /its task with it/);
    await row("badge 12 lies in the safe").getByText("done", { exact: true }).waitFor();
    const card = row("Parking card");
    await card.getByText("Close it").first().click();
    await card.getByLabel("They never had one").check();
    await card.getByLabel("What shows it").fill("came by train");
    await card.getByRole("button", { name: "Close it" }).click();
    await row("came by train").getByText("had none").waitFor();
    await page.goto("/tasks");
    assert.equal(await open().getByText(/^Leaving: /).count(), 1);
    await main().getByRole("link", { name: "Leaving: Drives" }).click();
    assert.equal(await main().getByText("Nina").count(), 0, "a task names nobody");
    await audit(visitor, "the task of a step");
    await page.getByLabel("What shows that it was done").fill("drive 7 is on the shelf");
    await press("Close the task");
    await page.goto("/leavings");
    await row("Nina Cut").getByText("3 of 6 still to do").waitFor();
    await audit(visitor, "who leaves");
  });

  it("when the day is over, what ends by itself has ended", async () => {
    await row("Nina Cut").getByRole("link").click();
    await main().getByRole("link", { name: "Their page" }).click();
    await end(-1);
    await main().getByRole("link", { name: /^Last day/ }).click();
    const address = page.url();
    await until("the leaving is settled", 60_000, async () => {
      await page.goto(address);
      return (await page.getByRole("heading", { name: "Nina Cut has left", level: 1 }).count()) === 1;
    });
    await main().getByText("All is taken back.").waitFor();
    await audit(visitor, "somebody has left");
    await page.goto("/leavings?tab=over");
    await row("Nina Cut").getByText("all is taken back").waitFor();
    await audit(visitor, "leavings that are over");
  });

  it("who stays after all owes nothing", async () => {
    await enter("Omar Reel");
    await end(5);
    await page.getByRole("link", { name: /^Last day/ }).waitFor();
    await end(null);
    await page.getByRole("link", { name: /^Not on/ }).click();
    await page.getByRole("heading", { name: "Omar Reel stays", level: 1 }).waitFor();
    await audit(visitor, "a leaving called off");
    await page.goto("/tasks");
    assert.equal(await open().getByText(/^Leaving: /).count(), 0);
  });
});
