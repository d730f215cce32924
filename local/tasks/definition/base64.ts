/** Standard base64, as Go reads it: padded, line breaks ignored. `undefined` for anything else. */
export function decodeBase64(text: string): Buffer | undefined {
  const content = text.replace(/[\r\n]/g, "");
  const whole = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(content);
  return whole ? Buffer.from(content, "base64") : undefined;
}
