/** The rule about where running images come from. */
import { resourceRule } from "./parts/rule";
import { texts } from "./parts/settings";
import { checkAll, checkEach } from "./parts/unknown";
import { matchesAny } from "./parts/wildcard";

interface Container {
  name?: string;
  image?: string;
}

interface ContainerGroupProps {
  containers?: readonly Container[];
  initContainers?: readonly Container[];
}

export const dockerHub = "docker.io";

/** The registry that an image's name leads to, as docker reads it: without one it is Docker Hub. */
export function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return isHost ? first.toLowerCase() : dockerHub;
}

export const containersFromRegistries = resourceRule({
  name: "containers-from-registries",
  description: "Container groups run images of listed registries only.",
  severity: "high",
  remediationSteps:
    "Build the image on base-artifacts, push it to a listed registry and run it from there.",
  settings: {
    registries: texts(
      "Login servers; * stands for any characters but dots. Name your own: anyone can have one of the default",
      "*.azurecr.io",
    ),
  },
  kinds: ["containerinstance:ContainerGroup", "containerinstance:ContainerGroupProfile"],
  check(props: ContainerGroupProps, { settings, report }) {
    const checkContainer = ({ image }: Container): void => {
      if (!image) return;
      const registry = registryOf(image);
      if (!matchesAny(settings.registries, registry))
        report(`runs ${image} from ${registry}; allowed: ${settings.registries.join(", ")}`);
    };
    checkAll([
      () => checkEach(props.containers, checkContainer),
      () => checkEach(props.initContainers, checkContainer),
    ]);
  },
});
