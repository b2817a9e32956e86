// Time-based one-time passwords (RFC 6238), as an authenticator app computes them.

import { createHmac } from "node:crypto";

const STEP_MS = 30_000;
/** How long a code may take from the app to the server. */
const TYPED_WITHIN_MS = 15_000;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function bytesOf(base32) {
  let bits = "";
  for (const letter of base32.replaceAll(/[\s=]/g, "").toUpperCase()) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) throw new Error(`not a letter of base 32: ${letter}`);
    bits += value.toString(2).padStart(5, "0");
  }
  return Buffer.from(bits.match(/.{8}/g).map((eight) => Number.parseInt(eight, 2)));
}

/** The step of a moment. */
export function stepOf(now = Date.now()) {
  return Math.floor(now / STEP_MS);
}

/** The six digits that `secret` (base 32) shows in `step`. */
export function code(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", bytesOf(secret)).update(counter).digest();
  const offset = digest[19] & 15;
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** An app that never shows a code twice, and waits for the next one where it must. */
export class App {
  #secret;
  #last = 0;

  constructor(secret) {
    this.#secret = secret;
  }

  /**
   * A code that was not used before. One step early or late is taken by every server; what is late
   * already must not grow later still while it is typed and sent.
   */
  async next() {
    const step = Math.max(this.#last + 1, stepOf(Date.now() + TYPED_WITHIN_MS) - 1);
    const wait = (step - 1) * STEP_MS - Date.now();
    if (wait > 0) await new Promise((done) => setTimeout(done, wait + 250));
    this.#last = step;
    return code(this.#secret, step);
  }

  /** The code given last. */
  again() {
    return code(this.#secret, this.#last);
  }

  /** Six digits that no step near now has. */
  wrong() {
    const near = [-2, -1, 0, 1, 2].map((away) => code(this.#secret, stepOf() + away));
    return ["000000", "111111", "222222", "333333", "444444", "555555"].find((one) => !near.includes(one));
  }
}
