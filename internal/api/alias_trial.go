package api

import (
	"net/http"
	"strings"
	"unicode/utf8"
)

// TrialRequest is a request that somebody wants to try on an alias.
type TrialRequest struct {
	Line   int    // where it stood, from 1
	Text   string // as it was written, shortened, and without credentials
	Header http.Header
	Error  Message // why it could not be read, else zero
}

// MaxTrials bounds the requests of one file, MaxTrialText its bytes, and
// MaxSimulated how many requests are simulated at once.
const (
	MaxTrials    = 1000
	MaxTrialText = 1 << 20
	MaxSimulated = 1_000_000
)

// maxTrialLine bounds, in characters, what is shown of a line.
const maxTrialLine = 160

// ReadTrial reads one request as people have it at hand: a curl command line,
// raw HTTP, lines "Name: value", or a JSON object of names and values. Invalid at
// "request" if it is none of these. An UnseenHeader is left out, as an invocation
// does not see it among its headers.
func ReadTrial(text string) (http.Header, error) {
	if fault := unreadable(text); !fault.IsZero() {
		return nil, refuseTrial("request", fault)
	}
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	header, fault := readRequest(text)
	if !fault.IsZero() {
		return nil, refuseTrial("request", fault)
	}
	return header, nil
}

// ReadTrials reads many, one a line: a curl command line, a JSON object of names
// and values, or "Name: value" pairs between "|"; or a table as CSV (RFC 4180), if
// the first line has the names of headers. Empty lines and lines that begin with
// "#" do not count. Invalid at "requests" if there are none, or too many.
func ReadTrials(text string) (requests []TrialRequest, err error) {
	if fault := unreadable(text); !fault.IsZero() {
		return nil, refuseTrial("requests", fault)
	}
	text = strings.TrimPrefix(text, "\ufeff")
	for number := 1; text != ""; {
		line, rest, lines := cutTrial(text)
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			if names := trialNames(line); requests == nil && names != nil {
				if requests, err = readTrialTable(names, rest, number+lines); err != nil {
					return nil, err
				}
				break
			}
			if len(requests) == MaxTrials {
				return nil, refuseTrial("requests", M("routing.trial_too_many", "max", Grouped(MaxTrials)))
			}
			requests = append(requests, readTrialLine(number, line))
		}
		number, text = number+lines, rest
	}
	if len(requests) == 0 {
		return nil, refuseTrial("requests", M("routing.trial_none"))
	}
	return requests, nil
}

func refuseTrial(path string, why Message) error {
	return Refuse([]Problem{{Path: path, Message: why}})
}

func unreadable(text string) Message {
	switch {
	case len(text) > MaxTrialText:
		return M("routing.trial_too_long", "max", MaxTrialText>>20)
	case !utf8.ValidString(text):
		return M("routing.trial_not_utf8")
	}
	return Message{}
}

// cutTrial returns the first line of a text and what comes after it. A command
// goes on in the next line where it ends with a backslash or a caret.
func cutTrial(text string) (line, rest string, lines int) {
	for rest = text; rest != ""; {
		var next string
		next, rest = cutLine(rest)
		lines++
		line += next
		if !isCurl(line) || !strings.HasSuffix(line, `\`) && !strings.HasSuffix(line, "^") {
			break
		}
		line += "\n"
	}
	return line, rest, lines
}

func readTrialLine(number int, line string) TrialRequest {
	r := TrialRequest{Line: number, Text: shorten(hideCredentials(line), maxTrialLine)}
	switch {
	case isCurl(line), line[0] == '{':
		r.Header, r.Error = readRequest(line)
	default:
		r.Header, r.Error = readPairs(strings.Split(line, "|"), false)
	}
	return r
}
