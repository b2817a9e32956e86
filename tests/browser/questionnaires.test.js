// An owner's own questionnaire: brought as a spreadsheet, answered question by question, proposed to the next owner, and
// handed over.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";

describe("an owner's questionnaire", () => {
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
  const press = (name) => page.getByRole("button", { name, exact: true }).click();
  const enterClient = async (name, title, alias) => {
    await page.goto("/clients/new");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await press("Enter it");
    await page.getByRole("link", { name: "Enter a title" }).click();
    await page.getByLabel("Name", { exact: true }).fill(title);
    await page.getByLabel("Alias").fill(alias);
    await press("Enter it");
    await page.getByRole("heading", { name: title, level: 1 }).waitFor();
  };
  const bring = async (owner, name, text, mimeType = "text/csv") => {
    await page.goto("/questionnaires");
    await page.getByLabel("Whose").selectOption({ label: owner });
    await page.getByLabel("File").setInputFiles({ name, mimeType, buffer: Buffer.from(text) });
    await press("Read it");
  };
  const LIST =
    "Security questionnaire 2026\n\nSection;No.;Question;Response;Comments\n" +
    "Access;1.1;Are visitors escorted at all times?;;\n" +
    "Access;1.2;Who is your security contact?;;\n" +
    "Network;2.1;Is the production network apart from the internet?;Yes;Since 2020\n";

  it("what is no questionnaire is told beside the field, and what was typed stays", async () => {
    await page.goto("/questionnaires");
    await page.getByText("Enter your clients under").waitFor();
    await audit(visitor, "questionnaires without clients");
    await enterClient("Blue Lantern Pictures", "The Salt Road", "MARMOT");
    await enterClient("Kestrel Films", "Paper Tigers", "BADGER");
    await page.goto("/titles");
    await page.getByRole("link", { name: "bring the owner’s own spreadsheet" }).click();
    await page.getByRole("heading", { name: "Questionnaires", level: 1 }).waitFor();
    await page.getByText("None was brought yet.").waitFor();
    await audit(visitor, "no questionnaires");
    await page.getByLabel("Name optional").fill("Spring");
    await bring("Blue Lantern Pictures", "list.csv", "Name,E-mail\nNina,nina@x.example\n");
    await page.getByText("The heads found are: Name, E-mail.").waitFor();
    await audit(visitor, "a list that is no questionnaire", { status: 422 });
    const chosen = await page.getByLabel("Whose").evaluate((field) => field.selectedOptions[0].textContent);
    assert.equal(chosen, "Blue Lantern Pictures");
  });

  it("questions are read with what is answered already", async () => {
    await bring("Blue Lantern Pictures", "Security 2026.csv", LIST);
    await page.getByRole("heading", { name: "Security 2026", level: 1 }).waitFor();
    await page.getByText("1 of 3 questions answered").waitFor();
    const text = await main().innerText();
    assert.ok(text.includes("Yes\nSince 2020") || text.includes("Yes Since 2020"), text);
    await audit(visitor, "a questionnaire");
  });

  it("question after question is answered, and an answer is shown by a requirement", async () => {
    await page.getByRole("link", { name: "1.1 Are visitors escorted" }).click();
    await audit(visitor, "an open question");
    await page.getByLabel("Answer optional").fill("Yes, by reception.");
    await press("Save, and the next open one");
    await page.getByRole("heading", { name: "Question 2", level: 1 }).waitFor();
    await page.getByLabel("Answer optional").fill("It stands on the sheet.");
    await page.getByLabel("What shows it").selectOption("AD-6");
    await press("Save, and the next open one");
    await page.getByText("3 of 3 questions answered").waitFor();
    await page.getByText("shown by AD-6").waitFor();
    await page.getByRole("link", { name: "Open 0" }).click();
    await page.getByText("Every question is answered.").waitFor();
    await audit(visitor, "every question answered");
  });

  it("the answers go back as a workbook, and the ledger says so", async () => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      press("Download the answers (XLSX)"),
    ]);
    assert.match(download.suggestedFilename(), /^questionnaire-\d{4}-\d\d-\d\d\.xlsx$/);
    const sheet = execFileSync("python3", [
      "-c",
      "import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read('xl/worksheets/sheet1.xml').decode())",
      await download.path(),
    ]).toString();
    for (const said of ["Are visitors escorted at all times?", "Yes, by reception.", "AD-6 "]) {
      assert.ok(sheet.includes(said), said);
    }
    await page.goto("/ledger?kind=questionnaire.handed_out");
    await page.locator("main li, main td").getByText("The answers to a questionnaire were drawn up").first().waitFor();
  });

  it("the next owner's is proposed what was answered, and names nobody else's work", async () => {
    const list = "Question,Answer\nare visitors escorted at ALL times?,\nWho is the security contact at your site?,\nHow many work here?,\n";
    await bring("Kestrel Films", "Kestrel.csv", list);
    await page.getByText("answered before in the same words").waitFor();
    await audit(visitor, "a questionnaire with proposals");
    await press("Take over 1 answer to the same words");
    await page.getByText("1 of 3 questions answered").waitFor();
    await page.getByRole("link", { name: "Who is the security contact" }).click();
    await page.getByText("You answered something like it before").waitFor();
    assert.equal(await page.getByLabel("Answer optional").inputValue(), "It stands on the sheet.");
    await audit(visitor, "a proposed answer");
    await page.getByLabel("Answer optional").fill("Mira, as for Marmot.");
    await press("Save");
    await page.getByText("An answer names another client’s work.").waitFor();
    await press("Download the answers (XLSX)");
    await page.getByText("Write them anew without the name.").waitFor();
    await audit(visitor, "an answer that names others", { status: 422 });
    await page.getByRole("link", { name: "question 2", exact: true }).click();
    await page.getByLabel("Answer optional").fill("Mira.");
    await press("Save");
    await page.getByText("2 of 3 questions answered").waitFor();
    assert.equal(await page.getByText("names another client").count(), 0);
  });

  it("answers that serve again are found, and what is taken out is found no more", async () => {
    await page.goto("/questionnaires");
    await audit(visitor, "questionnaires and saved answers");
    await page.getByLabel("Find").fill("reception");
    await press("Search");
    assert.equal(await page.locator("section[aria-labelledby=saved-title] li").count(), 1);
    await page.getByRole("link", { name: "Kestrel", exact: true }).click();
    await page.getByText("Take it out").first().click();
    await page.getByLabel("Why").fill("It was brought twice.");
    await press("Take it out");
    await page.getByText("Taken out. That it was there stays in the ledger.").waitFor();
    assert.equal(await page.getByRole("link", { name: "Kestrel", exact: true }).count(), 0);
  });
});
