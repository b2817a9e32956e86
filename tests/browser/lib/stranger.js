// Another site of this machine, which wants the visitor's browser to act for it.

import { createServer as createPlain } from "node:http";
import { createServer as createTls } from "node:https";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** Serves `html()` at every address. With `data` it has https, by the certificate kept there. */
export async function startStranger(html, data) {
  const answer = (_, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(`<!doctype html><title>Win a camera</title>${html()}`);
  };
  const server = data ? createTls(await certificate(path.join(data, "tls")), answer) : createPlain(answer);
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  return {
    port,
    stop: () => new Promise((done) => { server.close(done); server.closeAllConnections(); }),
  };
}

async function certificate(folder) {
  const files = await readdir(folder);
  const all = await Promise.all(files.map((name) => readFile(path.join(folder, name), "utf8")));
  return {
    key: all.find((text) => text.includes("PRIVATE KEY")),
    cert: all.find((text) => text.includes("BEGIN CERTIFICATE")),
  };
}
