// Lists from elsewhere, held against the register: payroll and the accounts of a provider.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";

describe("a list that is compared", () => {
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
  const enter = async (name, email, first, last = "") => {
    await page.goto("/people/new");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel(/^E-mail/).fill(email);
    await page.getByLabel("As what").selectOption("freelancer").catch(() => page.locator("select[name=form]").selectOption("freelancer"));
    await page.locator("[name=job]").fill("Colourist");
    await page.locator("[name=begins_on]").fill(first);
    if (last !== "") await page.locator("[name=ends_on]").fill(last);
    await page.locator("main form button[type=submit]").first().click();
    await page.getByRole("heading", { name, level: 1 }).waitFor();
  };
  const bring = async (kind, name, text) => {
    await page.goto("/people/compare");
    await page.getByLabel("What it is").selectOption(kind);
    await page.getByLabel("File").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
    await press("Look at it");
  };
  const group = (words) => page.locator("section").filter({ has: page.getByRole("heading", { name: words }) });

  it("what is no list is told beside the field", async () => {
    await page.goto("/people");
    await page.getByRole("link", { name: "Compare a list" }).click();
    await page.getByRole("heading", { name: "Compare a list", level: 1 }).waitFor();
    await audit(visitor, "nothing compared yet");
    await bring("payroll", "cv.pdf", "%PDF-1.7");
    await page.locator(".field__error").first().waitFor();
    await audit(visitor, "a list that is none", { status: 422 });
  });

  it("who is not known, gone or missing is told, and settled", async () => {
    await enter("Nina Cut", "nina@cut.example", "2026-01-01");
    await enter("Otto Reel", "otto@cut.example", "2025-01-01", "2025-06-30");
    await enter("Ida Grade", "ida@cut.example", "2026-01-01");
    await bring("payroll", "payroll.csv", "Name;E-mail\nNina Cut;nina@cut.example\nOtto Reel;otto@cut.example\nZoe Strange;zoe@else.example\n");
    await page.getByText("Are its columns what they were taken for?").waitFor();
    await audit(visitor, "how a list is read");
    await press("Compare");
    await page.getByText("Compared").first().waitFor();
    const words = await page.locator("main").innerText();
    for (const name of ["Otto Reel", "Zoe Strange", "Ida Grade"]) assert.ok(words.includes(name), `${name}: ${words}`);
    assert.ok(!words.includes("Nina Cut"), words);
    await audit(visitor, "what a list and the register do not agree on");
    const zoe = page.locator("li").filter({ hasText: "Zoe Strange" });
    await zoe.getByText("Settle").click();
    await zoe.getByLabel("Why it is well").fill("The cleaning firm.");
    await zoe.getByRole("button", { name: "Set aside" }).click();
    await page.locator("li").filter({ hasText: "Zoe Strange" }).getByText("The cleaning firm.").waitFor();
    const otto = page.locator("li").filter({ hasText: "Otto Reel" });
    await otto.getByText("Settle").click();
    await otto.getByRole("button", { name: "Make a task of it" }).click();
    await page.getByRole("link", { name: "The task" }).first().click();
    await page.getByText("Clear up:").first().waitFor();
    assert.ok(!(await page.locator("main").innerText()).includes("Otto"), "a task names nobody");
  });

  it("accounts without a second factor are told, and whoever is not known is entered from there", async () => {
    const list = "displayName,userPrincipalName,accountEnabled,MFA\nNina Cut,nina@cut.example,true,false\nIda Grade,ida@cut.example,true,true\nMax New,max@cut.example,true,true\n";
    await bring("identities", "accounts.csv", list);
    await page.getByText("Are its columns what they were taken for?").waitFor();
    await audit(visitor, "how a list of accounts is read");
    await press("Compare");
    await page.getByText("Max New").first().waitFor();
    assert.ok((await page.locator("main").innerText()).includes("Nina Cut"), "no second factor");
    await audit(visitor, "what a list of accounts shows");
    await page.getByRole("link", { name: "Enter Max New" }).click();
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Max New");
    await page.goto("/people/compare");
    await audit(visitor, "what was compared");
    await page.goto("/ledger?kind=comparison.made");
    assert.ok(!(await page.locator("main").innerText()).includes("Max New"), "the ledger names nobody");
  });
});
