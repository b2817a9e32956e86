// What a person does to get in: set-up, sign-in, sign-out.

import assert from "node:assert/strict";
import { audit } from "./browser.js";
import { App } from "./totp.js";

/** The first account. */
export const ADA = {
  name: "Ada Reel",
  email: "ada@halide.example",
  password: "correct horse battery reel",
};

const nothing = async () => {};

/** Begins set-up: the account. Ends on the page of the second factor. */
export async function setUpAccount({ page }, link) {
  await page.goto(link);
  await page.getByLabel("Your name").fill(ADA.name);
  await page.getByLabel("E-mail address").fill(ADA.email);
  await page.getByLabel("Password").fill(ADA.password);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.waitForURL("**/setup/second-factor");
}

/** Adds an authenticator app; ends on the page of recovery codes. */
export async function setUpApp({ page }) {
  const app = new App(await page.locator("code.condition").innerText());
  await page.getByLabel("The six digits the app shows").fill(await app.next());
  await page.getByRole("button", { name: "Use this app" }).click();
  await page.waitForURL("**/setup/recovery");
  return app;
}

/** Goes on from the page of recovery codes to the board; `look` sees each page. */
export async function setUpRest({ page }, look = nothing) {
  await look("set-up: recovery codes asked");
  await page.getByRole("button", { name: "Show my codes" }).click();
  const codes = await page.locator(".codes li").allInnerTexts();
  await look("set-up: recovery codes shown");
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.waitForURL("**/setup/organisation");
  await look("set-up: organisation");
  await page.getByLabel("Company").fill("Halide Post");
  await page.getByLabel("Name of the site").fill("Main building");
  await page.getByLabel("Address").fill("Calle del Celuloide 24\n28013 Madrid");
  await page.getByLabel("Country").selectOption({ label: "Spain" });
  await page.getByLabel("Time zone").selectOption("Europe/Madrid");
  await page.getByRole("button", { name: "Open the board" }).click();
  await page.waitForURL("**/board");
  return codes.map((code) => code.trim());
}

/** Set-up with an authenticator app, from the link to the board. */
export async function setUp(visitor, server) {
  await setUpAccount(visitor, server.link);
  const app = await setUpApp(visitor);
  const codes = await setUpRest(visitor);
  return { app, codes };
}

/** E-mail and password; ends wherever the server leads. */
export async function enterPassword({ page }, { email, password } = ADA) {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Go on" }).click();
}

/** The whole sign-in by authenticator app; ends on the board. */
export async function signIn(visitor, app) {
  const { page } = visitor;
  await enterPassword(visitor);
  await page.waitForURL("**/sign-in/second-factor");
  await page.getByLabel("The six digits your app shows").fill(await app.next());
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL("**/board");
}

export async function signOut({ page }) {
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.waitForURL("**/signed-out");
  assert.equal(await page.locator("h1").innerText(), "Signed out");
}

/** `audit` for a visitor, as the functions here take it. */
export function auditor(visitor) {
  return (name, options) => audit(visitor, name, options);
}
