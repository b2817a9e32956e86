// A suite without network: its report is made by the program, and handed in on the page.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { newVisitor, startChromium } from "./lib/browser.js";
import { setUp } from "./lib/people.js";
import { run, startServer } from "./lib/server.js";

describe("a report handed in", () => {
  let server, browser, visitor, page, folder;
  const file = (name) => path.join(folder, name);
  const sign = async (out, ...link) => {
    const made = await run("--json", "check", "--sign", ...link, "--out", file(out), "--state", file("state"), "--name", "Suite 9");
    assert.ok(made.code === 0 || made.code === 1, made.stderr);
  };

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
    folder = await mkdtemp(path.join(tmpdir(), "closedset-by-hand-"));
    visitor = await newVisitor(browser, server.url);
    ({ page } = visitor);
    await setUp(visitor, server);
  });
  after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), "exit 0", server?.log());
    await rm(folder, { recursive: true, force: true });
  });

  it("the link's panel shows the command, and the first file enrols", async () => {
    await page.goto("/devices");
    await page.getByRole("button", { name: "Make a link" }).click();
    await page.getByText("It has no network").click();
    const command = await page.locator(".secret-once .command__text", { hasText: "--sign" }).innerText();
    const link = command.match(/'(https:\S+)'/)[1];
    await sign("first.json", link);
    await page.locator("#hand-in input[type=file]").setInputFiles(file("first.json"));
    await page.locator("#hand-in").getByRole("button", { name: "Hand it in" }).click();
    await page.getByRole("heading", { level: 1, name: "Suite 9" }).waitFor();
    await page.getByText("Taken. The computer is enrolled, and its checks were asked.").waitFor();
    await page.getByText("A report was handed in").first().waitFor();
    assert.ok(await page.locator("tbody tr").count() > 5, "it was judged");
  });

  it("a file dropped on the form is chosen, and one that was altered is refused beside the field", async () => {
    await sign("second.json");
    const text = await readFile(file("second.json"), "utf8");
    const drop = async (body) => {
      const data = await page.evaluateHandle((body) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([body], "report.json", { type: "application/json" }));
        return transfer;
      }, body);
      await page.locator("#hand-in form").dispatchEvent("drop", { dataTransfer: data });
      await page.locator("#hand-in").getByRole("button", { name: "Hand it in" }).click();
    };
    await drop(text.replace('"counter":2', '"counter":3'));
    await page.getByText("That computer did not sign this report").waitFor();
    assert.equal(await page.locator("#hand-in [aria-invalid]").count(), 1);
    await drop("not a report at all");
    await page.getByText("The file is no report of a computer").waitFor();
    visitor.complaints(); // The two refusals, as the console tells them.
    await drop(text);
    await page.getByText(/^Taken/).waitFor();
    assert.deepEqual(visitor.complaints(), []);
  });

  it("works without JavaScript, and says that a file was handed in before", async () => {
    const storageState = await visitor.context.storageState();
    const context = await browser.newContext({ baseURL: server.url, ignoreHTTPSErrors: true, javaScriptEnabled: false, storageState });
    const plain = await context.newPage();
    await plain.goto("/devices");
    await plain.locator("#hand-in input[type=file]").setInputFiles(file("second.json"));
    await plain.locator("#hand-in").getByRole("button", { name: "Hand it in" }).click();
    await plain.getByText("This report was taken before. Nothing changed.").waitFor();
    await plain.locator("#hand-in input[type=file]").setInputFiles(file("first.json"));
    await plain.locator("#hand-in").getByRole("button", { name: "Hand it in" }).click();
    await plain.getByText("A later report of this computer was taken before.").waitFor();
    await context.close();
  });

  it("a report on another computer's page is refused, and one too large", async () => {
    await sign("third.json");
    await page.goto("/devices");
    await page.locator("tbody th a", { hasNotText: "Suite 9" }).first().click();
    await page.waitForURL("**/devices/dev_*");
    await page.locator("#hand-in input[type=file]").setInputFiles(file("third.json"));
    await page.locator("#hand-in").getByRole("button", { name: "Hand it in" }).click();
    await page.getByText("This report is another computer's.").waitFor();
    await writeFile(file("large.json"), Buffer.alloc(6 << 20, 32));
    await page.locator("#hand-in input[type=file]").setInputFiles(file("large.json"));
    assert.match(
      await page.locator("#hand-in input[type=file]").evaluate((one) => one.validationMessage),
      /has 6.0 MiB, and at most 4.0 MiB are taken/,
    );
    // The server does not rely on that.
    await page.locator("#hand-in").evaluate((one) => { (one.matches("form") ? one : one.querySelector("form")).noValidate = true; });
    await page.locator("#hand-in").getByRole("button", { name: "Hand it in" }).click();
    await page.getByText("larger than what is taken", { exact: false }).waitFor();
  });
});
