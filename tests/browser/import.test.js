// A list of people from a spreadsheet: looked at, mended, written, and brought again, as a coordinator does.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { setUp } from "./lib/people.js";
import { startServer } from "./lib/server.js";

describe("a list of people", () => {
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
  const HEADS = "Nombre completo;Correo electrónico;Tipo de contrato;Puesto;Fecha de inicio;Shoe size";
  const bring = async (name, rows) => {
    await page.goto("/people/import");
    const buffer = Buffer.from([HEADS, ...rows].join("\r\n"), "latin1");
    await page.getByLabel("File").setInputFiles({ name, mimeType: "text/csv", buffer });
    await press("Look at it");
    await page.getByRole("heading", { name, level: 1 }).waitFor();
  };

  it("what is no list is told beside the field", async () => {
    await page.goto("/people");
    await page.getByRole("link", { name: "Import a list" }).click();
    await page.getByRole("heading", { name: "Import a list", level: 1 }).waitFor();
    await audit(visitor, "the form for a list");
    await page.getByLabel("File").setInputFiles({ name: "cv.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") });
    await press("Look at it");
    await page.getByText("The file is no list that can be read. Save the list as an Excel workbook (.xlsx) or as CSV.").waitFor();
    await audit(visitor, "a file that is no list", { status: 422 });
  });

  it("each row's fate is shown before anything is written, refused ones first and by their cells", async () => {
    await bring("crew.csv", [
      "Zoë Grün;zoe@halide.example;Autónoma;Colorista;01.02.2026;38",
      "Nina Cut;;boss;Editor;2026-02-01;39",
    ]);
    await page.getByRole("heading", { name: "crew.csv", level: 1 }).waitFor();
    await audit(visitor, "a list that is looked at");
    const rows = main().locator("tbody tr");
    assert.match(await rows.nth(0).innerText(), /3\s+Nina Cut\s+refused\s+C3 Write employee, contractor, freelancer or trainee\./);
    assert.match(await rows.nth(1).innerText(), /2\s+Zoë Grün\s+somebody new/);
    assert.match(await main().innerText(), /Left aside: Shoe size/);
    await page.goto("/people?tab=all");
    assert.equal(await main().getByText("Zoë Grün").count(), 0);
  });

  it("it is written, and the same list again adds nothing", async () => {
    await page.goto("/people/import");
    await page.getByRole("link", { name: "crew.csv" }).click();
    await press("Write all but the refused rows");
    await page.getByText("Added: people 1, engagements 1, assignments to titles 0. Rows refused: 1.").waitFor();
    await audit(visitor, "a list that was written");
    await page.goto("/people");
    await page.getByRole("link", { name: "Zoë Grün" }).waitFor();
    await bring("crew 2.csv", [
      "Zoë Grün;zoe@halide.example;freelance;Colorista;2026-02-01;38",
      "Nina Cut;;empleada;Editor;2026-02-01;39",
    ]);
    assert.match(await main().innerText(), /Zoë Grün\s+known, nothing new/);
    await press("Write it");
    await page.getByRole("heading", { name: "Written" }).waitFor();
    await bring("crew 3.csv", ["Nina Cut;;empleada;Editor;2026-02-01;39"]);
    assert.equal(await page.getByRole("button", { name: "Write it" }).count(), 0);
  });

  it("the empty list holds the heads that are read", async () => {
    await page.goto("/people/import");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download an empty list" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "people.csv");
  });
});
