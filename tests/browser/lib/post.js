// A foreign mail server of its own for one test file (aiosmtpd), and what the letters say that it took.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const SCRIPT = process.env.CLOSEDSET_SMTPD ?? new URL("../../../crates/testing/src/smtpd.py", import.meta.url).pathname;

/** Starts one at a free port. */
export async function startPost() {
  const child = spawn("/usr/bin/python3", [SCRIPT], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  const port = Number(await next());
  return {
    port,
    /** The next letter: to whom, and its text. */
    letter: async () => {
      const { to, body } = JSON.parse(await next());
      return { to: to[0], text: text(body) };
    },
    stop: () => child.kill(),
  };
}

/** The plain text of a letter with parts. */
function text(letter) {
  const from = letter.indexOf("Content-Type: text/plain");
  const [head, ...rest] = letter.slice(from).split("\r\n\r\n");
  const body = rest.join("\r\n\r\n").split("\r\n--")[0];
  if (/base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
  if (!/quoted-printable/i.test(head)) return body;
  const bytes = body.replaceAll("=\r\n", "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
