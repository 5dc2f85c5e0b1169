package api

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Problems judges tags. Paths are path.N.key and path.N.value, and path itself
// if there are too many.
func (r TagRules) Problems(path string, tags []Tag) []Problem {
	var problems []Problem
	if len(tags) > r.Count {
		problems = append(problems, Problem{path, M("tag.too_many", "max", r.Count)})
	}
	seen := make(map[string]bool, len(tags))
	for i, tag := range tags {
		at := path + "." + strconv.Itoa(i)
		if m := r.keyProblem(tag.Key, seen[tag.Key]); !m.IsZero() {
			problems = append(problems, Problem{at + ".key", m})
		}
		if m := r.valueProblem(tag.Value); !m.IsZero() {
			problems = append(problems, Problem{at + ".value", m})
		}
		seen[tag.Key] = true
	}
	return problems
}

func (r TagRules) keyProblem(key string, taken bool) Message {
	switch {
	case key == "":
		return M("tag.key_required")
	case taken:
		return M("tag.key_twice", "key", key)
	}
	return r.textProblem(key, r.Key)
}

func (r TagRules) valueProblem(value string) Message {
	if value == "" && !r.Blank {
		return M("tag.value_required")
	}
	return r.textProblem(value, r.Value)
}

func (r TagRules) textProblem(text string, limit int) Message {
	if n := utf8.RuneCountInString(text); n > limit {
		return M("tag.too_long", "max", limit, "length", n)
	}
	if strings.TrimSpace(text) != text {
		return M("tag.edge_space")
	}
	for i, c := range text {
		_, width := utf8.DecodeRuneInString(text[i:])
		broken := c == utf8.RuneError && width == 1
		if broken || strings.ContainsRune(r.Forbidden, c) || !unicode.IsGraphic(c) || r.Plain && !plainRune(c) {
			return M("tag.character", "character", visible(c))
		}
	}
	return Message{}
}

func plainRune(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || c == '-' || c == '_'
}

// visible is how a message shows a character that may have no picture of its
// own.
func visible(c rune) string {
	if unicode.IsGraphic(c) && !unicode.IsSpace(c) && c != utf8.RuneError {
		return string(c)
	}
	return fmt.Sprintf("U+%04X", c)
}
