/** A login to a registry with the deployer's rights, as `az acr login --expose-token` makes it. */
import { sendHttps } from "../tasks/httpsClient";

/** User name that goes with a refresh token. */
const refreshTokenUser = "00000000-0000-0000-0000-000000000000";

/**
 * Exchanges the deployer's own sign-in for a registry login.
 * @param environment with ARM_* of the deployer and the way to the local Azure
 */
export async function deployerLogin(
  server: string,
  environment: Record<string, string>,
): Promise<{ username: string; password: string }> {
  const tenant = environment["ARM_TENANT_ID"] ?? "";
  const token = await post<{ access_token: string }>(
    `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
    {
      grant_type: "client_credentials",
      client_id: environment["ARM_CLIENT_ID"] ?? "",
      client_secret: environment["ARM_CLIENT_SECRET"] ?? "",
      scope: "https://containerregistry.azure.net/.default",
    },
    environment,
  );
  const exchanged = await post<{ refresh_token: string }>(
    `https://${server}/oauth2/exchange`,
    { grant_type: "access_token", service: server, tenant, access_token: token.access_token },
    environment,
  );
  return { username: refreshTokenUser, password: exchanged.refresh_token };
}

async function post<T>(
  url: string,
  form: Record<string, string>,
  environment: Record<string, string>,
): Promise<T> {
  const { status, text } = await sendHttps(url, {
    environment,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
  });
  if (status !== 200)
    throw new Error(`${new URL(url).host} refused the sign-in (status ${status})`);
  return JSON.parse(text) as T;
}
