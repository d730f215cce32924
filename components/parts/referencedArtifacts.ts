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
  images: { name: string; repository: string; tag: string }[];
  /** What is rejected since it was promoted: runs and digests, by the image's name. */
  rejected: Record<string, string[]>;
}

export interface ReferencedArtifactsArgs {
  /** The other stack's output `forApps`. */
  forApps: pulumi.Input<ArtifactsForApps>;
  /** This stack's vault: it gets a copy of the login, so that nobody here needs a right on the other one's. */
  vault: SecretVault;
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
  public readonly rejected: Record<string, pulumi.Output<string[]>> = {};
  private readonly exported: pulumi.Output<ArtifactsForApps>;

  constructor(name: string, args: ReferencedArtifactsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:ReferencedArtifacts", name, {}, opts);
    const forApps = pulumi.output(args.forApps);
    this.exported = forApps;

    this.loginServer = pulumi.unsecret(forApps.loginServer);
    this.userName = pulumi.unsecret(forApps.userName);
    this.password = pulumi.secret(forApps.password);
    this.login = args.vault.storeLogin(
      name,
      {
        start: `registry-${name}`,
        user: this.userName,
        password: this.password,
      },
      { parent: this },
    );
    this.registerOutputs({
      loginServer: this.loginServer,
      login: this.login,
      userName: this.userName,
      password: this.password,
    });
  }

  /** The other stack has seen to its images; the login is here once the component is. */
  ready(): pulumi.Resource[] {
    return [this];
  }

  /**
   * A base image of the other stack.
   * @throws {pulumi.RunError} once the other stack's outputs are known and have none of that name
   */
  image(name: string): BaseImage {
    this.rejected[name] = pulumi.unsecret(
      this.exported.apply(({ rejected }) => rejected[name] ?? []),
    );
    const image = pulumi.unsecret(
      this.exported.apply(({ images }) => {
        const found = images.find((one) => one.name === name);
        if (found) return found;
        const names = images.map((one) => one.name).join(", ");
        throw new pulumi.RunError(`Base artifacts have no base image ${name}; there are: ${names}`);
      }),
    );
    return { name, repository: image.repository, tag: image.tag };
  }
}
