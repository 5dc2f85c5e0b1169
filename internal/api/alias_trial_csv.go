package api

import (
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
)

// trialNames returns the names of a line that is the head of a table: names of
// headers between commas, at least two; else nil.
func trialNames(line string) []string {
	names, err := csv.NewReader(strings.NewReader(line)).Read()
	if err != nil || len(names) < 2 {
		return nil
	}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	if slices.ContainsFunc(names, func(name string) bool { return !token.MatchString(name) }) {
		return nil
	}
	return names
}

// readTrialTable reads the rows of a table, one request each; number is the line
// of the first. An empty field is a header that is not there. A row that begins
// with "#" does not count, as in a list of lines.
func readTrialTable(names []string, text string, number int) ([]TrialRequest, error) {
	table := csv.NewReader(strings.NewReader(text))
	table.FieldsPerRecord, table.Comment, table.TrimLeadingSpace = -1, '#', true
	var requests []TrialRequest
	for {
		fields, err := table.Read()
		switch {
		case err == io.EOF:
			return requests, nil
		case err != nil:
			return nil, refuseTrial("requests", M("routing.trial_table", "line", number+faultLine(err)-1))
		case len(requests) == MaxTrials:
			return nil, refuseTrial("requests", M("routing.trial_too_many", "max", Grouped(MaxTrials)))
		}
		line, _ := table.FieldPos(0)
		requests = append(requests, readTrialRow(names, fields, number+line-1))
	}
}

// faultLine is where a table cannot be read, from 1.
func faultLine(err error) int {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return e.Line
	}
	return 1
}

// shownPair is a header without credentials, whatever its value has in it.
func shownPair(name, value string) string {
	if plain := name + ": x"; hideCredentials(plain) != plain {
		return name + ": ***"
	}
	return hideCredentials(name + ": " + value)
}

func readTrialRow(names, fields []string, line int) TrialRequest {
	r, header, pairs := TrialRequest{Line: line}, http.Header{}, []string(nil)
	if len(fields) > len(names) {
		r.Error = M("routing.trial_fields", "most", len(names))
	}
	for i, value := range fields[:min(len(fields), len(names))] {
		if strings.TrimSpace(value) == "" {
			continue
		}
		pairs = append(pairs, shownPair(names[i], value))
		if fault := addHeader(header, names[i], value); !fault.IsZero() && r.Error.IsZero() {
			r.Error = fault
		}
	}
	r.Text = cmp.Or(shorten(strings.Join(pairs, " | "), maxTrialLine), "{}") // one without headers
	if r.Error.IsZero() {
		r.Header = header
	}
	return r
}
