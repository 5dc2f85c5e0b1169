package form

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"switchboard/internal/api"
)

// MaxRows bounds the rows of a field, so that a hostile post stays cheap.
const MaxRows = 200

// Row is one line of a Map field, as typed.
type Row struct{ Key, Value string }

// Rows returns the rows that were typed at path, in order.
func Rows(v url.Values, path string) []Row {
	var rows []Row
	for _, n := range indices(v, path) {
		at := path + "." + strconv.Itoa(n)
		rows = append(rows, Row{Key: v.Get(at + ".key"), Value: v.Get(at + ".value")})
	}
	return rows
}

// SetRows replaces the rows at path.
func SetRows(v url.Values, path string, rows []Row) {
	for _, n := range indices(v, path) {
		at := path + "." + strconv.Itoa(n)
		v.Del(at + ".key")
		v.Del(at + ".value")
	}
	for n, row := range rows {
		at := path + "." + strconv.Itoa(n)
		v.Set(at+".key", row.Key)
		v.Set(at+".value", row.Value)
	}
}

// SetMap writes m into v as rows, sorted by key.
func SetMap(v url.Values, path string, m map[string]string) {
	rows := make([]Row, 0, len(m))
	for key, value := range m {
		rows = append(rows, Row{key, value})
	}
	slices.SortFunc(rows, func(a, b Row) int { return strings.Compare(a.Key, b.Key) })
	SetRows(v, path, rows)
}

// ReadMap returns the rows at path as a map, leaving out empty rows, and what
// is wrong with them: a value without a key, a key that appears twice.
func ReadMap(v url.Values, path string) (map[string]string, []api.Problem) {
	m := map[string]string{}
	var problems []api.Problem
	for n, row := range Rows(v, path) {
		at := path + "." + strconv.Itoa(n) + ".key"
		key := strings.TrimSpace(row.Key)
		_, twice := m[key]
		switch {
		case key == "" && row.Value == "":
		case key == "":
			problems = append(problems, api.Problem{Path: at, Message: api.M("form.row_without_key")})
		case twice:
			problems = append(problems, api.Problem{Path: at, Message: api.M("form.row_twice", "key", key)})
		default:
			m[key] = row.Value
		}
	}
	return m, problems
}

// Edit does what a row button asks for: "add:PATH" appends an empty row,
// "remove:PATH.1" takes one away, "up:PATH.1" and "down:PATH.1" move it. It
// returns the path that should get the focus, and false if op is none of these.
func Edit(v url.Values, op string) (focus string, ok bool) {
	verb, path, found := strings.Cut(op, ":")
	if !found {
		return "", false
	}
	if verb == "add" {
		rows := Rows(v, path)
		if len(rows) < MaxRows {
			SetRows(v, path, append(rows, Row{}))
		}
		return path + "." + strconv.Itoa(len(rows)) + ".key", true
	}
	dot := strings.LastIndexByte(path, '.')
	if dot < 0 {
		return "", false
	}
	path, at := path[:dot], path[dot+1:]
	n, err := strconv.Atoi(at)
	rows := Rows(v, path)
	if err != nil || n < 0 || n >= len(rows) {
		return "", false
	}
	switch {
	case verb == "remove":
		rows = slices.Delete(rows, n, n+1)
		focus = path + ".add"
	case verb == "up" && n > 0:
		rows[n-1], rows[n] = rows[n], rows[n-1]
		focus = path + "." + strconv.Itoa(n-1) + ".key"
	case verb == "down" && n+1 < len(rows):
		rows[n+1], rows[n] = rows[n], rows[n+1]
		focus = path + "." + strconv.Itoa(n+1) + ".key"
	default:
		return "", false
	}
	SetRows(v, path, rows)
	return focus, true
}

// indices returns the numbers N of the names "path.N.…" in v, in order, up to
// MaxRows of them.
func indices(v url.Values, path string) []int {
	var found []int
	for name := range v {
		rest, ok := strings.CutPrefix(name, path+".")
		if !ok {
			continue
		}
		number, _, ok := strings.Cut(rest, ".")
		if n, err := strconv.Atoi(number); ok && err == nil && n >= 0 && strconv.Itoa(n) == number {
			found = append(found, n)
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	return found[:min(len(found), MaxRows)]
}
