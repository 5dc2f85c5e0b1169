package api

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Rules of functions (spec/aliases.md §8.1); those marked are ours.
const (
	minTimeout      = 3 // seconds
	maxTimeout      = 259_200
	minHandler      = 3 // characters
	maxHandler      = 128
	maxUserData     = 20  // pairs
	maxPackage      = 60  // characters; ours
	maxFunctionWord = 128 // characters of an agency or a project that we only name; ours
	maxFilename     = 255 // characters; ours
)

// noHandler is the handler of functions that speak HTTP themselves.
const noHandler = "-"

// FunctionTypes are the generations of functions, the usual one first.
var FunctionTypes = []string{"v2", "v1"}

var (
	functionName = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?$`)
	// plainWord is a package, a field of a URN, or the name of a header or cookie.
	plainWord = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
)

// SpeaksHTTP reports whether functions of a runtime are called by HTTP, and have
// no handler.
func SpeaksHTTP(runtime string) bool { return runtime == RuntimeHTTP || runtime == RuntimeImage }

// Complete fills in what was left out.
func (d FunctionDraft) Complete() FunctionDraft {
	d.Package = cmp.Or(d.Package, DefaultPackage)
	d.Config.Type = cmp.Or(d.Config.Type, FunctionTypes[0])
	d.Config.Concurrency = unless(d.Config.Concurrency, Unlimited)
	d.Config.PerInstance = unless(d.Config.PerInstance, 1)
	if SpeaksHTTP(d.Config.Runtime) {
		d.Config.Handler = cmp.Or(d.Config.Handler, noHandler)
	}
	if d.Config.Runtime == RuntimeImage {
		d.Code.Type = cmp.Or(d.Code.Type, CodeImage)
	}
	return d
}

// Unlimited is the dialect's word for no limit of FunctionConfig.Concurrency.
const Unlimited = -1

// unless is n, or nil if that is the usual number.
func unless(n *int, usual int) *int {
	if n != nil && *n == usual {
		return nil
	}
	return n
}

// Problems judges a complete draft, in form order. stored is the code that is
// kept if the draft has no file, nil of a new function.
func (d *FunctionDraft) Problems(stored *FunctionCode) []Problem {
	problems := fieldProblems("",
		fieldProblem{"func_name", functionNameProblem(d.Name)},
		fieldProblem{"package", packageProblem(d.Package)})
	problems = append(problems, d.Config.problems()...)
	problems = append(problems, fieldProblems("",
		fieldProblem{"code_type", d.codeTypeProblem()},
		fieldProblem{"func_code", d.fileProblem(stored)},
		fieldProblem{"code_url", d.codeURLProblem()},
		fieldProblem{"func_code.link", wordProblem(d.Code.Link, MaxUpstream, "function.code_url_form")},
		fieldProblem{"code_filename", wordProblem(d.Code.Filename, maxFilename, "function.filename_form")})...)
	return append(problems, UpstreamProblems(d.Upstream)...)
}

func functionNameProblem(name string) Message {
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return M("function.name_required")
	case n > MaxFunctionName:
		return M("function.name_too_long", "max", MaxFunctionName, "length", n)
	case !functionName.MatchString(name):
		return M("function.name_form")
	}
	return Message{}
}

func packageProblem(name string) Message {
	if utf8.RuneCountInString(name) > maxPackage || !plainWord.MatchString(name) {
		return M("function.package_form", "max", maxPackage)
	}
	return Message{}
}

func (c *FunctionConfig) problems() []Problem {
	return fieldProblems("",
		fieldProblem{"description", textProblem(c.Description)},
		fieldProblem{"runtime", c.runtimeProblem()},
		fieldProblem{"handler", c.handlerProblem()},
		fieldProblem{"timeout", c.timeoutProblem()},
		fieldProblem{"memory_size", c.memoryProblem()},
		fieldProblem{"user_data", userDataProblem(c.UserData)},
		fieldProblem{"xrole", wordProblem(c.XRole, maxFunctionWord, "function.xrole_form")},
		fieldProblem{"app_xrole", wordProblem(c.AppXRole, maxFunctionWord, "function.xrole_form")},
		fieldProblem{"type", c.typeProblem()},
		fieldProblem{"enterprise_project_id", wordProblem(c.EnterpriseProject, maxFunctionWord, "function.enterprise_project_form")},
		fieldProblem{"strategy_config.concurrency", concurrencyProblem(c.Concurrency)},
		fieldProblem{"strategy_config.concurrent_num", perInstanceProblem(c.PerInstance)},
		c.keptProblem())
}

// textProblem judges the description of a function, a version or an alias.
func textProblem(text string) Message {
	hidden := func(c rune) bool { return unicode.Is(unicode.Cc, c) && !strings.ContainsRune("\n\r\t", c) }
	switch n := utf8.RuneCountInString(text); {
	case n > MaxFunctionText:
		return M("function.description_too_long", "max", MaxFunctionText, "length", n)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, hidden):
		return M("function.description_control")
	}
	return Message{}
}

// wordProblem judges what is only kept, in the words of a message key.
func wordProblem(text string, longest int, form string) Message {
	if utf8.RuneCountInString(text) > longest || !graphic(text) {
		return M(form, "max", longest)
	}
	return Message{}
}

func (c *FunctionConfig) runtimeProblem() Message {
	switch {
	case c.Runtime == "":
		return M("function.runtime_required")
	case !slices.Contains(Runtimes, c.Runtime):
		return M("function.runtime_unknown", "runtime", Shortened(c.Runtime))
	}
	return Message{}
}

func (c *FunctionConfig) handlerProblem() Message {
	n := utf8.RuneCountInString(c.Handler)
	switch {
	case SpeaksHTTP(c.Runtime) && c.Handler == noHandler:
		return Message{}
	case n == 0:
		return M("function.handler_required")
	case n < minHandler || n > maxHandler:
		return M("function.handler_length", "min", minHandler, "max", maxHandler)
	case !graphic(c.Handler) || strings.Contains(c.Handler, " "):
		return M("function.handler_form")
	case !strings.Contains(c.Handler, "."):
		return M("function.handler_dot")
	}
	return Message{}
}

func (c *FunctionConfig) timeoutProblem() Message {
	switch {
	case c.Timeout%time.Second != 0:
		return M("function.timeout_whole")
	case c.Timeout < minTimeout*time.Second || c.Timeout > maxTimeout*time.Second:
		return M("function.timeout_range", "min", minTimeout, "max", maxTimeout)
	}
	return Message{}
}

func (c *FunctionConfig) memoryProblem() Message {
	if !slices.Contains(MemorySizes, c.MemoryMB) {
		return M("function.memory_unknown", "sizes", sizes(MemorySizes))
	}
	return Message{}
}

// userDataProblem judges the environment variables of a function.
func userDataProblem(text string) Message {
	if text == "" {
		return Message{}
	}
	if len(text) > MaxUserData {
		return M("function.user_data_too_big", "max", MaxUserData, "size", len(text))
	}
	var pairs map[string]string
	err := json.Unmarshal([]byte(text), &pairs)
	switch {
	case err != nil || pairs == nil || !utf8.ValidString(text):
		return M("function.user_data_form")
	case len(pairs) > maxUserData:
		return M("function.user_data_too_many", "max", maxUserData, "count", len(pairs))
	}
	return Message{}
}

func (c *FunctionConfig) typeProblem() Message {
	if !slices.Contains(FunctionTypes, c.Type) {
		return M("function.type_unknown")
	}
	return Message{}
}

func concurrencyProblem(n *int) Message {
	if n != nil && (*n < 0 || *n > MaxConcurrency) {
		return M("function.concurrency_range", "unlimited", Unlimited, "max", MaxConcurrency)
	}
	return Message{}
}

func perInstanceProblem(n *int) Message {
	if n != nil && (*n < 1 || *n > MaxConcurrency) {
		return M("function.per_instance_range", "max", MaxConcurrency)
	}
	return Message{}
}

// keptProblem judges what is only kept, at the longest of it.
func (c *FunctionConfig) keptProblem() fieldProblem {
	size, longest := 0, ""
	for _, name := range slices.Sorted(maps.Keys(c.Kept)) {
		size += len(c.Kept[name])
		if longest == "" || len(c.Kept[name]) > len(c.Kept[longest]) {
			longest = name
		}
	}
	if size > MaxKept {
		return fieldProblem{longest, M("function.kept_too_big", "max", MaxKept, "size", size)}
	}
	return fieldProblem{}
}

// Problems judges the form of a draft.
func (d *VersionDraft) Problems() []Problem {
	return fieldProblems("",
		fieldProblem{"version", d.nameProblem()},
		fieldProblem{"description", textProblem(d.Description)})
}

func (d *VersionDraft) nameProblem() Message {
	switch n := utf8.RuneCountInString(d.Name); {
	case n == 0:
		return Message{}
	case n > MaxVersionName:
		return M("version.name_too_long", "max", MaxVersionName, "length", n)
	case !versionForm.MatchString(d.Name):
		return M("version.name_form")
	case d.Name == LatestVersion:
		return M("version.name_latest")
	}
	return Message{}
}
