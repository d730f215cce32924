/** Where base images come from. */
import * as pulumi from "@pulumi/pulumi";
import type { StoredLogin } from "./secretVault";

/** An image in a registry, without the registry. */
export interface BaseImage {
  /** What the company calls it; names its tasks. */
  name: string;
  /** `node` or `dotnet/runtime`, the same in every registry. */
  repository: pulumi.Input<string>;
  tag: pulumi.Input<string>;
}

/** A registry that offers base images, and the login with which a task pulls them. */
export interface ImageSource {
  /** Docker Hub's is the plain text `docker.io`. */
  readonly loginServer: pulumi.Input<string>;
  /** Absent where the registry wants none. */
  readonly login?: StoredLogin | undefined;
  /** What to wait for before an image is pulled from here; others' images are no reason to wait. */
  ready(image: BaseImage): pulumi.Resource[];
}

/** A source of images that passed a gate. */
export interface TrustedSource extends ImageSource {
  readonly login: StoredLogin;
  /** For a container instance, which has no way to the vault. */
  readonly userName: pulumi.Output<string>;
  /** Secret. */
  readonly password: pulumi.Output<string>;
  /** What is rejected since it was promoted: runs and digests, by the image's name. */
  readonly rejected: Record<string, pulumi.Output<string[]>>;
}

/**
 * What stands before an image's name in a Dockerfile. For Docker Hub that is nothing: ACR finds the digest of
 * `node:22-alpine`, and so a base image to watch, but none of `docker.io/node:22-alpine`.
 */
export const prefixOf = ({
  loginServer,
}: Pick<ImageSource, "loginServer">): pulumi.Input<string> =>
  loginServer === "docker.io" ? "" : pulumi.interpolate`${loginServer}/`;
