// Two people are named, each confirms their own number on a telephone, and another number asks again.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";

const NINA = { name: "Nina Cut", email: "nina@halide.example", phone: "+46 70 123 45 67" };
const OTTO = { name: "Otto Grade", email: "otto@halide.example", phone: "08 123 45 67" };

describe("security contacts", () => {
  let server, browser, visitor, page, phone;

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

  /** The personal link of somebody, made from the sheet. */
  const link = async (who) => {
    await page.goto("/contacts");
    await press(`Make the link for ${who.name}`);
    return page.locator(".secret-once code").first().innerText();
  };

  /** Opens somebody's link on the telephone. */
  const open = async (who) => {
    await phone.page.goto(await link(who));
    await phone.page.waitForURL("**/mine");
    await phone.page.getByRole("heading", { name: "Can you be called?" }).waitFor();
  };

  const RIGHT = "This is right: call me there at any hour";

  it("nobody is named before somebody works here", async () => {
    for (const who of [NINA, OTTO]) {
      await page.goto("/people/new");
      await page.getByLabel("Name", { exact: true }).fill(who.name);
      await page.getByLabel("E-mail").fill(who.email);
      await page.getByLabel("As what").selectOption("employee");
      await page.getByLabel("What they do").fill("post supervisor");
      await press("Enter them");
    }
    await page.goto("/people");
    await page.getByRole("link", { name: "Security contacts" }).click();
    await page.getByRole("heading", { name: "Nobody is named" }).waitFor();
    await audit(visitor, "nobody is named");
  });

  it("one person in both places is refused beside the field, and what was typed stays", async () => {
    const choose = (field, who) =>
      page.getByLabel(field, { exact: true }).selectOption({ label: `${who.name}, ${who.email}` });
    await choose("Who answers for content security", NINA);
    await choose("Deputy", NINA);
    await page.getByLabel("Their telephone, answered at any hour").fill(NINA.phone);
    await page.getByLabel("The deputy’s telephone, answered at any hour").fill("112");
    await press("Name both");
    await page.getByText("nobody stands in for themselves").waitFor();
    assert.equal(await page.getByLabel("Their telephone, answered at any hour").inputValue(), NINA.phone);
    await audit(visitor, "refused", { status: 422 });
    await choose("Deputy", OTTO);
    await page.getByLabel("The deputy’s telephone, answered at any hour").fill(OTTO.phone);
    await press("Name both");
    await page.getByRole("heading", { name: "Nobody has confirmed" }).waitFor();
    await audit(visitor, "both are named");
  });

  it("each confirms on their own telephone, and the sheet is evidence", async () => {
    await open(NINA);
    await phone.page.getByText(NINA.phone).waitFor();
    assert.equal(await phone.page.getByText(OTTO.phone).count(), 0, "nobody sees the other's number");
    await audit(phone, "a number to be confirmed");
    await press(RIGHT, phone.page);
    await phone.page.getByRole("heading", { name: "Nothing more to do" }).waitFor();
    await audit(phone, "a number that was confirmed");
    await page.goto("/contacts");
    await page.getByRole("heading", { name: "One has confirmed" }).waitFor();
    await audit(visitor, "one has confirmed");
    await open(OTTO);
    await press(RIGHT, phone.page);
    await phone.page.getByRole("heading", { name: "Nothing more to do" }).waitFor();
    await page.goto("/contacts");
    await page.getByRole("heading", { name: "Both have confirmed" }).waitFor();
    await audit(visitor, "both have confirmed");
    await page.getByRole("link", { name: "the sheet" }).click();
    await page.getByText(/security-contacts-.*\.pdf/).first().waitFor();
  });

  it("another number takes it back, and what was read before is not confirmed", async () => {
    // The telephone still shows the old number.
    await page.goto("/contacts");
    await page.getByLabel("The deputy’s telephone, answered at any hour").fill("08 765 43 21");
    await press("Name both");
    await page.getByRole("heading", { name: "One has confirmed" }).waitFor();
    await press("Confirm it again", phone.page);
    await phone.page.getByText("changed while you read it").waitFor();
    await phone.page.getByText("08 765 43 21").waitFor();
    await audit(phone, "it changed meanwhile", { status: 422 });
    await press(RIGHT, phone.page);
    await page.goto("/contacts");
    await page.getByRole("heading", { name: "Both have confirmed" }).waitFor();
  });

  it("the sheet fits a telephone, and its form needs no mouse", async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    await page.goto("/contacts");
    await audit(visitor, "the sheet on a telephone");
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `${width} px wide`);
    await page.getByLabel("Who answers for content security").focus();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.id), "responsible_phone");
  });
});
