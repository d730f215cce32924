// Does not prove agreement with Go beyond the tables; they hold what Go 1.26 and sprig 2.22 print.
import assert from "node:assert/strict";
import { sourceText } from "../../../../local/tasks/definition/sourceText";
import { renderTemplate } from "../../../../local/tasks/definition/template/rendering";
import { mapOf } from "../../../../local/tasks/definition/template/values";

const data = mapOf({
  Run: mapOf({ Registry: "c.azurecr.io", ID: "ca1" }),
  Values: mapOf({ A: "x", E: "", L: ["b", "a", "a"], N: 3n, F: 1.5 }),
});
const render = (text: string): string =>
  renderTemplate(sourceText("acr-task.yaml", text), data).text;

const rendered: [template: string, text: string][] = [
  ["{{.Run.Registry}}/app:{{ .Run.ID }}", "c.azurecr.io/app:ca1"],
  ["a{{ .Values.missing }}{{ .Nope }}b", "ab"],
  ["x {{- /* note */ -}} y", "xy"],
  ["a\n{{- if true }}\nb\n{{- end }}\nc", "a\nb\nc"],
  ["{{ if eq .Run.ID `ca1` }}y{{ else if true }}n{{ else }}m{{ end }}", "y"],
  ["{{ if not (or .Values.m (eq .Run.ID `x`)) }}t{{ end }}", "t"],
  [
    "{{ with .Values.A }}[{{ . }}{{ $.Run.ID }}]{{ end }}{{ with .Values.m }}a{{ else }}b{{ end }}",
    "[xca1]b",
  ],
  ["{{ range $i, $v := .Values.L }}{{ $i }}={{ $v }},{{ else }}none{{ end }}", "0=b,1=a,2=a,"],
  ["{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"],
  ["{{ eq .Values.m `x` }} {{ eq .Values.A `y` `x` }} {{ ne .Values.m nil }}", "false true false"],
  ["{{ default `d` .Values.m }}{{ .Values.E | default `e` }}", "de"],
  ["{{ coalesce .Values.m .Values.E `z` }}{{ ternary `a` `b` true }}", "za"],
  ["{{ upper `straße` }}{{ lower `ÀB` }}{{ title `don't a_b` }}", "STRAßEàbDon'T A_b"],
  ["{{ quote .Values.m 1 `a` }}{{ squote `b` }}", '"1" "a"\'b\''],
  ["{{ trunc 2 `abc` }}{{ trimSuffix `-` `a-` }}{{ replace ` ` `-` `I Am` }}", "abaI-Am"],
  ["{{ join `,` .Values.L }} {{ (split `,` `p,q`)._1 }} {{ index .Values.L 1 }}", "b,a,a q a"],
  ["{{ b64enc `a` }}{{ b64dec `YQ==` }}[{{ .Values.m | b64enc }}]", "YQ==a[]"],
  ["{{ printf `%s-%d-%05d-%-3s|%.2f%%` `a` 3 7 `y` .Values.F }}", "a-3-00007-y  |1.50%"],
  ["{{ print 1 2 `a` `b` 3 }}", "1 2ab3"],
  ["{{ 010 }} {{ 0x1f }} {{ 1.0 }} {{ 'a' }} {{ 1e-5 }} {{ 1e20 }}", "8 31 1 97 1e-05 1e+20"],
  ["{{ join `,` .Values.m }}|{{ join `,` `a` }}|{{ dict `a` nil }}", "|a|map[a:<nil>]"],
  ["{{ add 1 2 3 }} {{ sub 1 `3` }} {{ div 7 2 }} {{ mod -7 2 }} {{ max 1 `9` 3 }}", "6 -2 3 -1 9"],
  ["{{ splitList `,` `a,b` | last }} {{ uniq .Values.L }} {{ has `a` .Values.L }}", "b [b a] true"],
  ["{{ indent 2 `a\nb` }} {{ trim ` a ` }} {{ substr 1 3 `abcd` }}", "  a\n  b a bc"],
  ["{{ toJson (dict `b` (list 1 nil `<`) `a` true) }}", '{"a":true,"b":[1,null,"\\u003c"]}'],
  ["{{ sha256sum `a` | trunc 8 }} {{ len `é` }} {{ contains `b` `abc` }}", "ca978112 2 true"],
  ["{{ if and .Values.A (or .Values.E false) }}y{{ else }}n{{ end }} {{ lt 1 2 }}", "n true"],
  [
    "{{ range .Values.L }}{{ if eq . `b` }}{{ else }}{{ . }}{{ $.Run.ID }}{{ end }}{{ end }}",
    "aca1aca1",
  ],
  ["{{ dir `a/b/` }} {{ base `/a/b.c` }} {{ clean `a/../b` }}", "a/b b.c b"],
];

const refused: [template: string, reason: RegExp][] = [
  ["a\n\n{{ genCA `a` 1 }}", /^acr-task\.yaml line 3: template function "genCA" is not supported/],
  ["{{ now }}", /template function "now" is not supported by the local Azure/],
  ["{{ uper `a` }}", /template function "uper" does not exist/],
  ["{{ if false }}{{ env `HOME` }}{{ end }}", /"env" is not supported/],
  ["{{ define `x` }}{{ end }}", /template action "define" is not supported/],
  ["{{ template `x` }}", /template action "template" is not supported/],
  ["{{ printf `%U` 1 }}", /printf verb %U is not supported/],
  ["{{ .Values.m.x }}", /cannot take \.x of \.Values\.m, which is nothing/],
  ["{{ .Values.m | upper }}", /"upper" must be a string, not nothing/],
  ["{{ eq .Values.A 1 }}", /cannot compare string with int/],
  ["{{ fail `boo` }}", /boo/],
  ["{{ .Values.A ", /not closed with \}\}/],
  ["a\n{{ if true }}b", /line 2: \{\{if\}\} has no \{\{end\}\}/],
  ["{{ end }}", /unexpected \{\{end\}\}/],
  ["{{ .Values.A-x }}", /unexpected "-"/],
  ["{{ repeat 99999999 `ab` }}", /longer than/],
  ["{{ printf `%99999999d` 1 }}", /printf widths over 100 are not supported/],
  ["{{ printf `%.101f` 1.5 }}", /printf widths over 100 are not supported/],
  ["{{ 9223372036854775808 }}", /bad number/],
  ["{{ ..Values }}", /unexpected "\."/],
  ["{{ b64dec `a` }}", /not base64/],
  ["{{ range .Values.A }}{{ end }}", /range cannot go over a string/],
  ["{{ if true }}{{ else }}{{ else }}{{ end }}", /unexpected \{\{else\}\}/],
  ["a\n{{ upper\n\n3 }}", /line 2: .*"upper" must be a string, not int/],
];

describe("templates of a task file", () => {
  for (const [template, text] of rendered)
    it(`render ${JSON.stringify(template)} as Azure does, or a run differs here`, () =>
      assert.equal(render(template), text));

  for (const [template, reason] of refused)
    it(`refuse ${JSON.stringify(template)} in words that name the fault and its line`, () =>
      assert.throws(() => render(template), { name: "TaskFileError", message: reason }));

  it("leave a text without template marks as it is", () => {
    const alphabet = ["a", "\n", " ", "$", "#", "'", "}", "|", "é", "\t", "-", "{ {"];
    for (let seed = 1; seed < 300; seed += 1) {
      const text = Array.from(
        { length: seed % 23 },
        (_, index) => alphabet[(seed * 31 + index * index * 7) % alphabet.length],
      ).join("");
      assert.equal(render(text), text);
    }
  });
});
