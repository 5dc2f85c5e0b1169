package shell

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// escaped reads on in $'…', where backslashes write characters as in C, and
// reports whether it is closed.
func (s *scanner) escaped() bool {
	for s.at < len(s.text) {
		switch c := s.next(); {
		case c == '\'':
			return true
		case c == '\\' && s.at < len(s.text):
			s.character(s.next())
		default:
			s.now.WriteByte(c)
		}
	}
	return false
}

// character writes what follows a backslash in $'…'.
func (s *scanner) character(c byte) {
	switch c {
	case 'x':
		s.code(c, 2, 16)
	case 'u':
		s.code(c, 4, 16)
	case 'U':
		s.code(c, 8, 16)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		s.at--
		s.code(c, 3, 8)
	default:
		const names, values = "abeEfnrtv\\'\"?", "\a\b\x1b\x1b\f\n\r\t\v\\'\"?"
		if i := strings.IndexByte(names, c); i >= 0 {
			s.now.WriteByte(values[i])
			return
		}
		s.now.WriteByte('\\')
		s.now.WriteByte(c)
	}
}

// code writes the character whose number comes next, in at most that many
// digits: of a text after u and U, else a byte.
func (s *scanner) code(kind byte, digits, base int) {
	end := s.at
	for end < len(s.text) && end-s.at < digits {
		if _, err := strconv.ParseUint(s.text[end:end+1], base, 8); err != nil {
			break
		}
		end++
	}
	number, err := strconv.ParseUint(s.text[s.at:end], base, 32)
	switch {
	case err != nil: // no digits: not a number after all
		s.now.WriteByte('\\')
		s.now.WriteByte(kind)
	case kind == 'u' || kind == 'U':
		s.now.WriteRune(rune(min(number, utf8.MaxRune+1))) // what is no character is written as U+FFFD
	default:
		s.now.WriteByte(byte(number)) //nolint:gosec // as shells do, the lower eight bits
	}
	s.at = end
}
