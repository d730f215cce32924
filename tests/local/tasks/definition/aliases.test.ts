// Does not prove that the images behind the names can be pulled.
import assert from "node:assert/strict";
import { as, refuses, stepsOf } from "./taskText";

const v11 = "version: v1.1.0\n";
/** The word as it stands in a value that nothing else looks into. */
const expanded = (word: string, head = v11): string | undefined =>
  as("cmd", stepsOf(`${head}steps:\n  - {cmd: x, retryOnErrors: ['${word}']}\n`)[0])
    .retryOnErrors[0];
const imageOf = (word: string, head = v11): string =>
  as("cmd", stepsOf(`${head}steps:\n  - cmd: ${word} -x\n`)[0]).image;

describe("aliases of a task file", () => {
  const words: [word: string, text: string][] = [
    ["$ID", "ca7"],
    ["$Registry/a", "contoso.azurecr.io/a"],
    ["$RegistryName", "contoso"],
    ["$SharedVolume", "acb_vol_ca7"],
    ["$Date", "20260105-090000z"],
    ["$OS-$Architecture", "linux-amd64"],
    ["$Commit@$Branch", "c0ffee@main"],
    ["$ID$ID", "ca7ca7"],
    ["$ID_x", "ca7_x"],
    ["$az", "mcr.microsoft.com/acr/azure-cli:2ff604c"],
    ["$$ID", "$ID"],
    ["$$$ID", "$ca7"],
    ["${ID} $(ID)", "${ID} $(ID)"],
    ["$Unknown $IDs", "$Unknown $IDs"],
    ["$Unknown$ID", "$Unknown$ID"],
    ["ID", "ID"],
  ];
  for (const [word, text] of words)
    it(`make "${word}" into "${text}"`, () => assert.equal(expanded(word), text));

  it("name Microsoft's tools as the first word of a cmd, and nothing else does", () => {
    assert.deepEqual(
      ["acr", "az", "bash", "curl", "cssc"].map((word) => imageOf(word)),
      ["acr-cli:0.19", "azure-cli:2ff604c", "bash:2ff604c", "curl:2ff604c", "cssc:2ff604c"].map(
        (name) => `mcr.microsoft.com/acr/${name}`,
      ),
    );
    for (const word of ["docker", "azure", "az:1", "toString"]) assert.equal(imageOf(word), word);
  });

  it("exist in v1.1.0 alone, spelt in lower case", () => {
    for (const head of ["", "version: v1.0.0\n", "version: V1.1.0\n", "version: 1.0-preview-1\n"]) {
      assert.equal(imageOf("bash", head), "bash");
      assert.equal(expanded("$ID$$", head), "$ID$$");
    }
    assert.match(imageOf("bash", '"version": "v1.1.0" # why\n'), /^mcr\./);
  });

  it("of the file win over those of Azure, and keep the text that they are written with", () => {
    const head = `${v11}alias:\n  values:\n    az: my/az\n    tag: 1.10\n    run: "{{.Run.ID}}"\n`;
    assert.equal(imageOf("az", head), "my/az");
    assert.equal(expanded("$az $tag $run", head), "my/az 1.10 ca7");
  });

  it("take arguments along when they stand for an image with some", () => {
    const head = `${v11}alias:\n  values: {lint: "tools/lint:1 --all"}\nsteps:\n`;
    const step = as("cmd", stepsOf(`${head}  - cmd: lint src\n`)[0]);
    assert.deepEqual([step.image, step.args], ["tools/lint:1", ["--all", "src"]]);
  });

  it("begin with another character where the file says so", () =>
    assert.equal(expanded("!ID !! $ID", `${v11}alias: {directive: "!"}\n`), "ca7 ! $ID"));

  const faults: [what: string, block: string, message: RegExp][] = [
    ["files", "src: [a]", /line 3: .*"src" is not supported by the local Azure; use "values"/],
    ["an unknown property", "vlaues: {a: b}", /line 3: .*"vlaues" is not supported/],
    ["a list of values", "values: [a]", /line 3: .*"values" must be a mapping/],
    ["a value that is no text", "values: {a: {b: c}}", /line 3: .*"a" must be text/],
    ["a name with other characters", "values: {a-b: c}", /line 3: .*letters and digits/],
    ["a value of two lines", 'values: {a: "b\\nc"}', /line 3: .*one line/],
    ["a letter as directive", "directive: x", /line 3: .*one character/],
    ["broken YAML", "values: [a", /line 3: not valid YAML/],
    ["an option in place of an image", "values: {x: -v /:/host y}", /"-v" is no image/],
  ];
  for (const [what, block, message] of faults)
    it(`refuse ${what}, with the line`, () =>
      refuses(`${v11}alias:\n  ${block}\nsteps:\n  - cmd: x\n`, message));

  it("are refused where the version has none", () =>
    refuses("alias:\n  values: {a: b}\nsteps: []\n", /line 1: .*"alias" .*needs version v1\.1\.0/));
});
