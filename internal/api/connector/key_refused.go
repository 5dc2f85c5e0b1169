package connector

import (
	"slices"
	"strings"
	"unicode"
)

// mostNamed is how many keys a message names at most.
const mostNamed = 12

// refuseKeys is the fault of entries that no key names: with what was probably
// meant, if it is one that comes close, and otherwise with what is allowed.
func refuseKeys(names []string, keys []Key) *Fault {
	if len(names) == 0 {
		return nil
	}
	if near := nearest(plainKey(names[0]), keys); len(names) == 1 && near != "" {
		return fault("input.map_key_near", "key", clip(names[0]), "nearest", near)
	}
	var allowed []string
	for _, key := range keys {
		allowed = append(allowed, key.Name)
	}
	for i := range names {
		names[i] = clip(names[i])
	}
	return fault("input.map_key_refused", "key", few(names), "allowed", few(allowed))
}

// few lists the first names.
func few(names []string) string {
	if len(names) > mostNamed {
		names = append(slices.Clone(names[:mostNamed]), "…")
	}
	return strings.Join(names, ", ")
}

// nearest returns the key that name was probably meant to be: one whose letters
// and digits differ in no more than a quarter; "" if there is none.
func nearest(name string, keys []Key) string {
	meant := letters(clip(name))
	best, least := "", len(meant)/4+1
	for _, key := range keys {
		if d := distance(meant, letters(key.Name)); d < least {
			best, least = key.Name, d
		}
	}
	return best
}

// letters are the letters and digits of a name, in lower case.
func letters(name string) []rune {
	var out []rune
	for _, r := range strings.ToLower(name) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			out = append(out, r)
		}
	}
	return out
}

// distance is how many letters must be added, taken away or changed to make a
// of b (Levenshtein).
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
