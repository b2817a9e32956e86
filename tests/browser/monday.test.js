// A freelancer's Monday: the link comes by mail, is opened on a telephone, and the coordinator sees it tick.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { audit, newVisitor, startChromium } from "./lib/browser.js";
import { setUp } from "./lib/people.js";
import { startPost } from "./lib/post.js";
import { startServer } from "./lib/server.js";

describe("a freelancer’s Monday", () => {
  let server, browser, post, visitor, page, phone, link;

  before(async () => {
    [server, browser, post] = await Promise.all([startServer(), startChromium(), startPost()]);
    visitor = await newVisitor(browser, server.url);
    ({ page } = visitor);
    await setUp(visitor, server);
    phone = await newVisitor(browser, server.url, { viewport: { width: 390, height: 800 }, hasTouch: true });
  });
  after(async () => {
    post?.stop();
    await browser?.close();
    assert.equal(await server?.stop(), "exit 0", server?.log());
  });

  const press = (name, on = page) => on.getByRole("button", { name, exact: true }).click();
  const flash = () => page.locator(".flash").innerText();

  async function enter(name, email) {
    await page.goto("/people/new");
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("As what").selectOption("freelancer");
    await page.getByLabel("What they do").fill("colourist");
    await press("Enter them");
    await page.getByRole("heading", { name, level: 1 }).waitFor();
  }

  it("without a mail server no mail is offered, and the link is handed on", async () => {
    await page.goto("/agreements");
    await page.getByRole("link", { name: "Put yours in force" }).click();
    await press("Put it in force");
    await enter("Nina Cut", "nina@cut.example");
    await page.getByRole("button", { name: "Make the link by which they sign" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Mail them the link" }).count(), 0);
  });

  it("the mail server is entered", async () => {
    await page.goto("/settings/mail");
    await page.getByLabel("Host").fill("localhost");
    await page.getByLabel("Encryption").selectOption("plain");
    await page.getByLabel("Port").fill(String(post.port));
    await page.getByLabel("Sender’s address").fill("closedset@halide.example");
    await press("Save");
    await page.getByText(/Mail goes out by/).waitFor();
  });

  it("a button mails the link, which nobody here sees", async () => {
    await page.goto("/people");
    await page.getByRole("link", { name: "Nina Cut" }).click();
    await audit(visitor, "somebody to whom a link can be mailed");
    await press("Mail them the link");
    assert.match(await flash(), /^Mailed\./);
    assert.equal(await page.locator(".secret-once").count(), 0);
    const letter = await post.letter();
    assert.equal(letter.to, "nina@cut.example");
    [link] = letter.text.match(/https:\S+\/mine\?token=\S+/);
    await page.goto("/settings/mail");
    await page.locator("main").getByText("Nina Cut").waitFor();
    await audit(visitor, "mail");
  });

  it("they sign on the telephone, and the certificate says that the link was mailed", async () => {
    await phone.page.goto(link.replace(/^https:\/\/[^/]+/, server.url));
    await phone.page.getByRole("heading", { name: "Confidentiality", level: 1 }).waitFor();
    await phone.page.getByLabel("I have read it to the end and agree").check();
    await phone.page.getByLabel("Your name, typed").fill("Nina Cut");
    await press("Sign", phone.page);
    await phone.page.getByRole("heading", { name: "Nothing more to do" }).waitFor();
    await page.goto("/agreements");
    await page.getByText("1 of 1 signed").waitFor();
    await page.goto("/ledger?kind=person.link_mailed");
    await page.locator("main li, main td").getByText("The mail server took the mail with a personal link").first().waitFor();
  });

  it("whoever has not signed is reminded, and nobody twice a day", async () => {
    await enter("Omar Reel", "omar@cut.example");
    await enter("Ida Grade", "ida@cut.example");
    await page.goto("/agreements");
    await page.getByRole("link", { name: "Confidentiality" }).click();
    await page.getByRole("heading", { name: "Has not signed" }).waitFor();
    await audit(visitor, "an agreement that some have not signed");
    await press("Mail each a link");
    assert.match(await flash(), /^A mail goes to each of 2 people\./);
    const to = [(await post.letter()).to, (await post.letter()).to].sort();
    assert.deepEqual(to, ["ida@cut.example", "omar@cut.example"]);
    await press("Mail each a link");
    assert.match(await flash(), /^No mail was written; 2 got one within a day\./);
  });
});
