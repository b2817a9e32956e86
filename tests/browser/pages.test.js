// Every page of a facility that is set up: what is done on it, and what all pages keep to.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { request } from "playwright-core";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { makeToken } from "./lib/evidence.js";
import { auditor, enterPassword, setUp } from "./lib/people.js";
import { run, startServer } from "./lib/server.js";
import { until } from "./lib/until.js";
import { filesOf } from "./lib/zip.js";

const DAY_MS = 86_400_000;
const inDays = (days) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

describe("pages", () => {
  let server, browser, visitor, page, look, token;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
    visitor = await newVisitor(browser, server.url);
    ({ page } = visitor);
    look = auditor(visitor);
    await setUp(visitor, server);
  });
  after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), "exit 0", server?.log());
  });

  /** The board's status of a control. */
  const statusOf = async (id) => {
    await page.goto("/board");
    return page.locator(`.frame[href$="/${id}"]`).getAttribute("class").then((names) => names.split("--")[1]);
  };
  /** Lets a form be sent that the browser itself would hold back. */
  const unchecked = (form) => form.evaluate((one) => { one.noValidate = true; });
  const api = async (options = {}) => request.newContext({
    baseURL: server.url, ignoreHTTPSErrors: true, extraHTTPHeaders: { authorization: `Bearer ${token}` }, ...options,
  });

  it("nobody is shown anything without signing in", async () => {
    const stranger = await newVisitor(browser, server.url);
    const paths = [
      "/", "/board", "/controls/IS-7", "/devices", "/documents", "/attestations", "/exceptions", "/tasks", "/packs", "/ledger", "/ledger/entries/0",
      "/settings", "/settings/security", "/settings/security/password", "/settings/security/app/remove", "/settings/tokens",
      "/settings/about", "/settings/mail", "/settings/network", "/settings/sign-in", "/tasks/reminders",
    ];
    for (const one of paths) {
      await stranger.page.goto(one);
      assert.equal(new URL(stranger.page.url()).pathname, "/sign-in", one);
    }
    await stranger.context.close();
  });

  it("the guide is open to whoever reaches the server", async () => {
    const stranger = await newVisitor(browser, server.url);
    for (const one of ["/guide", "/guide/troubleshooting", "/guide/network", "/guide/cli"]) {
      await stranger.page.goto(one);
      assert.equal(new URL(stranger.page.url()).pathname, one);
      await audit(stranger, one);
    }
    await stranger.page.goto("/guide");
    await stranger.page.getByRole("link", { name: "Tasks", exact: true }).click();
    await stranger.page.getByRole("heading", { level: 1, name: "Tasks" }).waitFor();
    stranger.complaints();
    await stranger.context.close();
    await page.getByRole("link", { name: "Guide" }).click();
    await page.waitForURL("**/guide");
  });

  it("empty lists say what to do", async () => {
    for (const one of ["/documents", "/attestations", "/exceptions", "/packs", "/settings/tokens"]) {
      await page.goto(one);
      await page.locator(".empty").first().waitFor();
      await look(`${one}, empty`);
    }
  });

  it("the past is shown as it was, and only the past", async () => {
    const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    await page.goto("/board");
    await page.getByLabel("As of").fill(day(-3));
    await page.getByRole("button", { name: "Show" }).click();
    await page.waitForURL(`**/board?as_of=${day(-3)}`);
    await page.getByText("nothing was recorded here yet: the record begins on").waitFor();
    assert.equal(await page.locator(".frame--unknown").count(), 33);
    assert.equal(await page.locator("[data-refresh-url]").count(), 0);
    await look("board, three days ago");
    await page.locator(".frame").first().click();
    await page.waitForURL(`**/controls/AD-1?as_of=${day(-3)}`);
    assert.equal(await page.locator("form[method=post]").filter({ hasText: "Sign it" }).count(), 0);
    await look("AD-1, three days ago");
    await page.getByRole("link", { name: "Back to today" }).click();
    await page.waitForURL("**/controls/AD-1");
    const device = await page.goto("/devices").then(() => page.locator("a[href^='/devices/dev_']").first().getAttribute("href"));
    await page.goto(`${device}?as_of=${day(-3)}`);
    await page.getByText("No check was in force on that day.").waitFor();
    await look("device, three days ago");
    await page.getByRole("heading", { name: "What changed" }).waitFor();
    for (const address of ["/board", "/controls/AD-1", device]) {
      for (const [asked, why] of [
        [day(2), "Choose a day of the past"], ["yesterday", "Write the day like"], ["0000-00-00", "Write the day like"],
      ]) {
        const answer = await page.goto(`${address}?as_of=${asked}`);
        assert.equal(answer.status(), 422, `${address} ${asked}`);
        await page.locator("#as_of-error", { hasText: why }).waitFor();
        assert.equal(await page.getByLabel("As of").getAttribute("aria-describedby"), "as_of-error");
      }
      await page.goto(`${address}?as_of=${day(2)}`);
      await look(`${address}, a day to come`, { status: 422 });
      assert.equal((await page.goto(`${address}?as_of=`)).status(), 200);
    }
    visitor.complaints();
  });

  it("what was opened to read stays open when the page renews itself", async (test) => {
    await page.goto("/board");
    const failing = await page.locator(".frame--fail").evaluateAll((frames) => frames.map((one) => one.getAttribute("href")));
    let mends = 0;
    while (mends === 0 && failing.length > 0) {
      await page.goto(failing.shift());
      mends = await page.locator("[data-refresh-url] details.mend").count();
    }
    if (mends === 0) return test.skip("nothing on this computer is to be mended by a command");
    const region = await page.locator("[data-refresh-url]").first().elementHandle();
    const mend = page.locator("[data-refresh-url] details.mend").first();
    await mend.locator("summary").click();
    const opened = await mend.locator("summary").innerText();
    await page.evaluate(() => {
      document.activeElement.blur();
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await until("the page renewed itself", 30_000, async () => !(await region.evaluate((one) => one.isConnected)));
    assert.equal(await page.locator("details.mend[open]").count(), 1);
    assert.equal(await page.locator("details.mend[open] summary").innerText(), opened);
  });

  it("the menu leads everywhere and marks where one is", async () => {
    for (const area of ["Tasks", "Devices", "People", "Titles", "Documents", "Packs", "Ledger", "Settings", "Board"]) {
      await page.getByRole("navigation", { name: "Menu" }).getByRole("link", { name: area }).click();
      await page.waitForURL(`**/${area.toLowerCase()}`);
      const marked = page.locator(".rail [aria-current=page]");
      assert.equal(await marked.count(), 1);
      assert.match(await marked.innerText(), new RegExp(`^${area}`));
    }
  });

  it("on a phone the menu shows where one is", async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    await page.goto("/settings");
    const { x, width } = await page.locator(".rail [aria-current=page]").boundingBox();
    assert.ok(x >= 0 && x + width <= 390, `from ${x} to ${x + width}`);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it("the keyboard reaches the content at once", async () => {
    await page.goto("/board");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.innerText), "Skip to the content");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "content");
  });

  it("this computer becomes a device", async () => {
    await until("a control about devices has a verdict", 60_000, async () => {
      await page.goto("/board");
      return (await page.locator(".frame:not(.frame--unknown) .frame__edge").allInnerTexts()).some((id) => id.startsWith("IS-"));
    });
    await look("board");
    await page.goto("/devices");
    await look("devices");
  });

  it("an enrolment link is shown once", async () => {
    await page.goto("/devices");
    await page.getByRole("button", { name: "Make a link" }).click();
    await page.getByRole("heading", { name: "Your enrolment link" }).waitFor();
    assert.match(await page.locator(".secret-once .command__text").first().innerText(), /^sudo install /);
    await page.getByText("A link works on this computer only.").waitFor();
    const command = await page.locator(".secret-once .command__text").nth(1).innerText();
    assert.match(command, /^sudo closedset agent enrol 'https:\/\/localhost:\d+\/\S+'$/);
    await look("enrolment link");
    const made = async () => {
      const answer = await visitor.context.request.get(`${server.url}/ledger?kind=enrolment.created`);
      return (await answer.text()).match(/enrolment\.created/g).length;
    };
    const before = await made();
    await page.reload();
    assert.equal(await page.locator(".secret-once").count(), 0, "shown once");
    assert.equal(await made(), before, "loaded again, it makes no other");
    await page.getByRole("button", { name: "Make a link" }).click();
    await page.locator(".secret-once").waitFor();
    await page.goto("/devices");
    assert.equal(await page.locator(".secret-once").count(), 0);
  });

  it("a person confirms what the device is, and its checks follow", async () => {
    await page.goto("/devices");
    await page.getByText("To be confirmed").waitFor();
    await page.locator("tbody th a").click();
    const confirm = page.locator("#confirm");
    await confirm.getByLabel("Name").fill("  ");
    await confirm.locator("form").evaluate((one) => { one.noValidate = true; });
    await confirm.getByRole("button", { name: "Confirm" }).click();
    await page.locator("#confirm .field__error").waitFor();
    await look("device, wrong name", { status: 422 });
    await page.locator("#confirm").getByLabel("Name").fill("Grading suite 2");
    await page.locator("#confirm").getByLabel("a person can look at its screen").uncheck();
    await page.locator("#confirm").getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("heading", { level: 1, name: "Grading suite 2" }).waitFor();
    await page.getByText("Confirmed by Ada Reel").waitFor();
    await look("device, confirmed");
    const lock = page.locator("tbody tr", { hasText: "Screen locks within 15 minutes" });
    assert.equal(await lock.locator(".status:not(.status--not-applicable)").count(), 0, "no screen, no screen lock");
    await page.locator("#confirm").getByLabel("a person can look at its screen").check();
    await page.locator("#confirm").getByRole("button", { name: "Confirm" }).click();
    await lock.locator(".status:not(.status--not-applicable)").waitFor();
  });

  it("the question before a device is sent away", async () => {
    await page.goto("/devices");
    await page.locator("tbody th a").click();
    await page.getByRole("link", { name: "Revoke this device" }).click();
    await look("revoke");
    await unchecked(page.locator("main form"));
    await page.getByRole("button", { name: "Revoke" }).click();
    await page.getByText("Say why, in a few words").waitFor();
    await look("revoke, no reason", { status: 422 });
    await page.getByRole("link", { name: "Keep it" }).click();
    await page.waitForURL("**/devices/*");
  });

  it("every control has its page", async () => {
    await page.goto("/board");
    const paths = await page.locator(".frame").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
    assert.equal(new Set(paths).size, 33);
    for (const one of paths) {
      const answer = await page.goto(one);
      assert.equal(answer.status(), 200, one);
      assert.equal(await page.locator("h1").count(), 1, one);
      assert.equal(await page.locator(".slate__id").innerText(), one.split("/").at(-1));
      assert.notEqual(await page.locator("#requirement-title + .prose").innerText(), "", one);
      assert.ok(await page.locator(".prose-list li").count() >= 2, one);
    }
    assert.deepEqual(visitor.complaints(), []);
    // One of each kind: only evidence, only devices, both; a place.
    for (const id of ["AD-1", "IS-7", "IS-9", "PH-1"]) {
      await page.goto(`/controls/${id}`);
      await page.locator("details").evaluateAll((all) => { for (const one of all) one.open = true; });
      await look(id);
    }
  });

  const upload = async (form, fields, file) => {
    for (const [label, value] of Object.entries(fields)) await form.getByLabel(label).fill(value);
    if (file) await form.getByLabel("File").setInputFiles({ mimeType: "application/pdf", ...file });
    await form.getByRole("button", { name: "Upload" }).click();
  };
  const policy = { name: "Policy ü 1.pdf", buffer: Buffer.from("%PDF-1.7 the first policy") };
  const policy2 = { name: "Policy 2.pdf", buffer: Buffer.from("%PDF-1.7 the second policy") };

  it("a document that lacks something is refused beside the field, and nothing is lost", async () => {
    await page.goto("/controls/AD-1");
    await unchecked(page.locator("#document-form"));
    await upload(page.locator("#document-form"), { Title: "Security policy" }, policy);
    await page.getByText("Enter the last day on which this counts").waitFor();
    assert.equal(await page.locator("#document-form").getByLabel("Title").inputValue(), "Security policy");
    assert.equal(await page.locator("#document-valid_to").getAttribute("aria-invalid"), "true");
    await look("AD-1, upload refused", { status: 422 });
    assert.equal(await statusOf("AD-1"), "unknown");
  });

  it("a file that is too large is refused before anything is sent", async () => {
    await page.goto("/devices");
    const input = page.locator("#hand-in input[type=file], input#report").first();
    await input.setInputFiles({ name: "cut.mov", buffer: Buffer.alloc(5 * 1048576) });
    assert.match(await input.evaluate((one) => one.validationMessage), /“cut.mov” has 5.0 MiB, and at most 4.0 MiB are taken/);
    await input.setInputFiles({ name: "report.json", buffer: Buffer.from("{}") });
    assert.equal(await input.evaluate((one) => one.validationMessage), "");
  });

  it("a document turns its control", async () => {
    await page.goto("/controls/AD-1");
    await upload(page.locator("#document-form"), { Title: "Security policy", "Last day": inDays(300) }, policy);
    await page.locator("#evidence").getByRole("link", { name: "Security policy", exact: true }).waitFor();
    const digest = createHash("sha256").update(policy.buffer).digest("hex");
    assert.equal(await page.locator("#evidence .digest__whole").innerText(), digest);
    await look("AD-1, with a document");
    assert.equal(await statusOf("AD-1"), "pass");
  });

  it("a document's days read the same wherever it is shown", async () => {
    const last = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(new Date(inDays(300)));
    await page.goto("/controls/AD-1");
    assert.match(await page.locator("#evidence").innerText(), new RegExp(`to ${last}`));
    await page.goto("/documents");
    assert.match(await page.locator("tbody").innerText(), new RegExp(last));
    await look("documents");
  });

  it("a new version takes its place, and both are given back as they came", async () => {
    await page.goto("/documents");
    await page.getByRole("link", { name: "Security policy" }).click();
    await look("document");
    await unchecked(page.locator("#upload form"));
    await upload(page.locator("#upload"), {}, policy2);
    await page.getByText("Enter the last day on which this counts").waitFor();
    await look("document, version refused", { status: 422 });
    await upload(page.locator("#upload"), { "Last day": inDays(20) }, policy2);
    await page.getByText("Ends soon").first().waitFor();
    await page.getByText("Replaced").waitFor();
    await look("document, two versions");
    for (const file of [policy, policy2]) {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: file.name }).click(),
      ]);
      assert.equal(download.suggestedFilename(), file.name);
      assert.deepEqual(await readFile(await download.path()), file.buffer);
    }
  });

  it("a withdrawn document counts no more", async () => {
    await page.goto("/documents");
    await page.getByRole("link", { name: "Security policy" }).click();
    await page.getByRole("link", { name: "Withdraw this document" }).click();
    await look("document, withdraw?");
    await unchecked(page.locator("main form"));
    await page.getByRole("button", { name: "Withdraw" }).click();
    await page.getByText("Say why, in a few words").waitFor();
    await page.getByLabel("Why").fill("The wrong file.");
    await page.getByRole("button", { name: "Withdraw" }).click();
    await page.getByText("Withdrawn. It no longer counts.").waitFor();
    visitor.complaints();
    await page.locator(".slate").getByText("Withdrawn").first().waitFor();
    await look("document, withdrawn");
    assert.equal(await statusOf("AD-1"), "unknown");
  });

  it("an attestation turns its control until it is withdrawn", async () => {
    await page.goto("/controls/PH-1");
    const form = page.locator("#attestation-form");
    await unchecked(form);
    await form.getByLabel("What you state").fill("Too short");
    await form.getByLabel("Last day").fill(inDays(90));
    await form.getByRole("button", { name: "Sign it" }).click();
    await page.locator("#attestation-form .field__error").waitFor();
    // Far down a long page: whoever sent it is led to what is wrong.
    await until("the wrong field has the focus", 5_000, () => page.evaluate(() => document.activeElement?.matches("#attestation-form [aria-invalid]")));
    assert.equal(await page.getByLabel("What you state").inputValue(), "Too short");
    await look("PH-1, attestation refused", { status: 422 });
    await page.getByLabel("What you state").fill("Every outer door was tried by hand today. <b>All</b> are locked.");
    await page.locator("#attestation-form").getByRole("button", { name: "Sign it" }).click();
    const row = page.locator("#evidence .row");
    await row.getByText("<b>All</b> are locked.").first().waitFor();
    await look("PH-1, attested");
    assert.equal(await statusOf("PH-1"), "pass");
    await page.goto("/attestations");
    assert.match(await page.locator("tbody tr").first().innerText(), /<b>All<\/b> are locked[^]*PH-1[^]*In force/);
    await look("attestations");
    await page.goto("/controls/PH-1");
    await row.getByRole("link", { name: "Withdraw" }).click();
    await look("attestation, withdraw?");
    await page.getByLabel("Why").fill("A door was found open.");
    await page.getByRole("button", { name: "Withdraw" }).click();
    await row.getByText("withdrawn", { exact: true }).waitFor();
    assert.equal(await statusOf("PH-1"), "unknown");
  });

  it("a risk is accepted until a day, and what it covers stays visible", async () => {
    await page.goto("/controls/AD-9");
    await page.getByText("Ask for an exception").click();
    const form = page.locator("#exception-form");
    await look("AD-9, asking for an exception");
    await unchecked(form);
    await form.getByRole("button", { name: "Ask for it" }).click();
    // All of it at once: nobody is told of the next only after mending the first.
    for (const told of ["Choose what is to be signed.", "Say why, in 20 to 1,000 characters.", "Say on which day this counts last."]) {
      await page.getByText(told).waitFor();
    }
    assert.equal(await form.locator(".field__error").count(), 3);
    await form.getByLabel("What is signed").selectOption("There is none");
    await form.getByLabel("Why").fill("Nobody");
    await form.getByRole("button", { name: "Ask for it" }).click();
    await page.getByText("Say on which day this counts last.").waitFor();
    assert.equal(await form.getByLabel("Why").inputValue(), "Nobody");
    await look("AD-9, exception refused", { status: 422 });
    await form.getByLabel("Why").fill("Nobody ever tested <b>this</b> building.");
    await form.getByLabel("Last day").fill(inDays(200));
    await form.getByRole("button", { name: "Ask for it" }).click();
    await page.getByText("Granted, and written into the ledger.").waitFor();
    const cover = page.locator(".cover");
    assert.match(await cover.innerText(), /Approved by[^]*<b>this<\/b> building[^]*one person’s word/);
    await look("AD-9, signed as none");
    visitor.complaints();
    assert.equal(await statusOf("AD-9"), "pass");

    await page.goto("/controls/AD-3");
    await page.getByText("Ask for an exception").click();
    await form.getByLabel("What is signed").selectOption("Accept the risk that no evidence is given");
    await form.getByLabel("Why").fill("The lawyers are still at the wording of the agreement.");
    await form.getByLabel("What is done instead").fill("Nobody without a signature enters the edit suites.");
    await form.getByLabel("Last day").fill(inDays(20));
    await form.getByRole("button", { name: "Ask for it" }).click();
    await page.getByText("Granted, and written into the ledger.").waitFor();
    assert.equal(await statusOf("AD-3"), "excepted");
    await page.goto("/exceptions");
    assert.match(await page.locator("main .rows").innerText(), /There is none[^]*In force[^]*Risk accepted[^]*Ends soon/);
    await look("exceptions");
    await page.getByRole("link", { name: /^Withdraw/ }).last().click();
    await look("exception, withdraw?");
    await page.getByLabel("Why").fill("The agreement is signed.");
    await page.getByRole("button", { name: "Withdraw" }).click();
    await page.getByText("Withdrawn. It no longer counts.").waitFor();
    assert.equal(await statusOf("AD-3"), "unknown");
  });

  it("a word without an end makes no page wider than it is", async () => {
    await page.goto("/controls/PH-2");
    await page.getByLabel("What you state").fill("w".repeat(4_999));
    await page.locator("#attestation-form").getByLabel("Last day").fill(inDays(90));
    await page.getByRole("button", { name: "Sign it" }).click();
    await page.getByText("Signed, and written into the ledger.").waitFor();
    const withdraw = await page.locator("#evidence a", { hasText: "Withdraw" }).getAttribute("href");
    for (const one of ["/controls/PH-2", "/board", withdraw, "/ledger", "/tasks"]) {
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        await page.goto(one);
        const [wide, room] = await page.evaluate(() =>
          [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
        assert.ok(wide <= room, `${one} at ${width}: ${wide}`);
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it("an id that is spelled otherwise leads to its control", async () => {
    await page.goto("/controls/is7");
    await page.waitForURL("**/controls/IS-7");
  });

  it("a task is taken, planned and given back", async () => {
    await page.goto("/tasks");
    const free = page.locator(".task", { hasText: "Nobody’s yet" }).first();
    const title = await free.locator(".row__title").innerText();
    await free.getByRole("button", { name: /^Take it/ }).click();
    await page.getByText("The task is yours.").waitFor();
    await page.getByRole("link", { name: /^Mine/ }).click();
    await page.waitForURL("**/tasks?of=me");
    assert.equal(await page.locator(".task").count(), 1);
    await look("my tasks");
    await page.getByRole("link", { name: title }).click();
    await page.getByLabel("By which day").fill("2001-01-15");
    await page.getByLabel("Remark").fill("Otto has the key <b>of the rack</b>.");
    await page.getByRole("button", { name: "Save the plan" }).click();
    await page.getByText("Choose today or a day to come.").waitFor();
    await look("a task, planned wrongly", { status: 422 });
    const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel("By which day").fill(day);
    await page.getByRole("button", { name: "Save the plan" }).click();
    await page.getByText("Planned, and written into the ledger.").waitFor();
    assert.equal(await page.locator("dd", { hasText: "Otto has the key <b>of the rack</b>." }).count(), 1);
    await look("a task");
    await page.getByLabel("Who does it").selectOption({ label: "Nobody yet" });
    await page.getByLabel("By which day").fill("");
    await page.getByLabel("Remark").fill("");
    await page.getByRole("button", { name: "Save the plan" }).click();
    await page.locator("dd", { hasText: "Nobody’s yet" }).waitFor();
    await page.goto("/tasks?of=me");
    assert.equal(await page.locator(".task").count(), 0);
  });

  it("a task is closed with a note and leaves its check as it is", async () => {
    await page.goto("/tasks");
    await look("tasks");
    const open = await page.locator(".task").count();
    assert.ok(open > 0, "something fails on this computer or lapsed");
    const task = page.locator(".task").first();
    const title = await task.locator(".row__title").innerText();
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const place = async () => (await task.locator("summary").boundingBox()).y;
      const closed = await place();
      await task.locator("summary").click();
      assert.ok(Math.abs(await place() - closed) < 1, `what was pressed stays where it was at ${width}`);
      if (width === 390) await task.locator("summary").click();
    }
    await look("tasks, one open");
    await task.getByLabel("What was done").fill("Asked Otto to mend it on Monday.");
    await task.getByRole("button", { name: "Close the task" }).click();
    await page.getByText("Asked Otto to mend it on Monday.").waitFor();
    assert.equal(await page.locator(".task").count(), open - 1);
    assert.match(await page.locator("tbody th").first().innerText(), new RegExp(title.slice(0, 20).replace(/[^\w ]/g, ".")));
    await look("tasks, one done");
  });

  it("mail says how to begin, and a calendar's address is shown once", async () => {
    await page.goto("/settings/mail");
    await page.getByText("Nothing is sent: there is no mail server yet.").waitFor();
    await look("mail, no server");
    await page.goto("/tasks/reminders");
    await page.getByLabel("On which day").selectOption("Friday");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    assert.equal(await page.getByLabel("On which day").inputValue(), "5");
    await page.getByRole("button", { name: "Make an address" }).click();
    const address = await page.locator(".secret-once code").first().innerText();
    assert.match(address, /\/calendar\/[\w-]{43}\.ics$/);
    await look("reminders, address made");
    const read = await (await request.newContext({ ignoreHTTPSErrors: true })).get(address);
    assert.equal(read.status(), 200);
    assert.match(await read.text(), /^BEGIN:VCALENDAR\r\n/);
    await page.goto("/tasks/reminders");
    assert.equal(await page.locator(".secret-once").count(), 0);
    await page.getByRole("button", { name: "Withdraw it" }).click();
    await page.getByText("You have no address yet.").waitFor();
    assert.equal((await (await request.newContext({ ignoreHTTPSErrors: true })).get(address)).status(), 404);
  });

  it("a token is shown once, opens the API as far as its scopes go, and is revoked", async () => {
    await page.goto("/settings/tokens");
    const form = page.locator("main .panel form");
    await unchecked(form);
    assert.equal(await form.locator("input:checked").count(), 0, "nothing is given that nobody chose");
    await form.getByRole("button", { name: "Make it" }).click();
    await page.getByText("Choose what the token may do.").waitFor();
    const question = page.getByRole("group", { name: "What it may do" });
    assert.match(await question.getAttribute("aria-describedby"), /^scopes-error\b/);
    await look("tokens, wrong", { status: 422 });
    await unchecked(form);
    await question.getByLabel("See the board").check();
    await form.getByLabel("What it is for").fill("");
    await form.getByRole("button", { name: "Make it" }).click();
    await page.locator("#name-error").waitFor();
    assert.deepEqual(
      await question.locator("input:checked").evaluateAll((all) => all.map((one) => one.value)), ["board.read"], "what was ticked is kept",
    );
    await look("tokens, no name", { status: 422 });
    const reading = await makeToken(visitor, "Wall screen", ["board.read", "device.read"]);
    assert.match(reading, /^closedset_[\w-]{43}$/);
    await look("tokens, made");
    token = await makeToken(visitor, "Tests", ["board.read", "evidence.write"]);
    await page.goto("/settings/tokens");
    await page.getByText("may see the board, see devices").waitFor();
    assert.ok(!(await page.content()).includes(token));
    await look("tokens");

    const readerApi = await api({ extraHTTPHeaders: { authorization: `Bearer ${reading}` } });
    const board = await readerApi.get("/api/v1/board");
    assert.equal(board.status(), 200);
    assert.equal((await board.json()).controls.length, 33);
    const refused = await readerApi.post("/api/v1/enrolments");
    assert.equal(refused.status(), 403);
    assert.equal((await refused.json()).scope, "device.manage");
    await page.getByRole("link", { name: "Revoke Wall screen" }).click();
    await look("token, revoke?");
    await page.getByRole("button", { name: "Revoke" }).click();
    await page.getByText("revoked").first().waitFor();
    assert.equal((await readerApi.get("/api/v1/board")).status(), 401);
    await readerApi.dispose();
  });

  it("the ledger is filtered and paged, and its entries prove themselves", async () => {
    const writer = await api();
    for (let number = 1; number <= 60; number += 1) {
      const answer = await writer.post("/api/v1/attestations", {
        data: { control: "PH-2", statement: `Round number ${number}: every door is locked.`, valid_to: `${inDays(30)}T00:00:00Z` },
      });
      assert.equal(answer.status(), 201, await answer.text());
    }
    await writer.dispose();
    await page.goto("/ledger");
    await look("ledger");
    const first = page.locator("tbody th a").first();
    const newest = Number(await first.innerText());
    assert.equal(await page.locator("tbody tr").count(), 50);
    await page.getByRole("link", { name: "The next ones" }).click();
    assert.equal(Number(await first.innerText()), newest - 50);
    await look("ledger, second page");
    await page.getByRole("link", { name: "Back to the beginning" }).click();
    assert.equal(Number(await first.innerText()), newest);

    await page.getByLabel("Only of one kind").selectOption("attestation.signed");
    await page.getByRole("button", { name: "Show" }).click();
    assert.equal(await page.locator("tbody tr").count(), 50);
    await page.getByRole("link", { name: "The next ones" }).click();
    // One for each of the rounds, and those that were signed before.
    assert.equal(await page.locator("tbody tr").count(), 12);
    assert.equal(await page.getByLabel("Only of one kind").inputValue(), "attestation.signed");
    await look("ledger, filtered");
    await page.goto("/ledger?kind=account.locked");
    await page.getByText("No entry of this kind.").waitFor();
    await look("ledger, none of a kind");

    // What a fact in force rests on is kept; that a link was made is not needed any more.
    await page.goto("/ledger?kind=enrolment.created");
    await first.click();
    await look("entry");
    await unchecked(page.locator("main form"));
    await page.getByRole("button", { name: /^Erase the body/ }).click();
    await page.locator(".field__error").waitFor();
    await look("entry, no reason");
    await page.getByLabel("Why it is erased").fill("It named a visitor.");
    await page.getByRole("button", { name: /^Erase the body/ }).click();
    await page.getByText("The body was erased.").waitFor();
    await look("entry, erased");
  });

  it("a pack is made, downloaded and verified; one changed byte is named", async () => {
    await page.goto("/packs");
    await unchecked(page.locator("#create form"));
    await page.getByLabel("From").fill("");
    await page.getByRole("button", { name: "Make the pack" }).click();
    await page.getByText("Enter the first day").waitFor();
    await look("packs, wrong", { status: 422 });
    await page.goto("/packs");
    await page.getByRole("button", { name: "Make the pack" }).click();
    await page.getByRole("link", { name: "Download the pack" }).waitFor({ timeout: 60_000 });
    await look("pack");
    const shown = await page.locator(".facts .digest__whole").allInnerTexts();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download the pack" }).click(),
    ]);
    const file = path.join(server.data, download.suggestedFilename());
    await download.saveAs(file);
    const bytes = await readFile(file);
    assert.ok(shown.includes(createHash("sha256").update(bytes).digest("hex")), "the digest shown is the file's");

    const [alone] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download the report alone" }).click(),
    ]);
    const report = path.join(server.data, alone.suggestedFilename());
    assert.match(report, /\.pdf$/);
    await alone.saveAs(report);
    const inPack = filesOf(bytes).find(({ name }) => name === "report.pdf");
    assert.ok((await readFile(report)).equals(bytes.subarray(inPack.start, inPack.end)), "it is the report in the pack");

    const good = await run("pack", "verify", file);
    assert.equal(good.code, 0, good.stdout + good.stderr);
    assert.match(good.stdout, /valid/i);

    const files = filesOf(bytes).filter(({ start, end }) => end > start);
    const wanted = ["manifest.json", "index.html", "report.pdf", "checkpoint"];
    const chosen = files.filter(({ name }) => wanted.some((one) => name.endsWith(one)));
    const [largest] = [...files].sort((one, other) => other.end - other.start - (one.end - one.start));
    assert.ok(chosen.length >= 2, files.map(({ name }) => name).join());
    for (const { name, start, end } of new Set([...chosen, largest])) {
      const changed = Buffer.from(bytes);
      changed[Math.floor((start + end) / 2)] ^= 1;
      await writeFile(`${file}.changed.zip`, changed);
      const bad = await run("pack", "verify", `${file}.changed.zip`);
      assert.equal(bad.code, 1, `${name}: ${bad.stdout}${bad.stderr}`);
      assert.ok(bad.stdout.includes(name), `${name} is named: ${bad.stdout}`);
    }
    await page.goto("/packs");
    await look("packs");
  });

  it("a pack for somebody is an age file that opens with their key alone", async () => {
    const age = spawnSync("age-keygen", ["-o", path.join(server.data, "key")], { encoding: "utf8" });
    assert.ok(age.status === 0 || process.env.CLOSEDSET_REQUIRE_TOOLS !== "1", "age is installed");
    if (age.status !== 0) return;
    const recipient = age.stderr.trim().split(" ").at(-1);
    await page.goto("/packs");
    await page.getByText("Encrypt it, so that only").click();
    await page.getByLabel("Recipients, one a line").fill("assessor@example.com");
    await page.getByRole("button", { name: "Make the pack" }).click();
    await page.getByText("a recipient is written as age1").waitFor();
    await look("packs, no recipient", { status: 422 });
    assert.equal(await page.getByLabel("Recipients, one a line").inputValue(), "assessor@example.com", "what was typed is kept, and open");
    await page.getByText("Limit it to some controls").click();
    await page.getByRole("checkbox", { name: /^AD-5/ }).check();
    assert.equal(await page.getByRole("checkbox", { name: /^IS-7/ }).count(), 0, "it is tested on computers");
    await page.getByLabel("Recipients, one a line").fill(`${recipient}\n`);
    await page.getByRole("button", { name: "Make the pack" }).click();
    await page.getByRole("link", { name: "Download the pack" }).waitFor({ timeout: 60_000 });
    await page.getByText(recipient).waitFor();
    await page.getByText("Limited to").waitFor();
    assert.equal(await page.getByRole("link", { name: "Download the report alone" }).count(), 0);
    await look("pack, encrypted");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download the pack" }).click(),
    ]);
    const file = path.join(server.data, download.suggestedFilename());
    assert.match(file, /\.zip\.age$/);
    await download.saveAs(file);
    const locked = await run("pack", "verify", file);
    assert.equal(locked.code, 1);
    assert.match(locked.stdout + locked.stderr, /--identity KEYFILE/);
    const good = await run("pack", "verify", file, "--identity", path.join(server.data, "key"));
    assert.equal(good.code, 0, good.stdout + good.stderr);
    assert.ok(good.stdout.includes(recipient), good.stdout);
    assert.match(good.stdout, /It is limited to AD-5\./);
    await page.goto("/packs");
    await page.getByText(recipient.slice(-4)).waitFor();
    await look("packs, one encrypted");
  });

  it("the viewer inside a pack opens from the disk, without a server", async () => {
    await page.goto("/packs");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("tbody").getByRole("link", { name: "Download" }).last().click(),
    ]);
    const folder = path.join(server.data, "viewer");
    await mkdir(folder);
    const zip = path.join(folder, "pack.zip");
    await download.saveAs(zip);
    const bytes = await readFile(zip);
    for (const { name, start, end } of filesOf(bytes)) {
      if (name.endsWith("/")) continue;
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), bytes.subarray(start, end));
    }
    const reader = await newVisitor(browser, undefined, { offline: true });
    const index = filesOf(bytes).find(({ name }) => name.endsWith("index.html")).name;
    await reader.page.goto(`file://${path.join(folder, index)}`);
    assert.match(await reader.page.locator("body").innerText(), /Halide Post/);
    await audit(reader, "the viewer", { title: /^Halide Post: / });
    await reader.page.locator("details").evaluateAll((all) => all.forEach((one) => { one.open = true; }));
    await audit(reader, "the viewer, all open", { title: /^Halide Post: / });
    await reader.context.close();
    const plain = await newVisitor(browser, undefined, { offline: true, javaScriptEnabled: false });
    await plain.page.goto(`file://${path.join(folder, index)}`);
    await plain.page.emulateMedia({ media: "print" });
    const shown = await plain.page.locator(".verdict__inside").evaluateAll((all) =>
      all.filter((one) => one.checkVisibility({ contentVisibilityAuto: true })).length);
    assert.equal(shown, await plain.page.locator(".verdict__inside").count(), "all of it is on paper, without the script");
    await plain.context.close();
  });

  it("the settings are kept, and what is wrong in them is told", async () => {
    await page.goto("/settings");
    await look("profile");
    await page.getByLabel("Name of the site").fill("Annexe");
    await page.getByRole("button", { name: "Save" }).click();
    await page.goto("/board");
    await page.getByText("Annexe").first().waitFor();
    await page.goto("/settings");
    await unchecked(page.locator("main form"));
    await page.getByLabel("Company").fill("");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".field__error").first().waitFor();
    assert.equal(await page.getByLabel("Name of the site").inputValue(), "Annexe");
    await look("profile, wrong", { status: 422 });
    await page.goto("/settings/network");
    await look("network");
    assert.match(await page.locator(".fingerprint").first().innerText(), /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    assert.equal(await page.getByText("To do", { exact: true }).count(), 3, "a new server has all three steps before it");
    await page.goto("/settings/about");
    await look("about");
    await page.getByLabel("Dark").check();
    await page.goto("/board");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark", "the theme is kept");
    await page.goto("/settings/about");
    await page.getByLabel("As the system").check();
  });

  it("new recovery codes are shown, and a session elsewhere is ended", async () => {
    const elsewhere = await newVisitor(browser, server.url, { userAgent: "The old laptop" });
    await elsewhere.context.addCookies([]);
    await page.goto("/settings/security");
    await page.getByRole("button", { name: "Make new codes" }).click();
    const codes = (await page.locator(".codes li").allInnerTexts()).map((code) => code.trim());
    assert.equal(new Set(codes).size, 10);
    await look("account, new codes");
    await enterPassword(elsewhere);
    await elsewhere.page.waitForURL("**/second-factor");
    await elsewhere.page.locator("summary").click();
    await elsewhere.page.getByLabel("One of your recovery codes").fill(codes[0]);
    await elsewhere.page.getByRole("button", { name: "Sign in with this code" }).click();
    await elsewhere.page.waitForURL("**/board");
    await page.goto("/settings/security");
    await look("account, two sessions");
    await page.locator(".row", { hasText: "The old laptop" }).getByRole("button", { name: "Sign out there" }).click();
    assert.equal(await page.getByText("The old laptop").count(), 0);
    await elsewhere.page.goto("/board");
    assert.equal(new URL(elsewhere.page.url()).pathname, "/sign-in");
    await elsewhere.context.close();
  });

  it("what is not there is said on a page", async () => {
    for (const one of ["/nothing", "/controls/XX-1", "/devices/dev_x", "/documents/x", "/packs/x", "/ledger/entries/999999"]) {
      const answer = await page.goto(one);
      assert.equal(answer.status(), 404, one);
      assert.equal(await page.locator("h1").innerText(), "Not on this reel", one);
    }
    await look("not found", { status: 404 });
  });

  it("an address that only takes forms leads nowhere else", async () => {
    for (const one of ["/controls/AD-1/documents", "/settings/security/recovery", "/sign-out"]) {
      const answer = await page.goto(one);
      assert.equal(answer.status(), 405, one);
      assert.equal(await page.locator("h1").count(), 1, one);
    }
    visitor.complaints();
  });

  it("the board shows what changes while it is open", async () => {
    await page.goto("/board");
    assert.ok(await page.locator('.frame--unknown[href$="/AD-2"]').count(), "AD-2 is unknown yet");
    const writer = await api();
    await writer.post("/api/v1/attestations", {
      data: { control: "AD-2", statement: "The owner named Ada Reel as security contact.", valid_to: `${inDays(30)}T00:00:00Z` },
    });
    await writer.dispose();
    await page.locator('.frame--pass[href$="/AD-2"]').waitFor({ timeout: 40_000 });
    await page.getByRole("button", { name: "Live" }).click();
    await page.getByRole("button", { name: "Paused" }).waitFor();
    assert.deepEqual(visitor.complaints(), []);
    await page.getByRole("button", { name: "Paused" }).click();
    await page.getByRole("button", { name: "Live" }).waitFor();
    // The server goes away: that is said at once, and again as soon as it is back.
    await visitor.context.setOffline(true);
    await page.getByRole("button", { name: "Connection lost" }).waitFor({ timeout: 5_000 });
    await visitor.context.setOffline(false);
    await page.getByRole("button", { name: "Live" }).waitFor({ timeout: 10_000 });
    visitor.complaints();
  });
});
