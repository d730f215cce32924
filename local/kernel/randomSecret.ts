/** Secrets that programs take without a second thought: letters and digits, so never a leading `-` or a quote. */
import { randomInt } from "node:crypto";

const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** `length` random letters and digits; 40 hold more than 200 bits. */
export const randomSecret = (length: number): string =>
  Array.from({ length }, () => characters.charAt(randomInt(characters.length))).join("");
