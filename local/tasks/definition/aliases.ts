/**
 * Aliases of version v1.1.0: `$Registry` and the like, and short names for Microsoft's tool images.
 */
import { fault, filterLines, type SourceText } from "./sourceText";
import { renderTemplate } from "./template/rendering";
import type { MapValue } from "./template/values";
import { readYaml } from "./yamlReader";

const variables = [
  "ID",
  "SharedVolume",
  "Registry",
  "RegistryName",
  "Date",
  "OS",
  "Architecture",
  "Commit",
  "Branch",
];

/** First words of a cmd that stand for an image. */
const images: ReadonlyMap<string, string> = new Map([
  ["acr", "mcr.microsoft.com/acr/acr-cli:0.19"],
  ["az", "mcr.microsoft.com/acr/azure-cli:2ff604c"],
  ["bash", "mcr.microsoft.com/acr/bash:2ff604c"],
  ["curl", "mcr.microsoft.com/acr/curl:2ff604c"],
  ["cssc", "mcr.microsoft.com/acr/cssc:2ff604c"],
]);

const versions = ["1.0-preview-1", "v1.0.0", "v1.1.0"];

export interface Expanded {
  version: string;
  /** Whether alias handling is on. */
  aliases: boolean;
  text: SourceText;
  /** Image for the first word of a cmd, when that word is an alias. */
  imageOf(word: string): string | undefined;
}

/**
 * The version, found by a line scan before anything is parsed.
 * @throws TaskFileError for one that does not exist.
 */
function versionOf(source: SourceText): string {
  const lines = source.text.split("\n");
  const index = lines.findIndex((line) => /^["']?version["']?\s*:/.test(line));
  if (index < 0) return "v1.0.0";
  const value = (lines[index] ?? "").replace(/^[^:]*:/, "").replace(/\s+#.*$/, "");
  const version = value.trim().replace(/^["']|["']$/g, "");
  if (!versions.includes(version.toLowerCase()))
    throw fault(source, index, `version "${version}" does not exist; use ${versions.join(", ")}`);
  return version;
}

/** Indices of the lines of the top-level alias block. */
function aliasLines(source: SourceText): Set<number> {
  const lines = source.text.split("\n");
  const start = lines.findIndex((line) => /^alias\s*:/.test(line));
  if (start < 0) return new Set();
  let end = start + 1;
  while (end < lines.length && /^(\s|$)/.test(lines[end] ?? "")) end += 1;
  return new Set(Array.from({ length: end - start }, (_, index) => start + index));
}

interface AliasBlock {
  values: Map<string, string>;
  directive: string;
}

function readBlock(source: SourceText, data: MapValue): AliasBlock {
  const block = readYaml(renderTemplate(source, data))?.map("alias");
  block?.allow(["values", "directive"], { src: 'use "values"' });
  const directive = block?.text("directive") ?? "$";
  if (block && !/^[^A-Za-z0-9]$/.test(directive))
    throw block.fault("directive", "it must be one character that is no letter or digit");
  const own = block?.map("values");
  const entries = (own?.keys() ?? []).map((key): [string, string] => {
    const value = own?.text(key) ?? "";
    if (!/^[A-Za-z0-9]+$/.test(key))
      throw own?.fault(key, `alias "${key}" must consist of letters and digits`);
    if (/[\r\n]/.test(value)) throw own?.fault(key, `alias "${key}" must be on one line`);
    return [key, value];
  });
  return { values: new Map(entries), directive };
}

/**
 * Reads the version and, from v1.1.0 on, expands aliases. `data` is what templates see in the alias
 * block.
 * @throws TaskFileError
 */
export function expandAliases(source: SourceText, data: MapValue): Expanded {
  const version = versionOf(source);
  if (version < "v1.1.0") {
    return { version, aliases: false, text: source, imageOf: () => undefined };
  }
  const block = aliasLines(source);
  const own =
    block.size > 0
      ? readBlock(
          filterLines(source, (_, index) => block.has(index)),
          data,
        )
      : { values: new Map<string, string>(), directive: "$" };
  const builtIn = variables.map((name): [string, string] => [name, `{{.Run.${name}}}`]);
  const known = new Map([...images, ...builtIn, ...own.values]);
  const mark = own.directive.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  // Behind an unknown name the engine passes over one directive: `$unknown$ID` stays as it is.
  const pattern = new RegExp(
    `${mark}(?:${mark}|(${[...known.keys()].join("|")})(?![A-Za-z0-9])|[A-Za-z0-9]+${mark}?)`,
    "g",
  );
  const rest = filterLines(source, (_, index) => !block.has(index));
  const text = rest.text.replace(pattern, (found, name?: string) =>
    found === own.directive.repeat(2) ? own.directive : (known.get(name ?? "") ?? found),
  );
  return {
    version,
    aliases: true,
    text: { ...rest, text },
    imageOf: (word) => own.values.get(word) ?? images.get(word),
  };
}
