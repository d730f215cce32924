/** Where base images come from. */
import type * as pulumi from "@pulumi/pulumi";
import type { PullToken } from "./pullToken";

/** An image in a registry, without the registry: `node` and `22-alpine`. */
export interface BaseImage {
  name: string;
  tag: string;
}

/**
 * A registry that offers base images, and the login that pulls them: the public one, or base artifacts behind
 * the gate. What depends on it as a whole waits until its first run has put the base image there.
 */
export interface ImageSource extends pulumi.ComponentResource {
  readonly loginServer: pulumi.Output<string>;
  readonly pullToken: PullToken;
}
