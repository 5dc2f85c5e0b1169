package api

import "net/http"

// TrialRequest is a request that somebody wants to try on an alias.
type TrialRequest struct {
	Line   int    // where it stood, from 1
	Text   string // as it was written, shortened
	Header http.Header
	Error  Message // why it could not be read, else zero
}

// MaxTrials bounds the requests of one file, MaxTrialText its bytes.
const (
	MaxTrials    = 1000
	MaxTrialText = 1 << 20
)

// ReadTrial reads one request as people have it at hand: a curl command line,
// raw HTTP, or lines "Name: value". Invalid at "request" if it is none of these.
func ReadTrial(text string) (http.Header, error) { return nil, nil }

// ReadTrials reads many, one a line: a curl command line, a JSON object of names
// and values, or "Name: value" pairs between "|". Empty lines and lines that begin
// with "#" do not count. Invalid at "requests" if there are none, or too many.
func ReadTrials(text string) ([]TrialRequest, error) { return nil, nil }
