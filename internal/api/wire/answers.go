package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"switchboard/internal/api"
)

// ErrNoAnswer says that something is no answer of the service that was asked: a page,
// half a body, nothing, or an answer to another question.
var ErrNoAnswer = errors.New("wire: this is no answer of the service")

// readAnswer reads the body of an answer. What comes from a region is looked at like
// what comes from anybody: of any shape, and no shorter than it says.
func readAnswer(body []byte, into any) error {
	if body = bytes.TrimSpace(body); len(body) == 0 || body[0] != '{' && body[0] != '[' {
		return ErrNoAnswer
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%w: %w", ErrNoAnswer, malformed(body, err, ""))
	}
	return nil
}

// readEach reads a list of an answer: each thing by itself. A list that is not there is
// no answer.
func readEach[A, B any](list *[]A, read func(a *A) (B, error)) ([]B, error) {
	if list == nil {
		return nil, ErrNoAnswer
	}
	things := make([]B, len(*list))
	for i := range *list {
		var err error
		if things[i], err = readOne(&(*list)[i], read); err != nil {
			return nil, err
		}
	}
	return things, nil
}

// readOne reads a thing of an answer. One that is not there is no answer, nor is one
// that has something else in the place of what it should have.
func readOne[A, B any](a *A, read func(a *A) (B, error)) (thing B, err error) {
	if a == nil {
		return thing, ErrNoAnswer
	}
	if thing, err = read(a); err != nil && !errors.Is(err, ErrNoAnswer) {
		err = fmt.Errorf("%w: %w", ErrNoAnswer, err)
	}
	return thing, err
}

// identified refuses a thing without what it is known by.
func identified(ids ...string) error {
	for _, id := range ids {
		if id == "" {
			return ErrNoAnswer
		}
	}
	return nil
}

// answerTimes are the ways in which the services write moments; without a zone it is
// UTC.
var answerTimes = []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateTime}

// readMoment reads a moment, zero if it is none.
func readMoment(text string) time.Time {
	for _, form := range answerTimes {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

// stamp is when something was done; by whom, the dialect mostly does not tell.
func stamp(text string) api.Stamp { return api.Stamp{At: readMoment(text)} }

// unixMoment is a moment as CDM and DLI write it, zero if it is none.
func unixMoment(n int64) time.Time {
	if n <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// itSaid is a service's own words, zero if there are none.
func itSaid(text string) api.Message {
	if text == "" {
		return api.Message{}
	}
	return api.M("wire.it_said", "text", text)
}
