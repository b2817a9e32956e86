// Chromium, and what every page must keep to.

import assert from "node:assert/strict";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Chromium with an empty profile. */
export function startChromium() {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS, timeout: 60_000 });
}

/** A person's browser: no cookies, and an ear for what goes wrong on its pages. */
export async function newVisitor(browser, url, options = {}) {
  const context = await browser.newContext({
    baseURL: url,
    ignoreHTTPSErrors: true,
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  context.setDefaultTimeout(15_000);
  const complaints = [];
  context.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => complaints.push(`script: ${error.error()}`));
  context.on("requestfailed", (request) => {
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") complaints.push(`request: ${request.url()}: ${why}`);
  });
  await context.exposeBinding("closedsetTestViolation", (_, words) => { complaints.push(words); });
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      globalThis.closedsetTestViolation(`policy: ${event.effectiveDirective} ${event.blockedURI}`);
    });
  });
  const page = await context.newPage();
  return {
    context,
    page,
    /** What went wrong since this was asked last. */
    complaints: () => complaints.splice(0),
  };
}

/** A passkey device of the browser's own, which confirms by itself. */
export async function addAuthenticator(visitor) {
  const session = await visitor.context.newCDPSession(visitor.page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { session, authenticatorId };
}

/**
 * Holds the page that is open to what all pages keep: one heading of the first rank, nothing for axe
 * to say in light and dark, no error, no breach of the content security policy, no sideways scrolling
 * on a phone. `status` is what the server answered, where that is an error the browser reports; `title`
 * what the page's title must be like.
 */
export async function audit(visitor, name, { status = 200, title = / · Closedset$/ } = {}) {
  const { page } = visitor;
  const wide = page.viewportSize();
  assert.equal(await page.locator("h1").count(), 1, `${name}: one h1`);
  assert.notEqual((await page.locator("h1").innerText()).trim(), "", `${name}: the h1 has words`);
  assert.match(await page.title(), title, `${name}: title`);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
    const words = violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(" ")}\n      ${node.failureSummary.replaceAll("\n", "\n      ")}`));
    assert.deepEqual(words, [], `${name}, ${colorScheme}: axe`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 800 });
  const beyond = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= limit) return [];
    return [...document.querySelectorAll("body *")]
      .filter((one) => one.getBoundingClientRect().right > limit + 1)
      .map((one) => `${one.tagName.toLowerCase()}.${one.className}`).slice(0, 5);
  });
  await page.setViewportSize(wide);
  assert.deepEqual(beyond, [], `${name}: wider than a phone`);
  const ignored = `console: Failed to load resource: the server responded with a status of ${status}`;
  const complaints = visitor.complaints().filter((one) => status === 200 || !one.startsWith(ignored));
  assert.deepEqual(complaints, [], `${name}: errors`);
}
