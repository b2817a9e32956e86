// Forms: refused from other sites and without their token; complete without JavaScript.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { newVisitor, startChromium } from "./lib/browser.js";
import { ADA, auditor, setUp, signIn } from "./lib/people.js";
import { startServer } from "./lib/server.js";
import { startStranger } from "./lib/stranger.js";

const REFUSED = "This request came from another site and was refused.";

describe("forms", () => {
  let server, browser, visitor, page, app;

  before(async () => {
    [server, browser] = await Promise.all([startServer(), startChromium()]);
    visitor = await newVisitor(browser, server.url);
    ({ page } = visitor);
    ({ app } = await setUp(visitor, server));
  });
  after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), "exit 0", server?.log());
  });

  const tokens = () => page.locator("main .rows .row").count();
  const fields = { name: "planted", scopes: "ledger.erase", days: "300" };

  /** The status that a post from the product's own page gets. */
  const post = (path, body, type = "application/x-www-form-urlencoded") =>
    page.evaluate(async ([path, body, type]) => {
      const response = await fetch(path, { method: "POST", headers: { "content-type": type }, body });
      return response.status;
    }, [path, body, type]);

  it("another site cannot post with the visitor's cookie", async () => {
    const csrf = await page.locator("input[name=csrf]").first().inputValue();
    const form = () => `<form method="post" action="${server.url}/settings/tokens">
      ${Object.entries({ csrf, ...fields }).map(([name, value]) => `<input name="${name}" value="${value}">`).join("")}
      <button>Win</button></form>`;
    // Plain http is another site to the browser; https on another port is the same site, so that even
    // the cookie is sent.
    for (const [scheme, data] of [["http", undefined], ["https", server.data]]) {
      const stranger = await startStranger(form, data);
      const other = await visitor.context.newPage();
      await other.goto(`${scheme}://localhost:${stranger.port}/`);
      const silent = await other.evaluate(async (url) => {
        const request = { method: "POST", mode: "no-cors", credentials: "include", body: "{}" };
        await fetch(`${url}/api/v1/tokens`, request).catch(() => {});
        return fetch(`${url}/api/v1/board`, { credentials: "include" }).then(() => "read", () => "unreadable");
      }, server.url);
      assert.equal(silent, "unreadable", `${scheme}: nothing is answered to scripts of other sites`);
      const [answer] = await Promise.all([
        other.waitForResponse((response) => response.url().endsWith("/settings/tokens")),
        other.getByRole("button").click(),
      ]);
      assert.equal(answer.status(), 403, scheme);
      if (scheme === "https") assert.match((await answer.request().allHeaders()).cookie ?? "", /__Host-closedset=/);
      await other.getByText(REFUSED).waitFor();
      await other.close();
      await stranger.stop();
    }
    await page.goto("/settings/tokens");
    assert.equal(await tokens(), 0);
  });

  it("another site cannot show the product in a frame", async () => {
    const stranger = await startStranger(() => `<iframe src="${server.url}/board"></iframe>`, server.data);
    const other = await visitor.context.newPage();
    await other.goto(`https://localhost:${stranger.port}/`);
    const frame = other.frames()[1];
    assert.equal(await frame.locator("h1", { hasText: "Board" }).count(), 0);
    await other.close();
    await stranger.stop();
  });

  it("a form without its token, or with another one's, is refused and does nothing", async () => {
    await page.goto("/settings/tokens");
    const good = new URLSearchParams(fields);
    const wrong = new URLSearchParams({ csrf: "0".repeat(64), ...fields });
    for (const body of [good, wrong]) {
      assert.equal(await post("/settings/tokens", body.toString()), 403, body.toString());
    }
    const multipart = (parts) => `${parts.map(([name, value]) =>
      `--x\r\ncontent-disposition: form-data; name="${name}"${name === "file" ? '; filename="a.txt"' : ""}\r\n\r\n${value}\r\n`).join("")}--x--\r\n`;
    const upload = [["title", "Planted"], ["valid_to", "2099-01-01"], ["file", "x"]];
    const csrf = await page.locator("input[name=csrf]").first().inputValue();
    for (const parts of [upload, [["csrf", "0".repeat(64)], ...upload], [...upload, ["csrf", csrf]]]) {
      const status = await post("/controls/AD-1/documents", multipart(parts), "multipart/form-data; boundary=x");
      assert.equal(status, 403, parts.map(([name]) => name).join());
    }
    assert.equal(await post("/setup/passkey/begin", "{}", "application/json"), 401);
    await page.goto("/settings/tokens");
    assert.equal(await tokens(), 0);
    await page.goto("/documents");
    await page.getByText("No document was given yet.").waitFor();
    visitor.complaints();
  });

  it("an expired form says so on a page of its own", async () => {
    await page.goto("/settings");
    await page.locator("main input[name=csrf]").evaluate((input) => { input.value = "expired"; });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("This form is out of date").waitFor();
    await auditor(visitor)("expired form", { status: 403 });
    for (const action of ["/sign-out", "/settings/security/recovery", "/setup/recovery/kept"]) {
      await page.goto("/settings/security");
      await page.locator("main form").first().evaluate((form, action) => {
        form.outerHTML = `<form method="post" action="${action}" id="old"><input name="csrf" value="expired"><input name="once" value="abc"><input name="next" value="tokens"></form>`;
        document.querySelector("#old").submit();
      }, action);
      await page.getByText("This form is out of date").waitFor();
      assert.equal(await page.locator("textarea").count(), 0, "nobody typed anything");
      const [answer] = await Promise.all([page.waitForNavigation(), page.getByRole("link", { name: "Open the page again" }).click()]);
      assert.equal(answer.status(), 200, action);
    }
    visitor.complaints();
  });

  it("what was typed is not lost with the session, and one comes back to where one was", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const person = await newVisitor(browser, server.url, { javaScriptEnabled });
      await signIn(person, app);
      const statement = "We counted the keys of the machine room. <b>Four</b> are there.";
      const { page } = person;
      await page.goto("/controls/AD-6");
      await page.getByLabel("What you state").fill(statement);
      await page.locator("#attestation-form").getByLabel("Last day").fill("2027-10-31");
      await person.context.clearCookies();
      await page.getByRole("button", { name: "Sign it" }).click();
      await page.getByText("You were signed out after 15 minutes without use; nothing was saved").waitFor();
      const kept = page.getByLabel("What you state");
      assert.equal(await kept.inputValue(), statement);
      assert.equal(await kept.getAttribute("readonly"), "");
      if (javaScriptEnabled) await auditor(person)("lost form", { status: 401 });
      await page.getByRole("link", { name: "Sign in" }).click();
      await page.getByLabel("E-mail address").fill(ADA.email);
      await page.getByLabel("Password").fill(ADA.password);
      await page.getByRole("button", { name: "Go on" }).click();
      await page.getByLabel("The six digits your app shows").fill(await app.next());
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await page.waitForURL("**/controls/AD-6");
      assert.equal(await page.getByText("Four").count(), 0, "nothing was signed");
      await person.context.close();
    }
  });

  it("a file that was chosen without a session is told too", async () => {
    const person = await newVisitor(browser, server.url);
    await signIn(person, app);
    const { page } = person;
    await page.goto("/controls/AD-6");
    const form = page.locator("#document-form");
    await form.getByLabel("Title").fill("Letter of the owner");
    await form.getByLabel("Last day").fill("2027-10-31");
    await form.getByLabel("File").setInputFiles({ name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("x") });
    await person.context.clearCookies();
    await form.getByRole("button", { name: "Upload" }).click();
    await page.getByText("nothing was saved").first().waitFor();
    assert.equal(await page.getByLabel("Title").inputValue(), "Letter of the owner");
    await person.context.close();
  });

  it("who asked for a page while signed out is led to it, and to no other site", async () => {
    const person = await newVisitor(browser, server.url);
    const { page } = person;
    await page.goto("/devices?after=");
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    await page.getByLabel("E-mail address").fill(ADA.email);
    await page.getByLabel("Password").fill(ADA.password);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByLabel("The six digits your app shows").fill(await app.next());
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL((url) => url.pathname === "/devices");
    await person.context.clearCookies();
    for (const forged of ["//evil.example", "/%5Cevil.example", "https://evil.example", "%2F%2Fevil.example"]) {
      await person.context.addCookies([{
        name: "__Host-closedset-next", value: forged, url: server.url, secure: true, httpOnly: true, sameSite: "Lax",
      }]);
      await page.goto(`/sign-in?next=${forged}`);
      assert.equal(new URL(page.url()).origin, server.url, forged);
    }
    await signIn(person, app);
    assert.equal(page.url(), `${server.url}/board`);
    await person.context.close();
  });

  it("rubbish in any address of any page is answered by a page of ours", async () => {
    const folder = new URL("../../crates/pages/src/", import.meta.url);
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".rs"));
    const text = (await Promise.all(files.map((name) => readFile(new URL(name, folder), "utf8")))).join("\n");
    const routes = [...text.matchAll(/\.route\(\s*"(\/[^"]*)"/g)].map(([, route]) => route);
    assert.ok(routes.length > 40, `${routes.length} routes are found`);
    const rubbish = ["abc", "-1", "%FF", "%00", "..%2f..", "99999999999999999999", "x".repeat(2000), "%22%3E%3Cb%3E"];
    const queries = ["", ...["abc", "%FF", "-1", "99999999999999999999", "[]"].map((one) =>
      `?before=${one}&after=${one}&kind=${one}&version=${one}&token=${one}`)];
    for (const route of new Set(routes)) {
      for (const one of route.includes("{") ? rubbish : [""]) {
        for (const query of one === "" || one === "abc" ? queries : [""]) {
          const path = route.replaceAll(/\{[^}]*\}/g, one) + query;
          const answer = await visitor.context.request.get(server.url + path, { maxRedirects: 0 });
          const body = await answer.text();
          assert.ok(answer.status() < 500, `${path}: ${answer.status()}`);
          if (answer.status() < 400 || route.startsWith("/assets/")) continue;
          // A calendar is read by programs: to them a sentence is said.
          if (!route.startsWith("/calendar/")) assert.match(body, /<title>[^<]+ · Closedset<\/title>/, `${path}: ${answer.status()} ${body.slice(0, 200)}`);
          assert.doesNotMatch(body, /i64|deserialize|Cannot parse|Invalid URL/, path);
        }
      }
    }
  });

  it("without JavaScript one signs in, gives evidence and makes a pack", async () => {
    const plain = await newVisitor(browser, server.url, { javaScriptEnabled: false });
    const { page } = plain;
    await signIn(plain, app);
    assert.equal(await page.locator(".frame").count(), 33);
    assert.equal(await page.getByRole("button", { name: "Copy" }).count(), 0, "no button that does nothing");

    await page.locator('.frame[href$="/AD-1"]').click();
    const form = page.locator("#document-form");
    await form.getByLabel("Title").fill("Security policy");
    await form.getByLabel("Last day").fill("2027-10-31");
    await form.getByLabel("File").setInputFiles({
      name: "policy.txt", mimeType: "text/plain", buffer: Buffer.from("We lock the doors."),
    });
    await form.getByRole("button", { name: "Upload" }).click();
    await page.waitForURL("**/controls/AD-1");
    await page.getByText("Uploaded, and written into the ledger.").waitFor();
    await page.locator("#evidence").getByRole("link", { name: "Security policy", exact: true }).click();
    assert.equal(await page.locator(".flash").count(), 0, "what was done is said once");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "policy.txt" }).click(),
    ]);
    assert.equal(await readFile(await download.path(), "utf8"), "We lock the doors.");

    await page.goto("/controls/PH-1");
    const attestation = page.locator("#attestation-form");
    await attestation.getByLabel("What you state").fill("Every door was tried by hand on Monday.");
    await attestation.getByLabel("Last day").fill("2027-10-31");
    await attestation.getByRole("button", { name: "Sign it" }).click();
    await page.waitForURL("**/controls/PH-1");

    await page.getByText("Signed, and written into the ledger.").waitFor();

    await page.goto("/controls/AD-8");
    await page.getByText("Ask for an exception").click();
    const exception = page.locator("#exception-form");
    await exception.getByLabel("What is signed").selectOption("There is none");
    await exception.getByLabel("Why").fill("Nobody has ever audited this building.");
    await exception.getByLabel("Last day").fill(new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10));
    await exception.getByRole("button", { name: "Ask for it" }).click();
    await page.getByText("Granted, and written into the ledger.").waitFor();

    await page.goto("/packs");
    await page.getByRole("button", { name: "Make the pack" }).click();
    await page.waitForURL(/\/packs\/[a-z]+_/);
    await page.getByRole("link", { name: "Download the pack" }).waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("**/signed-out");
    assert.deepEqual(plain.complaints(), []);
    await plain.context.close();
  });
});
