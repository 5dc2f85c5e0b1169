package apitest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api/store"
)

// Digest is all that a database holds, by table: the text of the rows. It is without
// the audit log, without what lets people in for a while, and without when somebody was
// last seen and how he likes the console to look.
func Digest(t testing.TB, db *store.DB) map[string]string {
	t.Helper()
	var packed bytes.Buffer
	_, err := db.Dump(t.Context(), &packed, "test")
	require.NoError(t, err)
	text, err := gzip.NewReader(&packed)
	require.NoError(t, err)
	tables, table := map[string]*strings.Builder{}, new(strings.Builder)
	var columns []string
	for lines := bufio.NewReader(text); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break
		}
		var named struct {
			Table   string
			Columns []string
		}
		if line[0] == '{' {
			require.NoError(t, json.Unmarshal(line, &named))
			table, columns = new(strings.Builder), named.Columns
			tables[named.Table] = table
			continue
		}
		var row []any
		require.NoError(t, json.Unmarshal(line, &row))
		for i, column := range columns {
			if column == "seen_at" || column == "lang" || column == "theme" {
				row[i] = nil
			}
		}
		line, err = json.Marshal(row)
		require.NoError(t, err)
		table.Write(append(line, '\n'))
	}
	delete(tables, "audit")
	delete(tables, "audit_chain")
	digest := map[string]string{}
	for name, table := range tables {
		digest[name] = table.String()
	}
	return digest
}

// Changed are the rows that are in one of two digests only, each after its table.
func Changed(before, after map[string]string) (rows []string) {
	for _, table := range slices.Sorted(maps.Keys(before)) {
		old, now := strings.Split(before[table], "\n"), strings.Split(after[table], "\n")
		for _, row := range now {
			if !slices.Contains(old, row) {
				rows = append(rows, table+" now "+row)
			}
		}
		for _, row := range old {
			if !slices.Contains(now, row) {
				rows = append(rows, table+" before "+row)
			}
		}
	}
	return rows
}
