package locale_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/connector"
	"switchboard/internal/locale"
)

// sentence is every plural form of a message; a plain one is under "other".
type sentence map[string]string

var argument = regexp.MustCompile(`{{\s*\.(\w+)\s*}}`)

// arguments returns the names of the arguments in any plural form, sorted.
func (s sentence) arguments() []string {
	names := map[string]bool{}
	for _, text := range s {
		for _, found := range argument.FindAllStringSubmatch(text, -1) {
			names[found[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func (s *sentence) UnmarshalJSON(text []byte) error {
	var plain string
	if json.Unmarshal(text, &plain) == nil {
		*s = sentence{"other": plain}
		return nil
	}
	var plural map[string]string
	err := json.Unmarshal(text, &plural)
	*s = plural
	return err
}

// sentences reads all parts of a language, and fails on a key that two have.
func sentences(t *testing.T, lang string) map[string]sentence {
	t.Helper()
	files, err := filepath.Glob("parts/*." + lang + ".json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all := map[string]sentence{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var part map[string]sentence
		require.NoError(t, json.Unmarshal(text, &part), file)
		for key, s := range part {
			require.Nil(t, all[key], "%s repeats %s of another part", file, key)
			all[key] = s
		}
	}
	return all
}

func TestBothLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	en, zh := sentences(t, "en"), sentences(t, "zh")
	require.Equal(t, slices.Sorted(maps.Keys(en)), slices.Sorted(maps.Keys(zh)), "one language lacks a sentence")
	for key := range zh {
		require.Equal(t, en[key].arguments(), zh[key].arguments(), "arguments of %s", key)
	}
	for _, lang := range []map[string]sentence{en, zh} {
		for key, s := range lang {
			require.NotEmpty(t, s["other"], key)
			for form, text := range s {
				require.NotEmpty(t, strings.TrimSpace(text), "%s, %s", key, form)
				require.NotContains(t, argument.ReplaceAllString(text, ""), "{{", "%s: arguments are written {{.name}}", key)
			}
			if len(s) > 1 {
				require.Contains(t, s.arguments(), "count", "the plural of %s follows the argument count", key)
			}
		}
	}
}

// use is what the sources do with a key.
type use struct {
	key, at string
	args    []string // names, if all of them can be read off the call
	read    bool
}

// source is what the tests want to know of the program's text.
type source struct {
	uses     []use           // calls of locale.T, api.M and api.Errorf with a constant key
	literals map[string]bool // every string constant
	prefixes map[string]bool // string constants that something is added to
}

// read collects from one file.
func (s *source) read(fset *token.FileSet, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if text, ok := text(n); ok {
				s.literals[text] = true
			}
		case *ast.BinaryExpr:
			if prefix, ok := text(n.X); ok && n.Op == token.ADD {
				s.prefixes[prefix] = true
			}
		case *ast.CallExpr:
			if at := keyArgument(n.Fun, file.Name.Name); at >= 0 && len(n.Args) > at {
				if key, ok := text(n.Args[at]); ok {
					u := use{key: key, at: fset.Position(n.Pos()).String(), read: !n.Ellipsis.IsValid()}
					u.addArguments(n.Args[at+1:])
					s.uses = append(s.uses, u)
				}
			}
		}
		return true
	})
}

func (u *use) addArguments(pairs []ast.Expr) {
	for i := 0; i < len(pairs); i += 2 {
		name, ok := text(pairs[i])
		u.read = u.read && ok
		u.args = append(u.args, name)
	}
}

// keyArgument returns which argument of the function is a message key, or -1.
func keyArgument(fun ast.Expr, pkg string) int {
	positions := map[string]int{"locale.T": 1, "api.M": 0, "api.Errorf": 1}
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			if at, ok := positions[x.Name+"."+f.Sel.Name]; ok {
				return at
			}
		}
	case *ast.Ident:
		if at, ok := positions[pkg+"."+f.Name]; ok {
			return at
		}
	}
	return -1
}

func text(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// sources reads the program without its tests. The templates are read as the Go
// that is generated from them.
func sources(t *testing.T) source {
	t.Helper()
	s := source{literals: map[string]bool{}, prefixes: map[string]bool{}}
	fset := token.NewFileSet()
	for _, root := range []string{"../../cmd", "../../internal", "../../web"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "dist"):
				return fs.SkipDir
			case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
			if err == nil {
				s.read(fset, file)
			}
			return err
		})
		require.NoError(t, err)
	}
	require.NotEmpty(t, s.uses)
	return s
}

func TestEveryKeyInTheSourcesExists(t *testing.T) {
	t.Parallel()
	all := sentences(t, locale.English)
	var wrong []string
	for _, u := range sources(t).uses {
		if strings.HasSuffix(u.key, ".") {
			continue // something is added to it
		}
		if all[u.key] == nil {
			wrong = append(wrong, u.at+": there is no sentence "+u.key)
		}
		for _, name := range all[u.key].arguments() {
			if u.read && !slices.Contains(u.args, name) {
				wrong = append(wrong, u.at+": "+u.key+" needs the argument "+name)
			}
		}
	}
	require.Empty(t, wrong)
}

func TestNoKeyIsUnused(t *testing.T) {
	t.Parallel()
	s := sources(t)
	used := func(key string) bool {
		if s.literals[key] {
			return true
		}
		for i := range key {
			if key[i] == '.' && s.prefixes[key[:i+1]] {
				return true
			}
		}
		return false
	}
	var unused []string
	for key := range sentences(t, locale.English) {
		if !used(key) {
			unused = append(unused, key)
		}
	}
	slices.Sort(unused)
	require.Empty(t, unused, "sentences that nobody says")
}

func TestEveryValueOfAFamilyHasASentence(t *testing.T) {
	t.Parallel()
	families := map[string][]string{
		"cause.": values(
			api.StepAddressForm, api.StepNames, api.StepPorts, api.StepProtocol, api.StepRoute, api.StepQueueRange, api.StepNetwork,
		),
		"connection_state.": values(api.ConnectionStates...),
		"queue_type.":       values(api.QueueSQL, api.QueueGeneral),
		"service_note.":     serviceNames(),
		"service_url.":      serviceNames(),
		"error_page.":       values(api.Invalid, api.CheckFailed, api.Unauthorised, api.Forbidden, api.NotFound, api.Conflict, api.Limit, api.Unavailable, api.Internal),
		"group.":            values(connector.Groups...),
		"kind.":             {"link"},
		"nav.":              {"overview", "links", "connections", "aliases", "whitelist", "replication"},
		"region_about.":     {"links", "connections", "aliases", "whitelist", "replication"},
		"status.":           values(api.Passed, api.Warned, api.Failed, api.Skipped, api.FormOnly),
		"step.":             values(api.StepForm, api.StepResolve, api.StepConnect, api.StepTLS, api.StepHandshake, api.StepSignIn, api.StepDatabase, api.StepVersion),
		"verdict.":          values(api.Passed, api.Warned, api.Failed, api.Skipped, api.FormOnly),
		"way.":              values(api.WayPage, api.WayWire, api.WayConsole, api.WayRegion),
	}
	all := sentences(t, locale.English)
	for prefix, values := range families {
		for _, value := range values {
			require.NotNil(t, all[prefix+value], "%s%s", prefix, value)
		}
	}
}

func serviceNames() []string {
	names := make([]string, len(api.ConnectionServices))
	for i, s := range api.ConnectionServices {
		names[i] = s.Name
	}
	return names
}

func values[T ~string](all ...T) []string {
	texts := make([]string, len(all))
	for i, v := range all {
		texts[i] = string(v)
	}
	return texts
}
