package handlers

import (
	"bytes"
	"encoding/json"
	"net/http"
	"unicode/utf8"
)

// mostShown is how much of an answer a page shows, in bytes.
const mostShown = 1 << 20

// keptAnswer is an answer that is kept for a page: its beginning, and how long it is.
type keptAnswer struct {
	header http.Header
	code   int
	body   bytes.Buffer
	total  int64
}

func (w *keptAnswer) Header() http.Header { return w.header }

func (w *keptAnswer) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
}

func (w *keptAnswer) Write(part []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	w.total += int64(len(part))
	if room := mostShown - w.body.Len(); room > 0 {
		w.body.Write(part[:min(room, len(part))])
	}
	return len(part), nil
}

func (w *keptAnswer) status() int { return max(w.code, http.StatusOK) }

// laidOut is a body for reading: JSON with its structure, text as it is.
func laidOut(body []byte, total int64) (text string, binary bool) {
	var out bytes.Buffer
	if total == int64(len(body)) && json.Indent(&out, body, "", "  ") == nil {
		return out.String(), false
	}
	for n := 0; n < utf8.UTFMax && len(body) > 0 && !utf8.Valid(body); n++ {
		body = body[:len(body)-1] // the cut may have met a character
	}
	if !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0 {
		return "", true
	}
	return string(body), false
}
