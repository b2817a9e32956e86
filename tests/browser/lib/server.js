// A Closedset server of its own for one test file: a new data folder, a free port.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { until } from "./until.js";

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** The program under test. */
export const PROGRAM = process.env.CLOSEDSET_BIN
  ? path.resolve(process.env.CLOSEDSET_BIN)
  : path.resolve(HERE, "../../../target/debug/closedset");

async function freePort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

/** Starts a server that enrols this computer; `link` opens its set-up. */
export async function startServer() {
  const server = await launch(["--enrol-this-computer"], 30_000);
  return { ...server, link: (await readFile(path.join(server.data, "set-up-link"), "utf8")).trim() };
}

/** Starts a demonstration with so many days behind it; `signIn` is what opens it. */
export async function startDemonstration(days) {
  const server = await launch(["--demo", "--days", String(days), "--json"], 300_000);
  await until("it says what opens it", 10_000, () => server.printed().endsWith("}\n"));
  return { ...server, signIn: JSON.parse(server.printed()) };
}

async function launch(parameters, patience) {
  const data = await mkdtemp(path.join(tmpdir(), "closedset-browser-"));
  const port = await freePort();
  const url = `https://localhost:${port}`;
  const process_ = spawn(
    PROGRAM,
    ["serve", "--data", data, "--listen", `127.0.0.1:${port}`, "--public-url", url, ...parameters],
    // What is asked of the internet takes half a minute to fail and is not under test.
    { env: { ...process.env, CLOSEDSET_SKIP_FACTS: "internet_access" }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let log = "";
  let printed = "";
  let ended = null;
  process_.stdout.on("data", (text) => { printed += text; });
  for (const stream of [process_.stdout, process_.stderr]) stream.on("data", (text) => { log += text; });
  process_.on("error", (error) => { ended = error.message; });
  process_.on("exit", (code, signal) => { ended = `exit ${code ?? signal}`; });
  try {
    await until("the server listens", patience, () => {
      if (ended) throw new Error(`the server ended (${ended}):\n${log}`);
      return log.includes("listening");
    });
  } catch (error) {
    process_.kill("SIGKILL");
    await rm(data, { recursive: true, force: true });
    throw error;
  }
  return {
    url,
    data,
    log: () => log,
    printed: () => printed,
    async stop() {
      if (!ended) {
        process_.kill("SIGTERM");
        await until("the server stops", 30_000, () => ended);
      }
      await rm(data, { recursive: true, force: true });
      return ended;
    },
  };
}

/** Runs the program; its exit code and what it printed. */
export async function run(...parameters) {
  try {
    const { stdout, stderr } = await promisify(execFile)(PROGRAM, parameters);
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (typeof error.code !== "number") throw error;
    return { code: error.code, stdout: error.stdout, stderr: error.stderr };
  }
}
