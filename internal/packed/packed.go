// Package packed is about answers that are sent compressed.
package packed

import (
	"net/http"
	"strconv"
	"strings"
)

// Wanted reports whether the answer to r may be gzip; "gzip;q=0" is a refusal.
func Wanted(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
			weight, err := strconv.ParseFloat(q, 64)
			return !found || err != nil || weight > 0
		}
	}
	return false
}
