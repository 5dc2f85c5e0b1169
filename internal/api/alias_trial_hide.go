package api

import "regexp"

// hiddenNames are of headers that say who calls. Cookies are shown: rules look at
// them.
const hiddenNames = `(?i:[\w-]*(?:authorization|token|secret|password|signature|api-?key)[\w-]*)`

// credentials are what is not shown again of a line, in every way to write it;
// what is not closed is hidden up to its end.
var credentials = []struct {
	form    *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`"(` + hiddenNames + `"\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|\[[^\]]*\]?|[^,}]*)`), `"${1}"***"`},
	{regexp.MustCompile(`'(\s*` + hiddenNames + `\s*:)(?:[^'\\]|\\.)*`), `'${1} ***`},
	{regexp.MustCompile(`"(\s*` + hiddenNames + `\s*:)(?:[^"\\]|\\.)*`), `"${1} ***`},
	{regexp.MustCompile(`((?:^|[\s|]|-H)` + hiddenNames + `\s*:)[^|]*`), `${1} ***`},
	{regexp.MustCompile(`((?:^|\s)(?:-[#fgGiIjkLNOsSv]*[uU]\s*|--(?:user|proxy-user|oauth2-bearer)[\s=]+))(?:"[^"]*"?|'[^']*'?|\S+)`), `${1}***`},
	{regexp.MustCompile(`(://[^/\s:@'"]*:)[^/\s@'"]+@`), `${1}***@`},
}

func hideCredentials(text string) string {
	for _, c := range credentials {
		text = c.form.ReplaceAllString(text, c.instead)
	}
	return text
}
