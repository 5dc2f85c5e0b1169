package samples

import (
	"fmt"
	"path"
	"reflect"
	"strings"
)

func writeJavaTyped(b *strings.Builder, all []typed, at Server) {
	b.WriteString("import com.huaweicloud.sdk.core.auth.BasicCredentials;\n")
	for _, s := range packages(all) {
		module := "com.huaweicloud.sdk." + strings.ReplaceAll(s.Package, "/", ".")
		fmt.Fprintf(b, "import %s.%sClient;\nimport %s.model.*;\n", module, s.Client, module)
	}
	b.WriteString("import java.util.List;\nimport java.util.Map;\n\npublic class Main {\n    public static void main(String[] args) {\n")
	b.WriteString("        var credentials = new BasicCredentials()\n")
	fmt.Fprintf(b, "            .withAk(System.getenv(%q))\n            .withSk(System.getenv(%q))\n            .withProjectId(%s);\n", accessVariable, secretVariable, javaText(at.Project))
	for _, s := range packages(all) {
		fmt.Fprintf(b, "        var %s = %sClient.newBuilder().withCredential(credentials).withEndpoints(List.of(%s)).build();\n",
			path.Dir(s.Package), s.Client, javaText(at.URL))
	}
	for _, t := range all {
		fmt.Fprintf(b, "        System.out.println(%s.%s(", path.Dir(t.Package), strings.ToLower(t.Name[:1])+t.Name[1:])
		javaValue(b, t.request, "        ", "")
		b.WriteString("));\n")
	}
	b.WriteString("    }\n}\n")
}

// javaValue writes a value of the SDK's types; a word's type stands in the class of
// which it is a field. Lines after the first begin with margin.
func javaValue(b *strings.Builder, v reflect.Value, margin, in string) {
	if name, ok := secretIn(v); ok {
		b.WriteString(javaVariable(name))
		return
	}
	if word, ok := enumerated(v); ok {
		if _, isNumber := scalar(v.Field(0)); !isNumber {
			word = javaText(word)
		}
		fmt.Fprintf(b, "%sEnum.fromValue(%s)", in, word)
		return
	}
	if text, ok := scalar(v); ok {
		if v.Kind() == reflect.Int64 {
			text += "L"
		}
		b.WriteString(text)
		return
	}
	const indent = "    "
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		javaValue(b, v.Elem(), margin, in)
	case reflect.String:
		b.WriteString(javaText(v.String()))
	case reflect.Struct:
		b.WriteString("new " + v.Type().Name() + "()")
		for _, f := range fields(v) {
			b.WriteString("\n" + margin + indent + ".with" + f.name + "(")
			javaValue(b, f.Value, margin+indent, v.Type().Name()+"."+f.name)
			b.WriteString(")")
		}
	case reflect.Slice:
		b.WriteString("List.of(")
		for i := range v.Len() {
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString("\n" + margin + indent)
			javaValue(b, v.Index(i), margin+indent, in)
		}
		b.WriteString(")")
	case reflect.Map:
		b.WriteString("Map.ofEntries(")
		for i, key := range keys(v) {
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString("\n" + margin + indent + "Map.entry(" + javaText(key.String()) + ", ")
			javaValue(b, v.MapIndex(key), margin+indent, in)
			b.WriteString(")")
		}
		b.WriteString(")")
	default:
		b.WriteString("null")
	}
}

func javaVariable(name string) string { return fmt.Sprintf("System.getenv(%q)", name) }

// javaText is a text as Java writes it: as JSON does, but that Java reads \u escapes
// before anything else.
func javaText(s string) string { return javaEscapes.Replace(jsonText(s)) }

var javaEscapes = strings.NewReplacer(`\\`, `\\`, `\u000a`, `\n`, `\u000d`, `\r`, `\u0022`, `\"`)

func writeJavaPlain(b *strings.Builder, steps []step, at Server) {
	b.WriteString("import java.net.URI;\nimport java.net.http.HttpClient;\nimport java.net.http.HttpRequest;\nimport java.net.http.HttpResponse;\n\n")
	b.WriteString("public class Main {\n    public static void main(String[] args) throws Exception {\n")
	for _, s := range steps {
		fmt.Fprintf(b, "        call(%s, %s, %s", javaText(s.Operation.Method), javaText(at.URL+s.URL()), javaBody(s.body))
		for _, h := range s.own() {
			fmt.Fprintf(b, ", %s, %s", javaText(h.name), h.in(javaText, javaVariable))
		}
		b.WriteString(");\n")
	}
	b.WriteString("    }\n\n" + javaCall)
	if anySecret(steps) {
		b.WriteString(javaQuote)
	}
	b.WriteString("}\n")
}

// javaBody is a body as an expression, a line of it in each line, with the secrets
// between.
func javaBody(body *value) string {
	if body == nil {
		return `""`
	}
	lines := strings.SplitAfter(between.String(body), "\n")
	for i, line := range lines {
		var parts []string
		for j, part := range strings.Split(line, mark) {
			if j%2 == 1 {
				parts = append(parts, fmt.Sprintf("secret(%q)", part))
			} else {
				parts = append(parts, javaText(part))
			}
		}
		lines[i] = strings.Join(parts, " + ")
	}
	return "\n            " + strings.Join(lines, "\n            + ")
}

const javaCall = `    static void call(String method, String url, String body, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("X-Auth-Token", System.getenv("` + tokenVariable + `"))
            .header("Content-Type", "application/json");
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        var answer = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        System.out.println(answer.statusCode() + " " + answer.body());
        if (answer.statusCode() >= 300) {
            System.exit(1);
        }
    }
`

const javaQuote = `
    // A text as JSON writes it.
    static String secret(String name) {
        var text = new StringBuilder("\"");
        for (char c : System.getenv(name).toCharArray()) {
            if (c < ' ' || c == '"' || c == '\\') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('"').toString();
    }
`
