// Every fault on a local Azure with real requests; does not prove that Azure answers alike.
import assert from "node:assert/strict";
import { config, dockerHub, gitToken, openRig, stackOf, type Rig, type Told } from "./preflightRig";

const owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const contributor = "b24988ac-6180-42a0-ab88-20f7382dd24c";

describe("preflight", function () {
  this.timeout(90_000);
  let rig: Rig;
  before(async () => {
    rig = await openRig();
  });
  after(() => rig.close());
  beforeEach(() => {
    delete rig.grants.webhooks;
    rig.grants.scopes = ["repo", "admin:repo_hook"];
  });

  /** What is not `ok`, without the end. */
  const faults = ({ lines }: Told): string[] =>
    lines.slice(0, lines.indexOf("")).filter((line) => !line.startsWith("ok"));
  const secrets = () => [gitToken, dockerHub.password, rig.directory.deployer.clientSecret];
  const checked = (told: Told): Told => {
    assert.equal(told.stderr, "");
    for (const secret of secrets()) assert.ok(!told.lines.join("\n").includes(secret));
    return told;
  };
  /** Looks, and expects these faults and no others. */
  const expectFaults = async (
    looked: Promise<Told>,
    expected: string[],
    end: string,
  ): Promise<void> => {
    const told = checked(await looked);
    assert.deepEqual(faults(told), expected);
    assert.equal(told.lines.at(-1), end);
    assert.equal(told.code, 1);
  };

  it("says of each thing that it is well, so that one knows what was looked at", async () => {
    const { code, lines } = checked(await rig.run(stackOf()));
    const { deployer, subscriptionId, tenantId } = rig.directory;
    assert.deepEqual(lines, [
      "ok    the settings of stack dev",
      `ok    signed in by client secret as ${deployer.appId} (object id ${deployer.objectId}) of tenant ${tenantId}`,
      `ok    subscription Local Azure (${subscriptionId}), offer PayAsYouGo_2014-09-01`,
      "ok    resource provider Microsoft.ContainerRegistry is registered",
      "ok    resource provider Microsoft.ContainerInstance is registered",
      "ok    resource provider Microsoft.KeyVault is registered",
      "ok    resource provider Microsoft.Authorization is registered",
      "ok    rights to make everything but roles; conditions on roles, and locks, are not to be seen from here",
      "ok    rights to assign roles; conditions on roles, and locks, are not to be seen from here",
      "ok    region eastus has registries, vaults and containers",
      "ok    names that begin with contoso are well-formed; whether they are free is told by the first up, which gives them an ending of their own",
      "ok    the git token of gated-imports has the scopes repo, admin:repo_hook: enough for repositories and webhooks",
      "ok    https://github.com/contoso/base.git#main: branch, acr-task.yaml and webhooks",
      "ok    https://github.com/contoso/gate.git#main: branch, acr-task.yaml and webhooks",
      "ok    https://github.com/contoso/app.git#main: branch, acr-task.yaml and webhooks",
      "ok    Docker Hub takes the login",
      "",
      "Nothing stands in the way of the first up.",
    ]);
    assert.equal(code, 0);
  });

  it("tells a stack that Pulumi cannot read, and looks at what can be looked at without it", () =>
    expectFaults(
      rig.look({ name: "dev", local: false, problem: "no stack", mend: "run: pulumi stack init" }),
      [
        "FAULT stack dev: no stack; run: pulumi stack init",
        "?     region: not looked at, as the settings are not in order",
        "?     names: not looked at, as the settings are not in order",
        "?     git token and repositories: not looked at, as the settings are not in order",
        "?     Docker Hub: not looked at, as the settings are not in order",
      ],
      "1 fault, 4 not looked at.",
    ));

  it("tells every malformed setting and each secret that is missing, with the commands", async () => {
    const unsettled = [
      "?     region: not looked at, as the settings are not in order",
      "?     names: not looked at, as the settings are not in order",
      "?     git token and repositories: not looked at, as the settings are not in order",
      "?     Docker Hub: not looked at, as the settings are not in order",
    ];
    await expectFaults(
      rig.look(stackOf({ "gated-imports:namePrefix": "Contoso" })),
      [
        'FAULT gated-imports:namePrefix is "Contoso"; it must be 2 to 11 lower-case letters and digits that begin with a letter; run: pulumi config set -s dev gated-imports:namePrefix contoso',
        ...unsettled,
      ],
      "1 fault, 4 not looked at.",
    );
    await expectFaults(
      rig.look(
        stackOf({ "gated-imports:gitToken": undefined, "gated-imports:dockerHubUser": undefined }),
      ),
      [
        "FAULT gated-imports:gitToken is not set; it must be a GitHub token; run: pulumi config set -s dev --secret gated-imports:gitToken",
        "FAULT gated-imports:dockerHubUser is not set; it must be a Docker Hub user name; run: pulumi config set -s dev --secret gated-imports:dockerHubUser",
        ...unsettled,
      ],
      "2 faults, 4 not looked at.",
    );
  });

  const unseen = (because: string) =>
    ["resource providers", "rights", "region", "names"].map(
      (look) => `?     ${look}: not looked at, ${because}`,
    );

  it("tells a login that Azure refuses, and looks at GitHub and Docker Hub all the same", async () => {
    const told = checked(await rig.look(stackOf(), { ARM_CLIENT_SECRET: "wrong" }));
    const [fault = "", ...others] = faults(told);
    assert.match(
      fault,
      /^FAULT not signed in: .*AADSTS7000215: Invalid client secret provided.*; check ARM_CLIENT_SECRET, ARM_CLIENT_ID and ARM_TENANT_ID, or azure-native:\* that say the same$/,
    );
    assert.deepEqual(others, [
      "?     subscription: not looked at, as nobody is signed in",
      ...unseen("as there is no subscription to look at"),
    ]);
    assert.equal(told.lines.at(-1), "1 fault, 5 not looked at.");
    assert.equal(told.code, 1);
  });

  it("signs in by the stack's own settings before the variables, as azure-native does", async () => {
    const told = checked(await rig.look(stackOf({ "azure-native:clientSecret": "wrong" })));
    assert.match(faults(told)[0] ?? "", /^FAULT not signed in: .*AADSTS7000215/);
  });

  it("tells a login that is not whole, and a cloud that is not served", async () => {
    const half = checked(await rig.look(stackOf(), { ARM_TENANT_ID: "" }));
    assert.equal(
      faults(half)[0],
      "FAULT not signed in: A client secret needs ARM_TENANT_ID (azure-native:tenantId); set it",
    );
    const other = checked(await rig.look(stackOf(), { ARM_ENVIRONMENT: "china" }));
    assert.match(faults(other)[0] ?? "", /^FAULT not signed in: The cloud china is not served/);
  });

  it("tells a subscription that the login does not see", async () => {
    const wrong = "00000000-0000-4000-8000-000000000000";
    await expectFaults(
      rig.look(stackOf(), { ARM_SUBSCRIPTION_ID: wrong }),
      [
        `FAULT subscription ${wrong} is not to be seen (SubscriptionNotFound: The subscription '${wrong}' could not be found.); run: az account list -o table`,
        ...unseen("as there is no subscription to look at"),
      ],
      "1 fault, 4 not looked at.",
    );
    const told = checked(await rig.look(stackOf(), { ARM_SUBSCRIPTION_ID: "" }));
    assert.equal(
      faults(told)[0],
      "FAULT it is not said which subscription; set ARM_SUBSCRIPTION_ID",
    );
  });

  it("tells a subscription on free credits, where Azure runs no tasks", async () => {
    const { subscriptionId } = rig.directory;
    for (const offer of ["FreeTrial_2014-09-01", "AzureForStudents_2018-01-01"]) {
      await rig.offer(offer);
      await expectFaults(
        rig.look(stackOf()),
        [
          `FAULT subscription Local Azure (${subscriptionId}) is on free credits (${offer}), where Azure does not run tasks (TasksOperationsNotAllowed); upgrade it to pay-as-you-go: https://portal.azure.com/#view/Microsoft_Azure_Billing/SubscriptionsBlade`,
        ],
        "1 fault.",
      );
    }
    await rig.offer(undefined);
  });

  it("tells each resource provider that is not registered, and is content once it is", async () => {
    await rig.az("provider", "unregister", "--namespace", "Microsoft.ContainerInstance");
    await rig.az("provider", "unregister", "--namespace", "Microsoft.KeyVault");
    await expectFaults(
      rig.look(stackOf()),
      ["Microsoft.ContainerInstance", "Microsoft.KeyVault"].map(
        (name) =>
          `FAULT resource provider ${name} is NotRegistered; run: az provider register --wait --namespace ${name}`,
      ),
      "2 faults.",
    );
    for (const name of ["Microsoft.ContainerInstance", "Microsoft.KeyVault"])
      await rig.az("provider", "register", "--wait", "--namespace", name);
    assert.equal((await rig.look(stackOf())).code, 0);
  });

  it("asks for the provider of audit logs where there are to be some", async () => {
    const workspace =
      "/subscriptions/S/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/logs";
    await expectFaults(
      rig.look(stackOf({ "gated-imports:logAnalyticsWorkspace": workspace })),
      [
        "FAULT resource provider Microsoft.Insights: InvalidResourceNamespace: The resource namespace 'Microsoft.Insights' is invalid.; run: az provider register --wait --namespace Microsoft.Insights",
      ],
      "1 fault.",
    );
  });

  it("tells which rights are missing, and the role that has them", async () => {
    const { subscriptionId } = rig.directory;
    const somebody = rig.directory.createManagedIdentity("somebody");
    const variables = await rig.signedInAs(somebody);
    const grant = (role: string) =>
      `run: az role assignment create --assignee ${somebody.objectId} --role "${role}" --scope /subscriptions/${subscriptionId}`;
    const assigning = `FAULT no right to assign roles: Microsoft.Authorization/roleAssignments/write and 1 more is not allowed; ${grant("Role Based Access Control Administrator")}`;

    const [first = ""] = faults(checked(await rig.look(stackOf(), variables)));
    assert.match(first, /^FAULT subscription .* is not to be seen \(AuthorizationFailed: /);

    rig.assign(somebody, "acdd72a7-3385-48ef-bd42-f606fba81ae7"); // Reader
    await expectFaults(
      rig.look(stackOf(), variables),
      [
        `FAULT no right to make everything but roles: Microsoft.Resources/subscriptions/resourceGroups/write and 18 more is not allowed; ${grant("Contributor")}`,
        assigning,
      ],
      "2 faults.",
    );
    rig.assign(somebody, contributor);
    await expectFaults(rig.look(stackOf(), variables), [assigning], "1 fault.");
    // Who brings up no app assigns no role.
    assert.equal((await rig.look(stackOf({ "gated-imports:apps": [] }), variables)).code, 0);
    rig.assign(somebody, owner);
    assert.equal((await rig.look(stackOf(), variables)).code, 0);
  });

  it("tells a region that the subscription does not have", () =>
    expectFaults(
      rig.look(stackOf({ "azure-native:location": "chilecentral" })),
      [
        "FAULT the subscription has no region chilecentral; run: pulumi config set -s dev azure-native:location eastus",
      ],
      "1 fault.",
    ));

  it("tells a name that somebody else has, and a vault that was deleted, but not what is the stack's own", async () => {
    const location = ["-l", "eastus", "-o", "none"];
    await rig.az("group", "create", "-n", "taken", ...location);
    const taken = ["-g", "taken", ...location];
    const registry = "contosobaseartifactsabc123";
    await rig.az("acr", "create", "-n", registry, "--sku", "Basic", ...taken);
    await rig.az("keyvault", "create", "-n", "contoso-vault-abc123", ...taken);
    const ending = "abc123";
    const group = `/subscriptions/${rig.directory.subscriptionId}/resourceGroups/taken`;
    const made = [
      `${group}/providers/Microsoft.ContainerRegistry/registries/${registry}`,
      `${group}/providers/Microsoft.KeyVault/vaults/contoso-vault-abc123`,
    ].map((id) => ({ type: "", id }));
    const { lines, code } = await rig.look(stackOf({}, { ending, made }));
    assert.ok(lines.includes("ok    the names that end in abc123 are free, or the stack's own"));
    assert.equal(code, 0);

    const rename = "run: pulumi config set -s dev gated-imports:namePrefix another";
    await expectFaults(
      rig.look(stackOf({}, { ending })),
      [
        `FAULT vault contoso-vault-abc123 cannot be made: The name 'contoso-vault-abc123' is already in use; ${rename}`,
        `FAULT registry ${registry} cannot be made: The name '${registry}' is already in use; ${rename}`,
      ],
      "2 faults.",
    );
    const elsewhere = { type: "", id: made[0]!.id.replace(/s\/[^/]+\/r/, "s/other/r") };
    await rig.az("acr", "delete", "-n", registry, "--yes");
    await rig.az("keyvault", "delete", "-n", "contoso-vault-abc123");
    await expectFaults(
      rig.look(stackOf({}, { ending, made: [elsewhere] })),
      [
        "FAULT vault contoso-vault-abc123 was deleted and keeps its name; run: az keyvault purge --name contoso-vault-abc123",
        `FAULT registry ${registry} of this stack is in another subscription; run: az account set --subscription other`,
      ],
      "2 faults.",
    );
  });

  it("tells a git token that GitHub refuses, and asks nothing else with it", () =>
    expectFaults(
      rig.look(stackOf({ "gated-imports:gitToken": "ghp_of_yesterday" })),
      [
        "FAULT GitHub refuses the git token (401: Bad credentials); run: pulumi config set -s dev --secret gated-imports:gitToken",
        ...["base", "gate", "app"].map(
          (name) =>
            `?     https://github.com/contoso/${name}.git#main: not looked at, as the git token is no good`,
        ),
      ],
      "1 fault, 3 not looked at.",
    ));

  const giveScopes = "give it repo and admin:repo_hook at https://github.com/settings/tokens";

  it("tells a classic token without the scopes, and what it does not see then", async () => {
    rig.grants.scopes = ["read:user"];
    const unseenRepositories = ["base", "gate", "app"].map(
      (name) =>
        `FAULT https://github.com/contoso/${name}.git#main: the git token sees no repository contoso/${name} (404: Not Found); make it (docs/azure.md, Fork the sources) or give the token access to it`,
    );
    await expectFaults(
      rig.look(stackOf()),
      [
        `FAULT the git token of gated-imports has the scopes read:user, not enough to read repositories and manage their webhooks; ${giveScopes}`,
        ...unseenRepositories,
      ],
      "4 faults.",
    );
  });

  it("says of a fine-grained token what cannot be known, and tells one that sees no webhooks", async () => {
    delete rig.grants.scopes;
    rig.grants.webhooks = true;
    const { code, lines } = await rig.look(stackOf());
    assert.ok(
      lines.includes(
        "ok    the git token is one of gated-imports, fine-grained: that it may write webhooks is told by the first up alone",
      ),
    );
    assert.equal(code, 0);
    rig.grants.webhooks = false;
    await expectFaults(
      rig.look(stackOf()),
      ["base", "gate", "app"].map(
        (name) =>
          `FAULT https://github.com/contoso/${name}.git#main: its webhooks are closed to the git token (403: Resource not accessible by personal access token); let it read and write Webhooks at https://github.com/settings/personal-access-tokens`,
      ),
      "3 faults.",
    );
  });

  it("tells a repository, a branch and a task file that are not there", () => {
    const [image] = config["gated-imports:baseImages"] as [object];
    const apps = [
      {
        name: "hello-world",
        source: "https://github.com/contoso/empty#main",
        baseImages: ["node"],
      },
    ];
    const images = [
      {
        ...image,
        source: "https://github.com/contoso/nothing.git#main",
        gate: "https://github.com/contoso/gate.git#release",
      },
    ];
    return expectFaults(
      rig.look(stackOf({ "gated-imports:baseImages": images, "gated-imports:apps": apps })),
      [
        "FAULT https://github.com/contoso/nothing.git#main: the git token sees no repository contoso/nothing (404: Not Found); make it (docs/azure.md, Fork the sources) or give the token access to it",
        "FAULT https://github.com/contoso/gate.git#release: there is no branch release (404: Branch not found); run in the repository: git push origin HEAD:refs/heads/release",
        "FAULT https://github.com/contoso/empty#main: there is no acr-task.yaml at its top (404: Not Found); commit one; the folders of sources/ have examples",
      ],
      "3 faults.",
    );
  });

  it("tells a login that Docker Hub refuses, and asks for none where no image comes from there", async () => {
    await expectFaults(
      rig.look(stackOf({ "gated-imports:dockerHubPassword": "wrong" })),
      [
        "FAULT Docker Hub refuses the login (401); run: pulumi config set -s dev --secret gated-imports:dockerHubPassword",
      ],
      "1 fault.",
    );
    const [image] = config["gated-imports:baseImages"] as [object];
    const elsewhere = { ...image, source: undefined, registry: "mcr.microsoft.com" };
    const { lines } = await rig.look(
      stackOf({
        "gated-imports:publicSimulator": false,
        "gated-imports:baseImages": [elsewhere],
        "gated-imports:dockerHubPassword": "wrong",
      }),
    );
    assert.deepEqual(
      lines.filter((line) => line.includes("Docker Hub")),
      [],
    );
  });

  it("tells on the local Azure what one edits there, and where az has its variables from", async () => {
    const stack = stackOf(
      { "azure-native:location": "chilecentral" },
      { name: "local", local: true },
    );
    await expectFaults(
      rig.run(stack),
      [
        "FAULT the subscription has no region chilecentral; set azure-native:location in Pulumi.local.yaml, such as eastus",
      ],
      'az needs its variables here: eval "$(npm run --silent local -- env)"',
    );
  });

  it("tells services that cannot be reached, each as a fault of its own", async () => {
    const nowhere = { HTTPS_PROXY: "http://127.0.0.1:1", https_proxy: "http://127.0.0.1:1" };
    const found = faults(checked(await rig.run(stackOf(), nowhere)));
    assert.match(found[0] ?? "", /^FAULT not signed in: /);
    assert.match(found.at(-2) ?? "", /^FAULT git repositories: .*; check the network$/);
    assert.match(found.at(-1) ?? "", /^FAULT Docker Hub: .*; check the network$/);
  });
});
