package api

import (
	"net/http"
	"regexp"
	"strings"

	"switchboard/internal/api/shell"
)

var (
	startsCurl = regexp.MustCompile(`^(?i:[$>%]\s+)?(?i:\S*[/\\])?(?i:curl(\.exe)?)(\s|$|[\\^]\n)`)
	// caret is how the command line of Windows escapes a character.
	caret = regexp.MustCompile(`\^(\r?\n|.)`)
)

func isCurl(text string) bool { return startsCurl.MatchString(text) }

// Options of curl that matter to headers, and those whose value must not be
// taken for an option.
var (
	curlHeaders = map[string]string{
		"-H": "", "--header": "",
		"-b": "Cookie", "--cookie": "Cookie",
		"-A": "User-Agent", "--user-agent": "User-Agent",
		"-e": "Referer", "--referer": "Referer",
	}
	curlValues = wordsOf(`-c -C -d -D -E -F -K -m -o -P -Q -r -t -T -u -U -w -x -X -y -Y -z
		--cacert --cert --connect-timeout --connect-to --config --cookie-jar --data --data-ascii --data-binary --data-raw
		--data-urlencode --form --form-string --json --key --max-time --noproxy --oauth2-bearer --output --proxy --proxy-header
		--proxy-user --range --request --resolve --retry --upload-file --url --user --write-out`)
)

func wordsOf(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// readCurl reads the headers of a curl command line.
func readCurl(text string) (http.Header, Message) {
	if strings.Contains(text, `^"`) || strings.Contains(text, "^\n") || strings.Contains(text, "^\r\n") {
		text = caret.ReplaceAllStringFunc(text, func(escape string) string { return strings.TrimLeft(escape[1:], "\r\n") })
	}
	words, _, closed := shell.Split(strings.TrimLeft(text, "$>% "))
	if !closed {
		return nil, M("routing.trial_quote")
	}
	h := http.Header{}
	for i := 1; i < len(words); i++ {
		option, value, attached := curlOption(words[i])
		name, matters := curlHeaders[option]
		if !matters && !curlValues[option] {
			continue
		}
		if !attached {
			i++
			if i == len(words) {
				return nil, M("routing.trial_option", "option", option)
			}
			value = words[i]
		}
		if !matters {
			continue
		}
		if fault := addCurlHeader(h, name, value); !fault.IsZero() {
			return nil, fault
		}
	}
	return h, Message{}
}

// curlOption splits a word into an option and the value that is attached to it:
// --header=value, -Hvalue, -sHvalue.
func curlOption(word string) (option, value string, attached bool) {
	if len(word) < 2 || word[0] != '-' {
		return "", "", false
	}
	if word[1] == '-' {
		return cutOption(word)
	}
	for i := 1; i < len(word); i++ {
		letter := "-" + word[i:i+1]
		if _, matters := curlHeaders[letter]; matters || curlValues[letter] {
			return letter, word[i+1:], i+1 < len(word)
		}
	}
	return "", "", false
}

func cutOption(word string) (option, value string, attached bool) {
	option, value, attached = strings.Cut(word, "=")
	return option, value, attached
}

// addCurlHeader adds what an option says: -H "Name: value", -H "Name;" for an
// empty one, -H "Name:" for none, -b "name=value".
func addCurlHeader(h http.Header, name, value string) Message {
	switch {
	case name == "Cookie" && !strings.Contains(value, "="), name == "" && strings.HasPrefix(value, "@"):
		return M("routing.trial_file", "name", shorten(value, 40))
	case name != "":
		return addHeader(h, name, value)
	}
	name, value, found := strings.Cut(value, ":")
	switch {
	case !found && strings.HasSuffix(name, ";"):
		return addHeader(h, strings.TrimSuffix(name, ";"), "")
	case !found:
		return noColon(name)
	case strings.TrimSpace(value) == "":
		return Message{}
	}
	return addHeader(h, name, value)
}
