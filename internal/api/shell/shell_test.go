package shell_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/shell"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, words, rest string }{ // words with "|" between them
		{"blanks", " a  b\tc ", "a|b|c", ""},
		{"single quotes", `a 'b "c\' d`, `a|b "c\|d`, ""},
		{"double quotes", `a "b 'c\" \d" e`, `a|b 'c" \d|e`, ""},
		{"quotes inside a word", `a'b c'"d"e`, "ab cde", ""},
		{"an empty word", `a '' b`, "a||b", ""},
		{"backslashes", `a\ b \'c`, "a b|'c", ""},
		{"a line that goes on", "a \\\n b \\\r\n c", "a|b|c", ""},
		{"a comment", "a b # c 'd", "a|b", ""},
		{"what follows the first command", "a b | c d", "a|b", "c d"},
		{"a file", "a 2> b", "a", "b"},
		{"references", "$A ${B}c $(d $(e)) `f` \"$G\" $", "${}|${}c|${}|${}|${}|$", ""},
		{"percent signs", "%A% 50%", "%A%|50%", ""},
		{"escapes in dollar quotes", `$'a\'b\\c\x41\u0021\U0001F600\101\q'`, `a'b\cA!😀A\q`, ""},
		{"no escapes without digits", `$'\x\u'`, `\x\u`, ""},
		{"a character that there is not", `$'\UFFFFFFFF'`, "\ufffd", ""},
		{"no dollar quotes in double quotes", `"$'a'"`, "$'a'", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			words, rest, closed := shell.Split(tc.text)
			require.True(t, closed)
			require.Equal(t, tc.words, strings.Join(words, "|"))
			require.Equal(t, tc.rest, rest)
		})
	}
	for _, open := range []string{`'a`, `"a`, `$'a`, `$'a\'`, "`a", "$(a", "${a", `"${a`} {
		_, _, closed := shell.Split(open)
		require.False(t, closed, open)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("curl 'a' \"b\" $'\\x41\\u00' $(c) `d` \\\n e | f")
	f.Add(`$'\U12345678\777`)
	f.Fuzz(func(t *testing.T, text string) {
		_, rest, _ := shell.Split(text)
		require.True(t, strings.HasSuffix(text, rest))
	})
}
