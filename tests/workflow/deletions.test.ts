// Does not prove that Azure forgets each resource as the local Azure does.
import assert from "node:assert/strict";
import { readPageColour, sameColour } from "../../local/demo/page";
import { openStackUnderTest, type StackUnderTest } from "./stackUnderTest";
import { assertNothingToChange } from "./storyUnderTest";

/** All rows with GATED_IMPORTS_SOAK, as `npm run soak` has it; else those that differ most. */
const whole = process.env["GATED_IMPORTS_SOAK"] !== undefined;

/** What Azure calls the parts of the stack. */
interface Names {
  vault: string;
  /** The app's registry. */
  registry: string;
  container: string;
  /** The container's resource group. */
  group: string;
  /** Object id of the app's task. */
  principal: string;
}

interface Row {
  /** What is deleted, and what a user would lose by it. */
  title: string;
  remove: (names: Names) => string[];
  /** What a plain `up` calls it. */
  said: RegExp;
  /** Also in `npm test`. */
  always?: boolean;
}

const rows: Row[] = [
  {
    title: "a task: nothing would be built any more",
    remove: ({ registry }) => ["acr", "task", "delete", "-r", registry, "-n", "hello-world", "-y"],
    said: /Task hello-world of registry \w+ is not in Azure any more/,
    always: true,
  },
  {
    title: "a token: the page could not be pulled",
    remove: ({ registry }) => [
      ...["acr", "token", "delete", "-r", registry, "-n", "hello-world-pull", "-y"],
    ],
    said: /Token hello-world-pull of registry \w+ is not in Azure any more/,
  },
  {
    title: "an access policy: the task could not read its login",
    remove: ({ vault, principal }) => [
      ...["keyvault", "delete-policy", "--name", vault, "--object-id", principal],
    ],
    said: /Access policy hello-world-reads-vault of key vault [\w-]+ is not in Azure any more/,
  },
  {
    title: "a role assignment: the task could not deploy",
    remove: ({ principal, group }) => [
      ...["role", "assignment", "delete", "--assignee", principal, "-g", group, "-y"],
    ],
    said: /Role assignment hello-world-deploys is not in Azure any more/,
  },
  {
    title: "a container group: there would be no page",
    remove: ({ container, group }) => ["container", "delete", "-g", group, "-n", container, "-y"],
    said: /Container group [\w-]+ is not in Azure any more/,
  },
  {
    title: "a registry with its images, task and tokens",
    remove: ({ registry }) => ["acr", "delete", "-n", registry, "-y"],
    said: /registry \w+ is not in Azure any more/,
  },
  {
    title: "the vault with every secret",
    remove: ({ vault }) => ["keyvault", "delete", "--name", vault],
    said: /The key vault [\w-]+ is not in Azure any more/,
    always: true,
  },
  {
    title: "a resource group with all that is in it",
    remove: ({ group }) => ["group", "delete", "-n", group, "-y"],
    said: /Container group [\w-]+ is not in Azure any more/,
  },
];

describe("what was deleted in Azure, on real parts", function () {
  this.timeout(300_000);
  let rig: StackUnderTest;
  before(async () => {
    rig = await openStackUnderTest();
    await (await rig.stack()).up();
  });
  after(() => rig.close());

  const last = (id = ""): string => id.split("/").at(-1) ?? "";
  async function look(): Promise<Names> {
    const registry = (await rig.ids("Microsoft.ContainerRegistry/registries"))
      .map(last)
      .find((name) => name.includes("helloworld"));
    assert.ok(registry);
    const [container = ""] = await rig.ids("Microsoft.ContainerInstance/containerGroups");
    const show = ["acr", "task", "show", "-r", registry, "-n", "hello-world"];
    return {
      registry,
      vault: last((await rig.ids("Microsoft.KeyVault/vaults"))[0]),
      container: last(container),
      group: container.split("/")[4] ?? "",
      principal: await rig.az(...show, "--query", "identity.principalId", "-o", "tsv"),
    };
  }

  for (const { title, remove, said, always } of rows) {
    if (!whole && !always) continue;
    it(`is named by a plain up and made again by up --refresh: ${title}`, async () => {
      const stack = await rig.stack();
      await rig.az(...remove(await look()));
      await assert.rejects(stack.up(), (error: Error) => {
        assert.match(error.message, said);
        assert.match(error.message, /up --refresh/);
        return true;
      });
      await stack.up({ refresh: true });
      await assertNothingToChange(stack);
      const ip = await rig.az("container", "list", "--query", "[0].ipAddress.ip", "-o", "tsv");
      const colour = await readPageColour(`http://${ip}`);
      assert.ok(sameColour(colour, "Blue"), `the page shows ${colour ?? "nothing"}`);
    });
  }
});
