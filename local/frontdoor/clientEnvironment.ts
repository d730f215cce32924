/** The variables that lead a client to the local Azure: its proxy and its certificate authority. */

export interface FrontDoorAddress {
  port: number;
  /** PEM file of the authority. */
  caFile: string;
}

/** For azure-cli, the Azure SDKs, git, podman, curl and Node.js programs. */
export function clientEnvironment({ port, caFile }: FrontDoorAddress): Record<string, string> {
  const proxy = `http://127.0.0.1:${port}`;
  const own = "127.0.0.1,localhost";
  return {
    HTTPS_PROXY: proxy,
    https_proxy: proxy,
    NO_PROXY: own,
    no_proxy: own,
    REQUESTS_CA_BUNDLE: caFile,
    SSL_CERT_FILE: caFile,
    CURL_CA_BUNDLE: caFile,
    NODE_EXTRA_CA_CERTS: caFile,
    GIT_SSL_CAINFO: caFile,
  };
}
