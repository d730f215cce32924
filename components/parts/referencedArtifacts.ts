/** Base artifacts that another stack has. */
import * as pulumi from "@pulumi/pulumi";
import type { BaseImage, TrustedSource } from "./imageSource";
import type { SecretVault, StoredLogin } from "./secretVault";

/** What a stack with base artifacts exports for stacks with apps. */
export interface ArtifactsForApps {
  loginServer: string;
  userName: string;
  /** Secret. */
  password: string;
  images: BaseImage[];
  /** Runs that promoted a digest which is rejected since, by the image's name. */
  rejectedRuns: Record<string, string[]>;
}

export interface ReferencedArtifactsArgs {
  /** The other stack's output `forApps`. */
  forApps: pulumi.Input<ArtifactsForApps>;
  /** This stack's vault: it gets a copy of the login, so that nobody here needs a right on the other one's. */
  vault: SecretVault;
  /** Names of the base images that are used here. */
  images: string[];
}

/**
 * Base artifacts as a source of images in a stack that only has apps. A token's last password works until the next
 * rotation, so a `pulumi up` between two rotations keeps the copy good.
 */
export class ReferencedArtifacts extends pulumi.ComponentResource implements TrustedSource {
  public readonly loginServer: pulumi.Output<string>;
  public readonly login: StoredLogin;
  public readonly userName: pulumi.Output<string>;
  /** Secret. */
  public readonly password: pulumi.Output<string>;
  public readonly rejectedRuns: Record<string, pulumi.Output<string[]>>;
  public readonly ready: pulumi.Resource[];

  constructor(name: string, args: ReferencedArtifactsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:ReferencedArtifacts", name, {}, opts);
    const forApps = pulumi.output(args.forApps);

    this.loginServer = pulumi.unsecret(forApps.loginServer);
    this.userName = pulumi.unsecret(forApps.userName);
    this.password = pulumi.secret(forApps.password);
    this.rejectedRuns = Object.fromEntries(
      args.images.map((image) => [
        image,
        pulumi.unsecret(forApps.rejectedRuns.apply((runs) => runs[image] ?? [])),
      ]),
    );
    this.login = args.vault.storeLogin(
      name,
      { start: `registry-${name}`, user: this.userName, password: this.password },
      { parent: this },
    );
    this.ready = [this];
    this.registerOutputs({
      loginServer: this.loginServer,
      login: this.login,
      userName: this.userName,
      password: this.password,
      rejectedRuns: this.rejectedRuns,
    });
  }
}
