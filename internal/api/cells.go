package api

import (
	"strings"
	"unicode/utf8"
)

// Harmless puts an apostrophe before every cell that a spreadsheet would run
// as a formula (S24).
func Harmless(cells ...string) []string {
	for i, cell := range cells {
		bare := strings.TrimLeft(cell, " \u00a0\u3000\"'")
		if first, size := utf8.DecodeRuneInString(bare); size > 0 && strings.ContainsRune("=+-@\t\r\n|%＝＋－＠", first) {
			cells[i] = "'" + cell
		}
	}
	return cells
}
