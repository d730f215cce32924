/** The `volumes:` of a task file and their mounts in steps. */
import { posix } from "node:path";
import { decodeBase64 } from "./base64";
import type { Volume, VolumeMount } from "./types";
import type { MapReader } from "./yamlReader";

/** @throws TaskFileError */
export function volumesOf(root: MapReader): Volume[] {
  const names = new Set<string>();
  return (root.maps("volumes") ?? []).map((entry, index) => {
    const name = entry.text("name") ?? "";
    const volume = entry.named(`volume "${name || index + 1}"`);
    volume.allow(["name", "secret"]);
    if (!/^[\w-]+$/.test(name))
      throw volume.fault("name", "the name must consist of letters, digits, - and _");
    if (names.has(name)) throw volume.fault("name", "the name is there twice");
    names.add(name);
    const secret = volume.map("secret");
    const files = secret?.keys() ?? [];
    if (!secret || files.length === 0)
      throw volume.fault("secret", '"secret" must map at least one file name to base64 text');
    return {
      name,
      files: new Map(
        files.map((file): [string, Buffer] => {
          if (!/^[\w.-]+$/.test(file) || [".", ".."].includes(file))
            throw secret.fault(file, `"${file}" must consist of letters, digits, -, _ and .`);
          const content = decodeBase64(secret.text(file) ?? "");
          if (!content) throw secret.fault(file, `"${file}" is not base64; use {{... | b64enc}}`);
          return [file, content];
        }),
      ),
    };
  });
}

/** @throws TaskFileError */
export function volumeMountsOf(step: MapReader, volumes: readonly Volume[]): VolumeMount[] {
  const paths = new Set<string>();
  return (step.maps("volumeMounts") ?? []).map((mount) => {
    mount.allow(["name", "mountPath"]);
    const volume = mount.text("name") ?? "";
    const mountPath = mount.text("mountPath") ?? "";
    if (!volumes.some((each) => each.name === volume))
      throw mount.fault("name", `there is no volume "${volume}"`);
    if (!posix.isAbsolute(mountPath))
      throw mount.fault("mountPath", `"${mountPath}" is not an absolute path`);
    if (paths.has(mountPath)) throw mount.fault("mountPath", `${mountPath} is mounted twice`);
    paths.add(mountPath);
    return { volume, mountPath };
  });
}
