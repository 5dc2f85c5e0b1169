package templates

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// SectionAPI is the section of the API explorer.
const SectionAPI = "api"

// ExplorerForm is the id of the form of a call.
const ExplorerForm = "call-form"

// ExplorerView is the list of what programs can ask for.
type ExplorerView struct {
	Base   string
	Search string
	Groups []ExplorerGroup
	Count  int // of operations
}

// ExplorerGroup is a service.
type ExplorerGroup struct {
	Name, Label string
	Operations  []ExplorerOperation
}

// ExplorerOperation is something that programs can ask for.
type ExplorerOperation struct{ ID, Summary, Method, Path string }

// ExplorerCallView is the page of an operation.
type ExplorerCallView struct {
	Base      string
	Operation ExplorerOperation
	Form      *form.Form
	Answer    *ExplorerAnswer // nil until something was sent
}

// ExplorerAnswer is a call that was made and what came of it.
type ExplorerAnswer struct {
	Method, URL    string
	RequestHeaders []Header
	RequestBody    string // with variables for secrets
	Status         int
	Took           time.Duration
	Headers        []Header
	Text           string
	Binary         bool  // it is no text
	Bytes          int64 // all of it
	Most           int64 // of which are shown
	Cut            bool  // the server gave up in the middle
}

// Header is a line of a request or an answer.
type Header struct {
	Name, Value string
	Hidden      bool // the value is not for a page
}

// statusLine is the status as the protocol writes it.
func (v *ExplorerAnswer) statusLine() string {
	return fmt.Sprintf("%d %s", v.Status, http.StatusText(v.Status))
}

func (v *ExplorerAnswer) good() bool { return v.Status < http.StatusBadRequest }

func (v *ExplorerAnswer) news(ctx context.Context) string {
	return locale.T(ctx, "explorer.answered", "status", v.statusLine(), "ms", v.ms())
}

func (v *ExplorerAnswer) ms() string {
	return fmt.Sprintf("%.1f", float64(v.Took)/float64(time.Millisecond))
}

// request is the call as it goes over the line.
func (v *ExplorerAnswer) request() string {
	text := v.Method + " " + v.URL
	if len(v.RequestHeaders) > 0 {
		text += "\n" + headerLines(v.RequestHeaders, "")
	}
	if v.RequestBody != "" {
		text += "\n\n" + v.RequestBody
	}
	return text
}

func headerLines(all []Header, hidden string) string {
	lines := make([]string, len(all))
	for i, h := range all {
		lines[i] = h.Name + ": " + h.Value
		if h.Hidden {
			lines[i] = h.Name + ": " + hidden
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
