package form

import (
	"strconv"
	"strings"
)

const whole = 100 // what shares are of

// readShare reads a share as it is typed; what is none is not ok.
func readShare(text string) (n int, ok bool) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	return n, err == nil && n >= 0 && n <= whole
}

// shareOf is the typed share for the eye, 0 if it is none.
func shareOf(text string) int {
	n, ok := readShare(text)
	if !ok {
		return 0
	}
	return n
}

func shareText(text string) string { return strconv.Itoa(shareOf(text)) }

// restOf is what a typed share leaves, unknown while it is none.
func restOf(text string) string {
	n, ok := readShare(text)
	if !ok {
		return "?"
	}
	return strconv.Itoa(whole - n)
}
