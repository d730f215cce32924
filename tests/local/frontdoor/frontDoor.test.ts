// One service that echoes; that the real services answer under their hosts is shown by their own tests.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { openTestBed, type TestBed } from "../clients";
import { openFrontDoor, serviceFor } from "../../../local/frontdoor/frontDoor";

const megabytes = 64;

describe("frontdoor/frontDoor", function () {
  this.timeout(30_000);
  let bed: TestBed;
  before(async () => {
    bed = await openTestBed(async () => [
      {
        name: "echo",
        hosts: ["*.azurecr.io", "github.com"],
        handle(request, response) {
          if (request.url === "/broken") throw new Error("it broke");
          if (request.method === "PUT") request.pipe(response);
          else response.end(`${request.headers.host}\n`);
        },
        stop: async () => {},
      },
    ]);
  });
  after(() => bed.close());

  it("leads curl to a service under Azure's own host name, with a certificate it trusts", async () => {
    const { stdout, stderr } = await bed.run("curl", "-sS", "https://contoso.azurecr.io/");
    assert.equal(stdout, "contoso.azurecr.io\n", stderr);
  });

  it("serves git, which has a TLS library of its own", async () => {
    const { stderr } = await bed.run("git", "ls-remote", "https://github.com/a/b.git");
    assert.match(stderr, /not valid: is this a git repository/, "an answer, not a TLS error");
  });

  it("names a host that it does not serve, and those it does", async () => {
    const { stderr } = await bed.run("curl", "-sv", "https://example.com/");
    assert.match(stderr, /502 Unknown host example\.com/);
    assert.ok(bed.log.some((line) => line.includes("example.com:443")));
  });

  it("takes one label for a wildcard, so a made-up sub-domain is not a registry", () => {
    const service = { name: "r", hosts: ["*.azurecr.io"], handle() {}, stop: async () => {} };
    assert.equal(serviceFor([service], "Contoso.azurecr.io"), service);
    assert.equal(serviceFor([service], "a.b.azurecr.io"), undefined);
    assert.equal(serviceFor([service], "azurecr.io"), undefined);
  });

  it("refuses a request whose Host is not the tunnel's", async () => {
    const { stdout } = await bed.run(
      "curl",
      "-sS",
      "-H",
      "Host: github.com",
      "https://contoso.azurecr.io/",
    );
    assert.match(stdout, /leads to contoso\.azurecr\.io, not to github\.com/);
  });

  it("passes large bodies both ways without keeping them in memory", async () => {
    const command = `head -c ${megabytes}M /dev/zero | curl -sS -T - https://contoso.azurecr.io/up | wc -c`;
    const { stdout, stderr } = await bed.run("bash", "-c", command);
    assert.equal(Number(stdout), megabytes * 1024 * 1024, stderr);
  });

  it("answers 500 and logs the service when a service throws", async () => {
    const { stdout } = await bed.run("curl", "-sS", "https://contoso.azurecr.io/broken");
    assert.match(stdout, /the local Azure's echo failed/i);
    assert.ok(bed.log.some((line) => line.startsWith("echo: GET") && line.includes("it broke")));
  });

  it("keeps the authority's key from other users", () => {
    assert.equal(statSync(join(bed.stateDir, "ca-key.pem")).mode & 0o777, 0o600);
  });

  it("makes an authority that cannot vouch for any other domain", async () => {
    const file = join(bed.stateDir, "ca.pem");
    const { stdout } = await bed.run("openssl", "x509", "-in", file, "-noout", "-text");
    assert.match(stdout, /Name Constraints: critical\s+Permitted:\s+DNS:azurecr\.io/);
  });

  it("comes back on the port it had, so that a shell's variables stay good", async () => {
    const services: [] = [];
    const options = { stateDir: bed.stateDir, services, log: () => {} };
    const first = await openFrontDoor(options);
    await first.close();
    const second = await openFrontDoor({ ...options, preferredPort: first.port });
    await second.close();
    assert.equal(second.port, first.port);
  });
});
