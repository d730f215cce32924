/**
 * Looks whether LOGIN_SERVER has the image REPOSITORY:TAG, or REPOSITORY@DIGEST where TAG holds `@`, and prints TAG. Signs in
 * with the pull login on standard input, user name and password on a line each: the registry may be another stack's.
 */
const { text } = require("node:stream/consumers");
const { URLSearchParams } = require("node:url");
const {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
} = require("@azure/core-rest-pipeline");
const { print } = require("./signIn.cjs");

const accept = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

async function look({ LOGIN_SERVER, REPOSITORY, TAG }) {
  const [user = "", password = ""] = (await text(process.stdin)).split("\n");
  const pipeline = createPipelineFromOptions({});
  const client = createDefaultHttpClient();
  const ask = (method, path, headers) =>
    pipeline.sendRequest(
      client,
      createPipelineRequest({
        url: `https://${LOGIN_SERVER}${path}`,
        method,
        headers: createHttpHeaders(headers),
      }),
    );
  const query = new URLSearchParams({
    service: LOGIN_SERVER,
    scope: `repository:${REPOSITORY}:pull`,
  });
  const basic = Buffer.from(`${user}:${password}`).toString("base64");
  const login = await ask("GET", `/oauth2/token?${query}`, { authorization: `Basic ${basic}` });
  if (login.status !== 200) throw new Error(`the pull login of ${LOGIN_SERVER} was refused`);
  const { access_token: token } = JSON.parse(login.bodyAsText);

  const reference = TAG.slice(TAG.indexOf("@") + 1);
  const { status } = await ask("HEAD", `/v2/${REPOSITORY}/manifests/${reference}`, {
    authorization: `Bearer ${token}`,
    accept,
  });
  if (status === 200) return TAG;
  if (status !== 404) throw new Error(`${LOGIN_SERVER} answered ${status}`);
  const [stable] = TAG.split(/[-@](?=[^-@]*$)/);
  throw new Error(
    `there is no such promotion of ${REPOSITORY}:${stable}; the tags that there are: az acr repository show-tags --name ${LOGIN_SERVER.split(".")[0]} --repository ${REPOSITORY}`,
  );
}

print(() => look(process.env), `Pin ${process.env.TAG}`);
