package samples

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2/hclwrite"
)

// writeTerraform writes what keeps an object as the calls make it. Terraform has
// resources and no actions: calls that only do something once have none there.
func writeTerraform(steps []step, at Server) string {
	w := &terraform{at: at}
	for _, s := range steps {
		if write, ok := resources[s.Operation.ID]; ok {
			write(w, s)
		} else if !slices.Contains(w.without, s.Operation.ID) {
			w.without = append(w.without, s.Operation.ID)
		}
	}
	var b strings.Builder
	for _, name := range w.without {
		fmt.Fprintf(&b, "# Terraform has no resource for %s: use one of the other samples.\n", name)
	}
	if len(w.secrets) > 0 && b.Len() > 0 {
		b.WriteString("\n")
	}
	for _, name := range w.secrets {
		fmt.Fprintf(&b, "variable %q {\n  type      = string\n  sensitive = true\n}\n\n", name)
	}
	b.WriteString(w.String())
	return string(hclwrite.Format([]byte(strings.TrimSuffix(b.String(), "\n") + "\n")))
}

// terraform is a file in the making.
type terraform struct {
	strings.Builder

	at      Server
	margin  string
	secrets []string // names of variables
	without []string // operations
}

// block writes a block with what inside writes.
func (w *terraform) block(head string, inside func()) {
	if w.margin == "" && w.Len() > 0 {
		w.WriteString("\n")
	}
	w.WriteString(w.margin + head + " {\n")
	w.margin += "  "
	inside()
	w.margin = strings.TrimSuffix(w.margin, "  ")
	w.WriteString(w.margin + "}\n")
}

// set writes an argument, nothing if there is no value.
func (w *terraform) set(name string, v *value) {
	if v == nil || v.kind == word && v.text == "null" {
		return
	}
	w.WriteString(w.margin + name + " = ")
	l := &layout{
		indent: "  ", pair: " = ", text: hclText,
		variable: w.secret,
	}
	l.write(&w.Builder, v, w.margin)
	w.WriteString("\n")
}

func (w *terraform) setText(name, s string) { w.set(name, &value{kind: text, text: s}) }

// secret is a variable as an expression.
func (w *terraform) secret(name string) string {
	name = strings.ToLower(name)
	if !slices.Contains(w.secrets, name) {
		w.secrets = append(w.secrets, name)
	}
	return "var." + name
}

// resource writes a resource, and how one that is there already comes under
// Terraform's care. id may be made of what only the answer says.
func (w *terraform) resource(kind, name, id string, inside func()) {
	name = label(name)
	w.block(fmt.Sprintf("resource %q %q", kind, name), inside)
	w.block("import", func() {
		w.WriteString(w.margin + "to = " + kind + "." + name + "\n")
		w.setText("id", id)
	})
}

// removed writes that a resource is to be destroyed.
func (w *terraform) removed(kind, name string) {
	w.block("removed", func() {
		w.WriteString(w.margin + "from = " + kind + "." + label(name) + "\n")
		w.block("lifecycle", func() { w.WriteString(w.margin + "destroy = true\n") })
	})
}

// label is a name as Terraform takes them.
func label(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case unicode.IsLetter(r) || r == '_' || i > 0 && (unicode.IsDigit(r) || r == '-'):
			b.WriteRune(r)
		case i == 0 && unicode.IsDigit(r):
			b.WriteString("_" + string(r))
		default:
			b.WriteRune('_')
		}
	}
	if b.Len() == 0 {
		return "this"
	}
	return b.String()
}

// hclText is a text as HCL writes it: as JSON, but that templates begin with ${ and %{.
func hclText(s string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{", `\b`, `\u0008`, `\f`, `\u000c`).Replace(jsonText(s))
}
