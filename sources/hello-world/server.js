// A page that shows which base image it runs on.
const http = require("node:http");
const os = require("node:os");

const colour = process.env.BACKGROUND_COLOR ?? "white";
const escape = (text) => text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="background-color" content="${escape(colour)}">
    <title>Hello World</title>
    <style>
      body { background: ${escape(colour)}; color: white; font-family: sans-serif; text-align: center; padding-top: 15vh; }
      dl { display: inline-grid; grid-template-columns: auto auto; gap: 0.5em 1.5em; text-align: left; }
      dd { margin: 0; font-weight: bold; }
    </style>
  </head>
  <body>
    <h1>Hello World</h1>
    <dl>
      <dt>Node.js</dt><dd>${escape(process.version)}</dd>
      <dt>Base image's colour</dt><dd>${escape(colour)}</dd>
      <dt>Host</dt><dd>${escape(os.hostname())}</dd>
    </dl>
  </body>
</html>
`;

const server = http.createServer((request, response) => {
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
  });
  response.end(request.method === "HEAD" ? undefined : page);
});
server.listen(80);

process.on("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
});
