// Does not prove that the digests of these images can be found.
import assert from "node:assert/strict";
import {
  baseImagesOf,
  gitContextOf,
  imageReferenceOf,
  imageText,
} from "../../../../local/tasks/definition";

const scan = (text: string, buildArgs: string[] = [], target?: string): [string?, ...string[]] => {
  const build = { buildArgs, ...(target === undefined ? {} : { target }) };
  const { runtime, buildtime } = baseImagesOf({ file: "Dockerfile", text, build });
  return [runtime && imageText(runtime), ...buildtime.map(imageText)];
};

describe("base images of a Dockerfile", () => {
  const found: [what: string, images: ReturnType<typeof scan>, expected: (string | undefined)[]][] =
    [
      [
        "a build argument",
        scan("ARG R=\nFROM ${R}node:22\n", ["R=p.azurecr.io/"]),
        ["p.azurecr.io/node:22"],
      ],
      [
        "an argument's default",
        scan("ARG T=22\nARG T=23\nFROM node:$T"),
        ["docker.io/library/node:22"],
      ],
      [
        "the last stage, with the others as build time",
        scan("FROM a AS x\nFROM b\nCOPY --from=x . ."),
        ["docker.io/library/b:latest", "docker.io/library/a:latest"],
      ],
      [
        "the origin of a stage",
        scan("FROM a AS x\nFROM x AS y\nFROM y"),
        ["docker.io/library/a:latest"],
      ],
      [
        "the stage that is the target",
        scan("FROM a AS x\nFROM b AS y", [], "x"),
        ["docker.io/library/a:latest"],
      ],
      ["nothing under scratch", scan("FROM scratch"), [undefined]],
      [
        "an argument without value, given later",
        scan("ARG T\nARG T=23\nFROM node:${T} AS build more"),
        ["docker.io/library/node:23"],
      ],
      [
        "a quoted name",
        scan("FROM \"a\"\nFROM 'b' as B"),
        ["docker.io/library/b:latest", "docker.io/library/a:latest"],
      ],
      [
        "names of stages by their case",
        scan("FROM a AS X\nFROM x"),
        ["docker.io/library/x:latest", "docker.io/library/a:latest"],
      ],
      [
        "one image under several names once",
        scan("FROM a\nFROM library/a:latest\nFROM docker.io/a\nFROM b"),
        ["docker.io/library/b:latest", "docker.io/library/a:latest"],
      ],
      [
        "the whole file when the target is unknown",
        scan("FROM a AS x\nFROM b", [], "y"),
        ["docker.io/library/b:latest", "docker.io/library/a:latest"],
      ],
      [
        "no line of a continued command, unless it begins with FROM",
        scan("FROM a\nRUN echo \\\nFROM b\n"),
        ["docker.io/library/b:latest", "docker.io/library/a:latest"],
      ],
      [
        "a file with a byte order mark and comments",
        scan("\uFEFF# FROM z\nfrom a"),
        ["docker.io/library/a:latest"],
      ],
    ];
  for (const [what, images, expected] of found)
    it(`follow ${what}, or a changed base image triggers nothing`, () =>
      assert.deepEqual(images, expected));

  it("are refused where ACR's scanner fails, with the line", () => {
    assert.throws(
      () => scan("\nFROM --platform=linux/amd64 node"),
      /^TaskFileError: Dockerfile line 2/,
    );
    assert.throws(() => scan("FROM a b c"), /Dockerfile line 1/);
    assert.throws(() => scan("ARG X\nFROM $X"), /Dockerfile line 2: .*build arguments/);
    assert.throws(() => scan("FROM ${X:-node}"), /Dockerfile line 1: .*names no image/);
    assert.throws(
      () => scan("ARG X=a//b\nFROM $X"),
      /Dockerfile line 2: .*"a\/\/b", no image name/,
    );
    assert.throws(() => scan("RUN x"), /there is no FROM/);
  });
});

describe("names", () => {
  it("of Docker Hub images are one and the same however they are written", () => {
    for (const name of [
      "node",
      "library/node",
      "docker.io/node",
      "registry.hub.docker.com/library/node:latest",
    ])
      assert.equal(imageText(imageReferenceOf(name)), "docker.io/library/node:latest");
  });

  it("have a tag, a digest or both", () => {
    const digest = `sha256:${"0".repeat(64)}`;
    const parts = { registry: "c.azurecr.io", repository: "a/b" };
    assert.deepEqual(imageReferenceOf("c.azurecr.io/a/b"), { ...parts, tag: "latest" });
    assert.deepEqual(imageReferenceOf(`c.azurecr.io/a/b@${digest}`), { ...parts, digest });
    assert.deepEqual(imageReferenceOf(`C.azurecr.io/a/b:1@${digest}`), {
      ...parts,
      tag: "1",
      digest,
    });
    const local = { registry: "127.0.0.1:5000", repository: "app", tag: "latest" };
    assert.deepEqual(imageReferenceOf("127.0.0.1:5000/app"), local);
  });

  for (const text of [
    "",
    ":1",
    "a:",
    "a:b:c",
    "a//b",
    "a/",
    "/a",
    "-v",
    "a b",
    "a@sha256:0",
    "a:-b",
  ])
    it(`are not "${text}"`, () =>
      assert.throws(() => imageReferenceOf(text), {
        name: "TaskFileError",
        message: /no image name/,
      }));

  it("survive being taken apart and put together", () => {
    for (const name of ["c.azurecr.io/a/b:1", "docker.io/user/x:v1.2_3"])
      assert.equal(imageText(imageReferenceOf(name)), name);
  });

  it("of a git context give its branch and folder", () => {
    assert.deepEqual(gitContextOf("https://github.com/o/r.git#main:a/b"), {
      url: "https://github.com/o/r.git",
      ref: "main",
      folder: "a/b",
    });
    assert.deepEqual(gitContextOf("https://github.com/o/r.git"), {
      url: "https://github.com/o/r.git",
    });
    assert.equal(gitContextOf("/dev/null"), undefined);
    assert.throws(() => gitContextOf("https://github.com/o/r.git#--upload-pack=x"), /no branch/);
    assert.throws(
      () => gitContextOf("https://me:ghp_secret@github.com/o/r.git"),
      (error: Error) => /holds a login/.test(error.message) && !/ghp_secret/.test(error.message),
    );
    assert.throws(() => gitContextOf("git@github.com:o/r.git"), { name: "TaskFileError" });
  });
});
