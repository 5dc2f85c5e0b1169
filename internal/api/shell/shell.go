// Package shell splits command lines into words as a POSIX shell does. The text
// is only ever read: nothing in it is executed, expanded or looked up.
package shell

import "strings"

// Reference stands where a shell would put the value of a variable or what a
// command prints.
const Reference = "${}"

// scanner splits a command line as a POSIX shell does.
type scanner struct {
	text  string
	at    int
	words []string
	now   strings.Builder // the word that is being read
	open  bool            // there is such a word, perhaps an empty one
}

// Split returns the words of the first command in text and what follows it; ok
// is false where a quote is not closed.
func Split(text string) (words []string, rest string, ok bool) {
	s := &scanner{text: text}
	for s.at < len(s.text) {
		c := s.next()
		switch {
		case c == ' ' || c == '\t' || c == '\r':
			s.end()
		case c == '#' && !s.open:
			s.skipTo("\n")
		case c == '\n' || strings.IndexByte("|;&<>", c) >= 0:
			if strings.IndexByte("<>", c) >= 0 && strings.Trim(s.now.String(), "0123456789") == "" {
				s.open = false // the number of a file
			}
			s.end()
			if len(s.words) > 0 {
				return s.words, strings.TrimLeft(s.text[s.at:], " \t\r\n|;&<>"), true
			}
		default:
			if !s.part(c) {
				return nil, "", false
			}
		}
	}
	s.end()
	return s.words, "", true
}

func (s *scanner) next() byte {
	c := s.text[s.at]
	s.at++
	return c
}

// skipTo moves behind the next end, and reports whether there is one.
func (s *scanner) skipTo(end string) (skipped string, found bool) {
	skipped, _, found = strings.Cut(s.text[s.at:], end)
	s.at = min(len(s.text), s.at+len(skipped)+len(end))
	return skipped, found
}

func (s *scanner) end() {
	if s.open {
		s.words = append(s.words, s.now.String())
	}
	s.now.Reset()
	s.open = false
}

// part reads on inside a word, and reports whether its quotes are closed.
func (s *scanner) part(c byte) bool {
	s.open = true
	switch c {
	case '\'':
		text, closed := s.skipTo("'")
		s.now.WriteString(text)
		return closed
	case '"':
		return s.doubleQuoted()
	case '\\':
		s.escape("")
	case '$', '`':
		if c == '$' && strings.HasPrefix(s.text[s.at:], "'") {
			s.at++
			return s.escaped()
		}
		return s.expansion(c)
	default:
		s.now.WriteByte(c)
	}
	return true
}

// escape reads what follows a backslash; if only some characters can be
// escaped, the backslash stays before all others.
func (s *scanner) escape(only string) {
	if s.at == len(s.text) {
		return
	}
	c := s.next()
	switch {
	case c == '\r' && strings.HasPrefix(s.text[s.at:], "\n"):
		s.at++
	case c == '\n':
	case only == "" || strings.IndexByte(only, c) >= 0:
		s.now.WriteByte(c)
	default:
		s.now.WriteByte('\\')
		s.now.WriteByte(c)
	}
	s.open = s.now.Len() > 0 || only != ""
}

func (s *scanner) doubleQuoted() bool {
	for s.at < len(s.text) {
		switch c := s.next(); c {
		case '"':
			return true
		case '\\':
			s.escape("$`\"\\")
		case '$', '`':
			if !s.expansion(c) {
				return false
			}
		default:
			s.now.WriteByte(c)
		}
	}
	return false
}

// expansion skips $NAME, ${…}, $(…) and `…`; a dollar sign before anything else
// is one. It reports whether what was opened is closed.
func (s *scanner) expansion(c byte) (closed bool) {
	after := byte(' ')
	if s.at < len(s.text) {
		after = s.text[s.at]
	}
	closed = true
	switch {
	case c == '`':
		_, closed = s.skipTo("`")
	case after == '{':
		_, closed = s.skipTo("}")
	case after == '(':
		closed = s.parentheses()
	case isName(after):
		for s.at < len(s.text) && isName(s.text[s.at]) {
			s.at++
		}
	case strings.IndexByte("@*?!#$-", after) >= 0:
		s.at++
	default:
		s.now.WriteByte(c)
		return true
	}
	s.now.WriteString(Reference)
	return closed
}

// isName reports whether c can be in the name of a variable.
func isName(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// parentheses skips to the one that closes.
func (s *scanner) parentheses() bool {
	for depth := 0; s.at < len(s.text); {
		switch s.next() {
		case '(':
			depth++
		case ')':
			depth--
			if depth == 0 {
				return true
			}
		}
	}
	return false
}
