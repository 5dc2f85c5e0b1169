package paste

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/api/shell"
)

// command is the command line of a client.
type command struct {
	names []string // of the program
	slug  string
	// takes are options with a value, stuck options whose value can only be
	// attached (-psecret), flags options without one.
	takes, stuck map[string]role
	flags        map[string]flag
	env          map[string]role // variables before the program
	// words reads what is neither; nil where that is not needed.
	words func(d *draft, words []string)
	// refuse is the key of why no link can do what the program does.
	refuse string
}

// flag is what an option without a value says.
type flag struct {
	role  role
	value string
}

// assignment is a variable that is set before a program starts.
var assignment = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)=(.*)$`)

// prompt is what a shell wrote before the command.
var prompt = regexp.MustCompile(`^[$#>%]\s+`)

// withoutPrompt takes it away; after a # that is no prompt, a comment stands.
func withoutPrompt(text string) string {
	command := prompt.ReplaceAllString(text, "")
	if first, _, _ := strings.Cut(command, " "); text[0] == '#' && find(first) == nil {
		return text
	}
	return command
}

// readCommand reads the command line of a client that is known.
func readCommand(d *draft, text string) (bool, error) {
	text = withoutPrompt(text)
	set, list, rest, ok := splitVariables(text)
	switch first, _, _ := strings.Cut(text, " "); {
	case !ok && find(first) != nil:
		return false, refuse("paste.unclosed_quote")
	case !ok || len(list) == 0 || find(list[0]) == nil:
		return false, nil
	}
	cmd := find(list[0])
	if cmd.refuse != "" {
		return false, refuse(cmd.refuse)
	}
	d.slug = cmd.slug
	for _, w := range set {
		cmd.readVariable(d, w)
	}
	cmd.readOptions(d, list[1:])
	if rest != "" {
		d.note(Note{Why: api.M("paste.rest")})
	}
	return d.slug != "", nil
}

// splitVariables returns the variables that are set before the first program,
// on its line or on lines of their own, and the words of its command.
func splitVariables(text string) (set, list []string, rest string, ok bool) {
	for rest = text; rest != ""; {
		list, rest, ok = splitCommand(rest)
		for len(list) > 0 && (assignment.MatchString(list[0]) || slices.Contains(prefixes, list[0])) {
			if strings.Contains(list[0], "=") {
				set = append(set, list[0])
			}
			list = list[1:]
		}
		if len(list) > 0 || !ok {
			return set, list, rest, ok
		}
	}
	return set, nil, "", true
}

// variable is a reference of a Windows shell.
var variable = regexp.MustCompile(`%[A-Za-z_][A-Za-z0-9_]*%`)

// splitCommand returns the words of the first command in text and what follows
// it; ok is false where a quote is not closed. References are placeholders like
// others.
func splitCommand(text string) (words []string, rest string, ok bool) {
	words, rest, ok = shell.Split(text)
	for i, w := range words {
		words[i] = variable.ReplaceAllLiteralString(w, shell.Reference)
	}
	return words, rest, ok
}

// prefixes are words before a program that change nothing for us.
var prefixes = []string{"sudo", "env", "export", "exec", "time"}

// find returns the command of that program, or nil.
func find(program string) *command {
	if i := strings.LastIndexAny(program, `/\`); i >= 0 {
		program = program[i+1:]
	}
	program = strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(program), ".exe"), ".sh")
	for i := range commands {
		if slices.Contains(commands[i].names, program) {
			return &commands[i]
		}
	}
	return nil
}

func (c *command) readVariable(d *draft, text string) {
	found := assignment.FindStringSubmatch(text)
	if r, ok := c.env[found[1]]; ok {
		d.putOption(r, found[2], found[1])
	} else {
		d.ignore("paste.unknown", found[1])
	}
}

// readOptions reads options and leaves the other words to the command.
func (c *command) readOptions(d *draft, list []string) {
	var others []string
	for len(list) > 0 {
		w := list[0]
		list = list[1:]
		switch {
		case w == "--":
			others, list = append(others, list...), nil
		case !strings.HasPrefix(w, "-") || w == "-":
			others = append(others, w)
		default:
			list = c.readOption(d, w, list)
		}
	}
	switch {
	case c.words != nil:
		c.words(d, others)
	case len(others) > 0:
		d.note(Note{Why: api.M("paste.words")})
	}
}

// readOption reads one option, with its value from the words after it, and
// returns those that remain.
func (c *command) readOption(d *draft, w string, after []string) []string {
	if f, ok := c.flags[w]; ok {
		d.put(f.role, f.value, w)
		return after
	}
	if r, ok := c.takes[w]; ok {
		if len(after) == 0 {
			return nil
		}
		d.putOption(r, after[0], w)
		return after[1:]
	}
	name, value, _ := strings.Cut(w, "=")
	if !strings.HasPrefix(w, "--") { // -pVALUE
		name, value = w[:min(2, len(w))], w[min(2, len(w)):]
	}
	for _, table := range []map[string]role{c.takes, c.stuck} {
		if r, ok := table[name]; ok {
			d.putOption(r, value, name)
			return after
		}
	}
	c.readCluster(d, w)
	return after
}

// readCluster reads flags of one letter each, and anything unknown: of that
// only what cannot be a value is shown.
func (c *command) readCluster(d *draft, w string) {
	if strings.HasPrefix(w, "--") || len(w) < 2 {
		name, _, _ := strings.Cut(w, "=")
		d.ignore("paste.unknown", name)
		return
	}
	for _, letter := range w[1:] {
		f, ok := c.flags["-"+string(letter)]
		if !ok {
			d.ignore("paste.unknown", w[:2])
			return
		}
		d.put(f.role, f.value, "-"+string(letter))
	}
}

// options makes a table of pairs: names separated by blanks, and their role.
func options(pairs ...any) map[string]role {
	table := map[string]role{}
	for i := 0; i+1 < len(pairs); i += 2 {
		for name := range strings.FieldsSeq(pairs[i].(string)) {
			table[name] = pairs[i+1].(role)
		}
	}
	return table
}

// switches makes a table of flags that are not needed, and some that are.
func switches(unneeded string, needed map[string]flag) map[string]flag {
	table := map[string]flag{}
	for name := range strings.FieldsSeq(unneeded) {
		table[name] = flag{role: skip}
	}
	maps.Copy(table, needed)
	return table
}
