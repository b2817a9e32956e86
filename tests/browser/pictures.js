// Takes pictures of every page, wide and narrow, light and dark: npm run pictures -- FOLDER

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { addAuthenticator, newVisitor, startChromium } from "./lib/browser.js";
import { confirmDevice, giveEvidence, makeToken } from "./lib/evidence.js";
import { enterPassword, setUpAccount, setUpApp, setUpRest, signOut } from "./lib/people.js";
import { startServer } from "./lib/server.js";
import { until } from "./lib/until.js";

const SIZES = [[1280, 900], [390, 844]];

async function main(folder) {
  if (!folder) throw new Error("say where the pictures go: npm run pictures -- FOLDER");
  await mkdir(folder, { recursive: true });
  const server = await startServer();
  const browser = await startChromium();
  try {
    const visitor = await newVisitor(browser, server.url, { reducedMotion: "reduce" });
    await pictures(server, visitor, folder);
  } finally {
    await browser.close();
    await server.stop();
  }
}

let number = 0;

async function shoot(page, folder, name) {
  number += 1;
  const prefix = `${String(number).padStart(2, "0")}-${name}`;
  await page.mouse.move(0, 0);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      // As tall as the page, so that what sticks to the window is drawn once, at its place.
      const whole = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({ width, height: Math.max(whole, height) });
      await page.evaluate(() => scrollTo(0, 0));
      const file = path.join(folder, `${prefix}-${width}-${colorScheme}.png`);
      await page.screenshot({ path: file, fullPage: true, animations: "disabled" });
    }
  }
  await page.setViewportSize({ width: SIZES[0][0], height: SIZES[0][1] });
}

