/**
 * What the registry has stored, read from the folders that CNCF distribution keeps (its storage
 * layout version 2). The protocol cannot answer this: it lists all registries in one catalog, knows
 * no times, and cannot remove a tag or a repository.
 */
import { readFile, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

export interface StoredTag {
  name: string;
  digest: string;
  created: Date;
  updated: Date;
}

export interface StoredManifest {
  digest: string;
  created: Date;
  mediaType: string;
  /** Bytes of configuration and layers as stored. */
  imageSize: number;
  configMediaType?: string;
  architecture?: string;
  os?: string;
  tags: string[];
}

export interface Storage {
  /** Repositories under `prefix` that hold a manifest, without the prefix, in order of name. */
  repositories(prefix: string): Promise<string[]>;
  /** In order of name; empty when there is no such repository. */
  tags(repository: string): Promise<StoredTag[]>;
  tagDigest(repository: string, tag: string): Promise<string | undefined>;
  manifests(repository: string): Promise<StoredManifest[]>;
  removeTag(repository: string, tag: string): Promise<void>;
  /** Removes a repository or all repositories of a prefix. */
  remove(repositoryOrPrefix: string): Promise<void>;
}

interface ManifestDocument {
  mediaType?: string;
  config?: { mediaType?: string; size?: number; digest?: string };
  layers?: { size?: number }[];
  manifests?: unknown[];
}

const nothingIfAbsent = (error: NodeJS.ErrnoException): undefined => {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
  throw error;
};

async function list(folder: string): Promise<string[]> {
  return ((await readdir(folder).catch(nothingIfAbsent)) ?? []).sort();
}

async function text(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(nothingIfAbsent);
}

/** Opens the storage below the folder that the registry was started with. */
export function openStorage(folder: string): Storage {
  const root = join(folder, "docker", "registry", "v2");
  const repositoryFolder = (name: string): string => join(root, "repositories", name);

  const blob = async (digest: string): Promise<unknown> => {
    const hex = digest.replace("sha256:", "");
    const content = await text(join(root, "blobs", "sha256", hex.slice(0, 2), hex, "data"));
    return content === undefined ? undefined : JSON.parse(content);
  };

  const revisions = async (repository: string): Promise<{ digest: string; created: Date }[]> => {
    const base = join(repositoryFolder(repository), "_manifests", "revisions", "sha256");
    const found = await Promise.all(
      (await list(base)).map(async (hex) => {
        const link = await stat(join(base, hex, "link")).catch(nothingIfAbsent);
        return link && { digest: `sha256:${hex}`, created: link.mtime };
      }),
    );
    return found.filter((revision) => revision !== undefined);
  };

  const storage: Storage = {
    async repositories(prefix) {
      const found: string[] = [];
      const walk = async (path: string): Promise<void> => {
        const entries = await list(join(repositoryFolder(prefix), path));
        if (entries.includes("_manifests") && (await revisions(join(prefix, path))).length > 0) {
          found.push(path);
        }
        for (const entry of entries.filter((name) => !name.startsWith("_"))) {
          await walk(path === "" ? entry : `${path}/${entry}`);
        }
      };
      await walk("");
      return found.sort();
    },

    async tags(repository) {
      const base = join(repositoryFolder(repository), "_manifests", "tags");
      const found = await Promise.all(
        (await list(base)).map(async (name) => {
          const link = join(base, name, "current", "link");
          const digest = (await text(link))?.trim();
          if (digest === undefined) return undefined;
          const [folder, current] = await Promise.all([stat(join(base, name)), stat(link)]);
          return { name, digest, created: folder.birthtime, updated: current.mtime };
        }),
      );
      return found.filter((tag) => tag !== undefined);
    },

    async tagDigest(repository, tag) {
      const base = join(repositoryFolder(repository), "_manifests", "tags", tag);
      return (await text(join(base, "current", "link")))?.trim();
    },

    async manifests(repository) {
      const tags = await storage.tags(repository);
      return Promise.all(
        (await revisions(repository)).map(async ({ digest, created }) => {
          const manifest = ((await blob(digest)) ?? {}) as ManifestDocument;
          const sizes = [manifest.config, ...(manifest.layers ?? [])].map(
            (part) => part?.size ?? 0,
          );
          const config = manifest.config?.digest ? await blob(manifest.config.digest) : undefined;
          const { architecture, os } = (config ?? {}) as { architecture?: string; os?: string };
          return {
            digest,
            created,
            // OCI lets a manifest leave its own type out.
            mediaType:
              manifest.mediaType ??
              `application/vnd.oci.image.${manifest.manifests ? "index" : "manifest"}.v1+json`,
            imageSize: sizes.reduce((sum, size) => sum + size, 0),
            configMediaType: manifest.config?.mediaType,
            architecture,
            os,
            tags: tags.filter((tag) => tag.digest === digest).map((tag) => tag.name),
          };
        }),
      );
    },

    async removeTag(repository, tag) {
      const base = join(repositoryFolder(repository), "_manifests", "tags", tag);
      await rm(base, { recursive: true, force: true });
    },

    async remove(repositoryOrPrefix) {
      await rm(repositoryFolder(repositoryOrPrefix), { recursive: true, force: true });
    },
  };
  return storage;
}
