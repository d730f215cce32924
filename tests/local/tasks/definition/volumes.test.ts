// Does not prove that a container sees the files.
import assert from "node:assert/strict";
import { planOf, secretsOf } from "../../../../local/tasks/definition";
import { as, refuses, taskSource } from "./taskText";

const secretsIn = (list: string) => secretsOf(taskSource(`secrets: ${list}\nsteps: []\n`));

describe("secrets of a task file", () => {
  it("are read as Azure reads them: the URL in lower case, the identity where one is named", () =>
    assert.deepEqual(
      secretsIn(
        "[{id: A, keyvault: 'https://V.vault.azure.net/secrets/N/1'}, " +
          "{id: b, keyvault: 'https://v/secrets/n/', clientID: c}]",
      ),
      [
        { id: "A", url: "https://v.vault.azure.net/secrets/n/1" },
        { id: "b", url: "https://v/secrets/n/", clientId: "c" },
      ],
    ));

  it("are none in a file that has none", () => assert.deepEqual(secretsIn("[]"), []));

  const url = "keyvault: 'https://v/secrets/n'";
  const faults: [what: string, list: string, message: RegExp][] = [
    ["no id", `[{${url}}]`, /secret 1 has no "id"/],
    ["a blank in the id", `[{id: a b, ${url}}]`, /must not hold blanks/],
    ["an id twice", `[{id: a, ${url}}, {id: a, ${url}}]`, /the id is there twice/],
    ["no vault", "[{id: a}]", /is not https/],
    ["http", "[{id: a, keyvault: 'http://v/secrets/n'}]", /is not https/],
    ["a vault's key", "[{id: a, keyvault: 'https://v/keys/n'}]", /is not https/],
    ["an unknown property", `[{id: a, ${url}, clientId: c}]`, /property "clientId"/],
    ["a registry's token", "[{id: a, aadresourceid: x}]", /"aadresourceid" .*use "keyvault"/],
    ["a mapping", "{id: a}", /"secrets" must be a list/],
  ];
  for (const [what, list, message] of faults)
    it(`are refused with ${what}`, () =>
      assert.throws(() => secretsIn(list), { name: "TaskFileError", message }));

  it("are in no error, however they break the file", () => {
    const text = (use: string): string => `secrets: [{id: s, ${url}}]\nsteps:\n  - ${use}\n`;
    const uses: [use: string, secret: string][] = [
      ["cmd: x {{.Secrets.s}}", "a$hidden"],
      ["cmd: x {{.Secrets.s}}", "a;hidden"],
      ['cmd: "x {{.Secrets.s}}"', 'a" hidden'],
      ["{cmd: x, user: {{.Secrets.s}}}", "a] hidden"],
      ["{cmd: x, user: {{.Secrets.s}}}", "|hidden"],
      ["cmd: {{.Secrets.s}}", "*hidden"],
      ["cmd: {{.Secrets.s}}", "!hidden: {"],
    ];
    for (const [use, secret] of uses)
      assert.throws(
        () => planOf(taskSource(text(use)), { s: secret }),
        ({ name, message }: Error) => name === "TaskFileError" && !message.includes("hidden"),
        secret,
      );
  });
});

describe("volumes of a task file", () => {
  it("hold files, found at the step's mount path", () => {
    const text =
      "volumes:\n  - name: v_1\n    secret:\n      a.txt: YQ==\n      empty: ''\n" +
      "steps:\n  - cmd: x\n    volumeMounts: [{name: v_1, mountPath: /run/v}]\n";
    const { volumes, steps } = planOf(taskSource(text), {});
    assert.deepEqual(
      volumes.map(({ name, files }) => [name, [...files].map(([file, data]) => [file, `${data}`])]),
      [
        [
          "v_1",
          [
            ["a.txt", "a"],
            ["empty", ""],
          ],
        ],
      ],
    );
    assert.deepEqual(as("cmd", steps[0]).volumeMounts, [{ volume: "v_1", mountPath: "/run/v" }]);
  });

  const volume = "{name: v, secret: {f: YQ==}}";
  const faults: [what: string, list: string, message: RegExp][] = [
    ["no name", "[{secret: {f: YQ==}}]", /volume "1": the name must consist of/],
    ["a dot in the name", "[{name: a.b, secret: {f: YQ==}}]", /the name must consist of/],
    ["a name twice", `[${volume}, ${volume}]`, /the name is there twice/],
    ["no files", "[{name: v, secret: {}}]", /at least one file/],
    ["nothing in it", "[{name: v}]", /at least one file/],
    ["a path as file name", "[{name: v, secret: {a/b: YQ==}}]", /"a\/b" must consist of/],
    ["the folder above as file name", "[{name: v, secret: {..: YQ==}}]", /"\.\." must consist of/],
    [
      "text that is not base64",
      "[{name: v, secret: {f: a-b=}}]",
      /"f" is not base64; use .*b64enc/,
    ],
    ["base64 without its end", "[{name: v, secret: {f: abcde}}]", /"f" is not base64/],
    ["an unknown property", "[{name: v, secret: {f: YQ==}, size: 1}]", /property "size"/],
  ];
  for (const [what, list, message] of faults)
    it(`are refused with ${what}`, () => refuses(`volumes: ${list}\nsteps: []\n`, message));

  const mounts: [what: string, list: string, message: RegExp][] = [
    ["of an unknown volume", "[{name: w, mountPath: /w}]", /line 4: .*there is no volume "w"/],
    ["without a path", "[{name: v}]", /is not an absolute path/],
    ["at a relative path", "[{name: v, mountPath: a}]", /"a" is not an absolute path/],
    ["twice at one path", "[{name: v, mountPath: /v}, {name: v, mountPath: /v}]", /mounted twice/],
    ["with an unknown property", "[{name: v, mountPath: /v, readOnly: true}]", /"readOnly"/],
  ];
  for (const [what, list, message] of mounts)
    it(`are not mounted ${what}`, () =>
      refuses(`volumes: [${volume}]\nsteps:\n  - cmd: x\n    volumeMounts: ${list}\n`, message));

  it("are not mounted in a push", () =>
    refuses("steps:\n  - push: [a]\n    volumeMounts: []\n", /a push mounts nothing/));
});
