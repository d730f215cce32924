/** Loopback addresses of container groups: each group keeps one of its own, as a public IP would be. */
import { createServer } from "node:net";
import { randomInt } from "node:crypto";

/** Whether every port can be bound at the address, so that two local Azures never share one. */
async function isFree(ip: string, ports: readonly number[]): Promise<boolean> {
  for (const port of ports) {
    const bound = await new Promise<boolean>((resolve, reject) => {
      const server = createServer();
      server.once("error", (error: NodeJS.ErrnoException) =>
        error.code === "EACCES"
          ? reject(new Error(`port ${port} needs root; run the local Azure as root`))
          : resolve(false),
      );
      server.listen({ host: ip, port }, () => server.close(() => resolve(true)));
    });
    if (!bound) return false;
  }
  return true;
}

/**
 * Finds a loopback address between 127.0.1.1 and 127.0.254.254 with all of `ports` free.
 * @throws Error naming the ports when many tries found none.
 */
export async function chooseAddress(ports: readonly number[]): Promise<string> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const ip = `127.0.${randomInt(1, 255)}.${randomInt(1, 255)}`;
    if (await isFree(ip, ports)) return ip;
  }
  throw new Error(
    `no loopback address has port ${ports.join(", ")} free; a service listens on 0.0.0.0: stop it (see: ss -ltnp)`,
  );
}
