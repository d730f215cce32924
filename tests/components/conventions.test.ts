// Does not prove that Azure takes a tag: only where tags are put.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { conventions } from "../../components/parts/conventions";
import { oncePerName } from "../../components/parts/oncePerName";

const sdk = join(__dirname, "../../node_modules/@pulumi/azure-native");

/** What becomes of a resource of that type. */
function transformed(
  settings: Parameters<typeof conventions>[0],
  type: string,
  { props = {}, aliases }: { props?: object; aliases?: pulumi.Alias[] } = {},
): { props: Record<string, unknown>; opts: pulumi.CustomResourceOptions } {
  let now = {
    props: props as Record<string, unknown>,
    opts: { deleteBeforeReplace: true, ...(aliases ? { aliases } : {}) },
  };
  for (const transformation of conventions(settings).transformations ?? [])
    now = {
      ...now,
      ...transformation({ type, name: "n", ...now, resource: {} as pulumi.Resource }),
    } as typeof now;
  return now;
}

const registry = "azure-native:containerregistry:Registry";

describe("the conventions of a stack", () => {
  it("put the tags on every resource that takes tags, of those that the program makes", () => {
    const folder = join(__dirname, "../../components");
    const sources = ["", "parts"].flatMap((below) =>
      readdirSync(join(folder, below), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => readFileSync(join(folder, below, name), "utf8")),
    );
    const made = new Set(
      sources.flatMap((source) => {
        const modules = [
          ...source.matchAll(/import \* as (\w+) from "@pulumi\/azure-native\/\w+"/g),
        ];
        return modules.flatMap(([, name = ""]) =>
          [...source.matchAll(new RegExp(`new ${name}\\.(\\w+)\\(`, "g"))].map(
            ([, kind = ""]) => `${name}:${kind}`,
          ),
        );
      }),
    );
    assert.ok(made.size >= 10, `only ${[...made].join(", ")} are found`);
    for (const one of made) {
      const [name = "", kind = ""] = one.split(":");
      const file = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}.d.ts`;
      const text = readFileSync(join(sdk, name, file), "utf8");
      const args = text.slice(text.indexOf(`export interface ${kind}Args`));
      const { props } = transformed(
        { tags: { owner: "web" }, protect: false },
        `azure-native:${one}`,
      );
      assert.equal(/\n +tags\?:/.test(args), props["tags"] !== undefined, one);
    }
  });

  it("leave a resource its own tags", () => {
    const settings = { tags: { owner: "web", issued: "never" }, protect: false };
    const { props } = transformed(settings, registry, {
      props: { tags: { issued: "today" }, registryName: "r" },
    });
    assert.deepEqual(props, { registryName: "r", tags: { owner: "web", issued: "today" } });
  });

  it("put an empty list of tags on nothing", () => {
    assert.deepEqual(transformed({ tags: {}, protect: false }, registry).props, {});
  });

  it("keep registries and vaults from being deleted only when asked to, and nothing else", () => {
    const protect = (type: string, on: boolean): unknown =>
      transformed({ tags: {}, protect: on }, type).opts.protect;
    for (const type of [registry, "azure-native:keyvault:Vault"])
      assert.deepEqual([protect(type, true), protect(type, false)], [true, undefined]);
    for (const type of ["azure-native:containerregistry:Task", "gated-imports:index:Registry"])
      assert.equal(protect(type, true), undefined, type);
  });

  it("leave out the names of API versions, half of a big program's memory, and no other alias", () => {
    const own = [{ name: "before" }, { type: "azure-native:insights:DiagnosticSetting" }];
    const versions = ["v20190601preview", "v20180901"].map((version) => ({
      type: `azure-native:containerregistry/${version}:Task`,
    }));
    const { opts } = transformed({ tags: {}, protect: false }, registry, {
      aliases: [...versions, ...own],
    });
    assert.deepEqual(opts.aliases, own);
  });

  it("leave the other options as they are", () => {
    assert.deepEqual(transformed({ tags: {}, protect: true }, registry).opts, {
      deleteBeforeReplace: true,
      protect: true,
    });
  });
});

describe("what is made once per name", () => {
  it("is the same for whoever asks, so that no resource is declared twice", () => {
    const made: string[] = [];
    const get = oncePerName((name) => {
      made.push(name);
      return { name };
    });
    assert.equal(get("shop"), get("shop"));
    assert.notEqual(get("shop"), get("web"));
    assert.deepEqual(made, ["shop", "web"]);
  });
});