async function pictures(server, visitor, folder) {
  const { page } = visitor;
  const shot = (name) => shoot(page, folder, name);
  const unchecked = (selector) => page.locator(selector).evaluate((form) => { form.noValidate = true; });
  const visit = async (address, name) => {
    await page.goto(address);
    await shot(name);
  };

  await addAuthenticator(visitor);
  await visit("/setup", "set-up-link");
  await visit(server.link, "set-up-account");
  await unchecked("form.form");
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.locator(".field__error").first().waitFor();
  await shot("set-up-account-wrong");
  await setUpAccount(visitor, server.link);
  await shot("set-up-second-factor");
  const app = await setUpApp(visitor);
  const shown = { "set-up: recovery codes asked": "set-up-codes", "set-up: recovery codes shown": "set-up-codes-shown", "set-up: organisation": "set-up-organisation" };
  await setUpRest(visitor, (name) => shot(shown[name]));
  await shot("board-new");
  for (const area of ["documents", "attestations", "exceptions", "packs", "settings/tokens"]) await visit(`/${area}`, `${area.replace("/", "-")}-empty`);

  await until("this computer answers", 60_000, async () => {
    await page.goto("/board");
    return page.locator(".frame--fail, .frame--pass").count();
  });
  await visit("/devices", "devices-unconfirmed");
  const token = await makeToken(visitor, "Evidence from the file server", ["board.read", "evidence.write"]);
  await shot("tokens-made");
  await giveEvidence(server, token);
  await confirmDevice(visitor, "Grading suite 2");
  await shot("device");
  await page.locator("details").evaluateAll((all) => { for (const one of all) one.open = true; });
  await shot("device-unfolded");
  await page.getByRole("link", { name: "Revoke this device" }).click();
  await shot("device-revoke");
  await visit("/board", "board");
  await visit("/settings/checks/new", "own-check-form");
  await page.getByLabel("Control", { exact: true }).selectOption("IS-7");
  await page.getByLabel("What is so when it passes").fill("Screens lock within a minute");
  await page.locator("#field_1").selectOption("screen_lock.longest_s");
  await page.locator("#compared_1").selectOption("at_most");
  await page.locator("#value_1").fill("60");
  await page.getByLabel("What is wanted").fill("The screen locks within a minute.");
  await page.getByRole("button", { name: "Preview" }).click();
  await page.locator("#preview").waitFor();
  await shot("own-check-preview");
  await page.getByRole("button", { name: "Ask it from now on" }).click();
  await page.getByRole("link", { name: "Screens lock within a minute" }).waitFor();
  await shot("own-checks");
  await page.getByRole("link", { name: "Screens lock within a minute" }).click();
  await shot("own-check");
  await visit("/settings/checks/thresholds/screen_lock_s", "threshold");
  // The picture in the README, without a number: docs/images/board.png.
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 1280 });
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: path.join(folder, "board.png") });
  for (const id of ["AD-1", "PH-1", "IS-3", "IS-7", "IS-9"]) await visit(`/controls/${id}`, `control-${id}`);
  await page.goto("/controls/IS-6");
  await page.locator("details").evaluateAll((all) => { for (const one of all) one.open = true; });
  await shot("control-IS-6-unfolded");
  await page.goto("/controls/AD-9");
  await unchecked("#document-form");
  await page.locator("#document-form").getByRole("button", { name: "Upload" }).click();
  await page.locator(".field__error").first().waitFor();
  await shot("control-AD-9-wrong");
  await visit("/devices", "devices");
  await page.getByRole("button", { name: "Make a link" }).click();
  await page.locator(".secret-once").waitFor();
  await shot("devices-link");
  const past = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10);
  await visit(`/board?as_of=${past}`, "board-past");
  await visit(`/controls/IS-7?as_of=${past}`, "control-past");
  await visit(`/board?as_of=${new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10)}`, "board-day-refused");
  await page.goto("/devices");
  await page.locator("tbody th a").first().click();
  await page.waitForURL("**/devices/dev_*");
  await visit(`${page.url()}?as_of=${past}`, "device-past");
  await visit("/attestations", "attestations");
  await page.goto("/controls/AD-9");
  await page.getByText("Ask for an exception").click();
  await page.getByLabel("What is signed").selectOption("There is none");
  await page.getByLabel("Why").fill("Nobody was ever paid to break into this building.");
  await page.locator("#exception-form").getByLabel("Last day").fill(new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10));
  await shot("control-AD-9-ask");
  await page.getByRole("button", { name: "Ask for it" }).click();
  await page.getByText("Granted, and written into the ledger.").waitFor();
  await shot("control-AD-9-none");
  await visit("/exceptions", "exceptions");
  await visit("/documents", "documents");
  await page.getByRole("link", { name: "Camera retention test" }).click();
  await page.locator("h1", { hasText: "Camera retention test" }).waitFor();
  await shot("document");
  await page.goto("/tasks");
  await page.locator(".task summary").first().click();
  await shot("tasks-open");
  await page.getByLabel("What was done").first().fill("Asked Otto to mend it on Monday.");
  await page.getByRole("button", { name: "Close the task" }).first().click();
  await page.getByText("Asked Otto").waitFor();
  await shot("tasks");
  await page.goto("/packs");
  await page.getByRole("button", { name: "Make the pack" }).click();
  await page.getByRole("link", { name: "Download the pack" }).waitFor({ timeout: 60_000 });
  await shot("pack");
  await page.goto("/packs");
  await page.getByText("Encrypt it, so that only").click();
  await page.getByText("Limit it to some controls").click();
  await page.getByText("Leave out people’s names").click();
  await page.getByLabel("Name nobody in this pack").check();
  await shot("packs-choices");
  await page.getByRole("checkbox", { name: /^AD-5/ }).check();
  await page.getByRole("checkbox", { name: /^IR-1/ }).check();
  await page.getByLabel("Recipients, one a line").fill("age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa");
  await page.getByRole("button", { name: "Make the pack" }).click();
  await page.getByRole("link", { name: "Download the pack" }).waitFor({ timeout: 60_000 });
  await shot("pack-encrypted");
  await visit("/packs", "packs");
  await visit("/ledger", "ledger");
  await page.locator("tbody th a").first().click();
  await page.getByRole("heading", { name: "Proof" }).waitFor();
  await shot("entry");
  await visit("/ledger?kind=account.locked", "ledger-none");
  await visit("/settings", "settings-profile");
  await visit("/settings/security", "settings-account");
  await visit("/settings/security/app/remove", "settings-factor-last");
  await page.goto("/settings/security");
  await page.getByLabel("Name of a new passkey").fill("Laptop");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("link", { name: "Remove the passkey Laptop" }).waitFor();
  await shot("settings-account-passkey");
  await page.getByRole("link", { name: "Remove the passkey Laptop" }).click();
  await page.getByRole("heading", { name: "Remove the passkey Laptop?" }).waitFor();
  await shot("settings-factor-remove");
  await visit("/settings/security/app", "settings-app");
  await visit("/confirm-it-is-you?next=password", "confirm");
  await visit("/settings/security/password", "settings-password");
  await page.getByLabel("The password you have now").fill("not the right words");
  await page.getByLabel("The new password").fill("velvet harbour lantern");
  await page.getByRole("button", { name: "Change it" }).click();
  await page.locator(".field__error").waitFor();
  await shot("settings-password-wrong");
  await visit("/settings/tokens", "settings-tokens");
  await unchecked("main .panel form");
  await page.getByLabel("What it is for").fill("Wall screen");
  await page.getByRole("button", { name: "Make it" }).click();
  await page.locator(".field__error").waitFor();
  await shot("settings-tokens-wrong");
  await visit("/settings/people", "people-alone");
  await page.getByLabel("Name", { exact: true }).fill("Nina Cut");
  await page.getByLabel("E-mail address").fill("nina@cut.example");
  await page.getByLabel("Role", { exact: true }).selectOption({ label: "Coordinator" });
  await page.getByRole("button", { name: "Make the link" }).click();
  const invitation = await page.locator(".secret-once .command__text").innerText();
  await shot("people-invited");
  await page.goto(invitation);
  await shot("join-other");
  await page.goto("/settings/people");
  await page.locator("main").getByRole("link", { name: "Ada Reel" }).click();
  await shot("person-self");
  await page.getByRole("link", { name: "Remove" }).click();
  await shot("person-remove");
  await visit("/organisations", "organisations");
  await visit("/organisations/new", "organisation-new");
  const guest = await newVisitor(page.context().browser(), server.url, { reducedMotion: "reduce" });
  await addAuthenticator(guest);
  await guest.page.goto(invitation);
  await shoot(guest.page, folder, "join");
  await guest.page.getByLabel("Choose a password").fill("velvet harbour lantern");
  await guest.page.getByRole("button", { name: "Make my account" }).click();
  await guest.page.waitForURL("**/setup/second-factor");
  await shoot(guest.page, folder, "join-second-factor");
  await guest.page.getByRole("button", { name: "Add a passkey" }).click();
  await guest.page.waitForURL("**/setup/recovery");
  await guest.page.getByRole("button", { name: "Show my codes" }).click();
  await guest.page.getByRole("button", { name: "I have kept them" }).click();
  await guest.page.waitForURL("**/board");
  await shoot(guest.page, folder, "board-of-a-coordinator");
  await guest.page.goto(invitation);
  await shoot(guest.page, folder, "join-dead");
  await guest.context.close();
  await visit("/settings/people", "people");
  await page.getByRole("link", { name: "Nina Cut" }).click();
  await shot("person");
  await visit("/settings/network", "network");
  await visit("/settings/about", "settings-about");
  await visit("/nothing", "not-found");
  await page.goto("/settings");
  await page.locator("main input[name=csrf]").evaluate((input) => { input.value = "expired"; });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("This form is out of date").waitFor();
  await shot("form-expired");
  await page.goto("/board");
  await signOut(visitor);
  await shot("signed-out");
  await visit("/sign-in", "sign-in");
  await enterPassword(visitor, { email: "ada@halide.example", password: "wrong words entirely" });
  await page.locator(".field__error").waitFor();
  await shot("sign-in-wrong");
  await enterPassword(visitor);
  await page.waitForURL("**/second-factor");
  await page.getByLabel("The six digits your app shows").fill(app.wrong());
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.locator(".field__error").waitFor();
  await page.locator("summary").click();
  await shot("sign-in-second-factor");
}

await main(process.argv[2]);
