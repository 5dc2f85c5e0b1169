package handlers

import (
	"bytes"
	"encoding/binary"
	"net/url"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"switchboard/internal/api"
	"switchboard/web/templates"
	"switchboard/web/templates/form"
)

// readBatch reads everything that the form sends: its rows, the lines that are
// kept beside them, and what is pasted or uploaded now.
func readBatch(c echo.Context, v url.Values) (*batch, error) {
	b := &batch{lines: readRows(v)}
	file, err := uploadedText(c, templates.AddFile)
	if err != nil {
		return nil, err
	}
	pasted := v.Get(templates.AddText)
	b.unseen = strings.TrimSpace(pasted) != "" || file != ""
	for _, text := range []string{v.Get(templates.AddRest), pasted, file} {
		b.lines = append(b.lines, api.ReadPermissionLines(text)...)
	}
	switch {
	case !utf8.ValidString(file):
		b.refused = api.M("lines.file_not_utf8")
	case len(b.lines) > api.MaxAddition:
		b.refused = api.M("lines.too_many", "max", api.MaxAddition)
	}
	return b, nil
}

func readRows(v url.Values) []api.PermissionLine {
	var lines []api.PermissionLine
	for n, row := range form.ReadRows(v, templates.AddRows) {
		if row.Empty() {
			continue
		}
		line := api.ReadPermission(row[templates.RowAccount], row[templates.RowDescription], row[templates.RowExpires])
		line.Number = n + 1
		lines = append(lines, line)
	}
	return lines
}

// uploadedText returns the text of the posted file, or "". Spreadsheets also
// write UTF-16.
func uploadedText(c echo.Context, name string) (string, error) {
	raw, err := postedFile(c, name)
	if err != nil {
		return "", err
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	case !bytes.HasPrefix(raw, []byte{0xff, 0xfe}):
		return string(raw), nil
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = order.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units)), nil
}
