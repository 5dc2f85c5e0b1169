package form

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

// MaxRows bounds the rows of a field, so that a hostile post stays cheap.
const MaxRows = 200

// Column is an input that every row of a Rows field has. It is posted as
// PATH.N.NAME, and problems with it are at that path, too.
type Column struct {
	Name        string
	Label       string // in the reader's language; drawn where there are several
	Kind        Kind   // Text if empty, Number, Select or Date
	Choices     []Choice
	Placeholder string
	Paste       bool // what is pasted into it may become rows: it is judged at once
	// Items are the parts of a text that is a list, which are drawn below it, each
	// with a way to take it out; nil where the text is none.
	Items func(Row) []string
}

// Row is one line of a Rows field, as typed, by the names of its columns.
type Row map[string]string

// Empty reports whether nothing was typed into the row.
func (r Row) Empty() bool {
	for _, text := range r {
		if strings.TrimSpace(text) != "" {
			return false
		}
	}
	return true
}

// ReadRows returns the rows that were typed at path, in order, empty ones
// included: the number of a row is that in the paths of its problems.
func ReadRows(v url.Values, path string) []Row {
	found := map[int]Row{}
	for name := range v {
		n, column, ok := cell(name, path)
		if !ok {
			continue
		}
		if found[n] == nil {
			found[n] = Row{}
		}
		if column != "" {
			found[n][column] = v.Get(name)
		}
	}
	var rows []Row
	for _, n := range slices.Sorted(maps.Keys(found)) {
		if len(rows) < MaxRows {
			rows = append(rows, found[n])
		}
	}
	return rows
}

// SetRows replaces the rows at path. A row of which nothing is known yet is
// marked by its own path.
func SetRows(v url.Values, path string, rows []Row) {
	for name := range v {
		if _, _, ok := cell(name, path); ok {
			v.Del(name)
		}
	}
	for n, row := range rows {
		at := RowPath(path, n)
		if len(row) == 0 {
			v.Set(at, "")
		}
		for column, text := range row {
			v.Set(at+"."+column, text)
		}
	}
}

// RowPath is the path of the nth row, from 0, of the field at path.
func RowPath(path string, n int) string { return path + "." + strconv.Itoa(n) }

// cell takes the name of an input of the rows at path apart. The column of a
// row's own path is empty.
func cell(name, path string) (n int, column string, ok bool) {
	rest, ok := strings.CutPrefix(name, path+".")
	if !ok {
		return 0, "", false
	}
	number, column, _ := strings.Cut(rest, ".")
	n, err := strconv.Atoi(number)
	return n, column, err == nil && n >= 0 && strconv.Itoa(n) == number
}

// SetMap writes m into v as rows of a Map, sorted by key.
func SetMap(v url.Values, path string, m map[string]string) {
	rows := make([]Row, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		rows = append(rows, Row{"key": key, "value": m[key]})
	}
	SetRows(v, path, rows)
}

// ReadMap returns the rows of a Map at path, leaving out empty rows, and what
// is wrong with them: a value without a key, a key that appears twice.
func ReadMap(v url.Values, path string) (map[string]string, []api.Problem) {
	m := map[string]string{}
	var problems []api.Problem
	for n, row := range ReadRows(v, path) {
		at := RowPath(path, n) + ".key"
		key := strings.TrimSpace(row["key"])
		_, twice := m[key]
		switch {
		case key == "" && row["value"] == "":
		case key == "":
			problems = append(problems, api.Problem{Path: at, Message: api.M("form.row_without_key")})
		case twice:
			problems = append(problems, api.Problem{Path: at, Message: api.M("form.row_twice", "key", key)})
		default:
			m[key] = row["value"]
		}
	}
	return m, problems
}

// Edit does what a row button asks for: "add:PATH" appends an empty row,
// "remove:PATH.1" takes one away, "up:PATH.1" and "down:PATH.1" move it, and
// "set:PATH=TEXT" sets an input. It returns the path that should get the focus,
// and false if op is none of these. A row that was moved has it on the button that
// moves it further, or back again from either end.
func Edit(v url.Values, op string) (focus string, ok bool) {
	verb, path, found := strings.Cut(op, ":")
	if !found {
		return "", false
	}
	if verb == "set" {
		path, text, found := strings.Cut(path, "=")
		if found {
			v.Set(path, text)
		}
		return path, found
	}
	if verb == "add" {
		rows := ReadRows(v, path)
		if len(rows) < MaxRows {
			SetRows(v, path, append(rows, Row{}))
		}
		return RowPath(path, len(rows)), true
	}
	dot := strings.LastIndexByte(path, '.')
	if dot < 0 {
		return "", false
	}
	path, at := path[:dot], path[dot+1:]
	n, err := strconv.Atoi(at)
	rows := ReadRows(v, path)
	if err != nil || n < 0 || n >= len(rows) {
		return "", false
	}
	switch {
	case verb == "remove":
		rows = slices.Delete(rows, n, n+1)
		focus = path + ".add"
	case verb == "up" && n > 0:
		rows[n-1], rows[n] = rows[n], rows[n-1]
		focus = RowPath(path, n-1) + "." + further(verb, n-1 == 0)
	case verb == "down" && n+1 < len(rows):
		rows[n+1], rows[n] = rows[n], rows[n+1]
		focus = RowPath(path, n+1) + "." + further(verb, n+2 == len(rows))
	default:
		return "", false
	}
	SetRows(v, path, rows)
	return focus, true
}

// further is the button that moves a row on that was moved up or down: the other
// one, if it is at the end.
func further(verb string, end bool) string {
	switch {
	case !end:
		return verb
	case verb == "up":
		return "down"
	default:
		return "up"
	}
}

// filled reports whether something was typed into a row; what is only chosen does
// not count.
func (d *Field) filled(row Row) bool {
	return slices.ContainsFunc(d.Columns, func(c Column) bool {
		return c.Kind != Select && strings.TrimSpace(row[c.Name]) != ""
	})
}

// numbers are those of rows, from 1, as sentences about them count:
// one into which nothing was typed has none, which is 0.
func (d *Field) numbers(rows []Row) []int {
	numbers, n := make([]int, len(rows)), 0
	for i, row := range rows {
		if d.filled(row) {
			n++
			numbers[i] = n
		}
	}
	return numbers
}

// items are the parts of the text in a column of a row.
func (c *Column) items(row Row) []string {
	if c.Items == nil {
		return nil
	}
	return c.Items(row)
}

// without is a list as text, but for one of its items.
func without(items []string, i int) string {
	return strings.Join(slices.Delete(slices.Clone(items), i, i+1), ", ")
}

// columns returns the inputs of each row. A Map has two: a key, for which
// Choices are offered, and a value.
func (d *Field) columns(ctx context.Context) []Column {
	if d.Kind != Map {
		return d.Columns
	}
	return []Column{
		{Name: "key", Label: locale.T(ctx, "form.key"), Choices: d.Choices},
		{Name: "value", Label: locale.T(ctx, "form.value")},
	}
}

// cellLabel is what the input of a column is called in the nth row, from 1.
func (d *Field) cellLabel(ctx context.Context, c *Column, n int) string {
	if c.Label == "" {
		return locale.T(ctx, "form.row", "label", d.Label, "n", n)
	}
	return locale.T(ctx, "form.row_cell", "label", d.Label, "n", n, "column", c.Label)
}
