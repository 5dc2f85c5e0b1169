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
// last seen.
func Digest(t testing.TB, db *store.DB) map[string]string {
	t.Helper()
	var packed bytes.Buffer
	_, err := db.Dump(t.Context(), &packed, "test")
	require.NoError(t, err)
	text, err := gzip.NewReader(&packed)
	require.NoError(t, err)
	tables, table, seen := map[string]*strings.Builder{}, new(strings.Builder), -1
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
			table, seen = new(strings.Builder), slices.Index(named.Columns, "seen_at")
			tables[named.Table] = table
			continue
		}
		var row []any
		require.NoError(t, json.Unmarshal(line, &row))
		if seen >= 0 {
			row[seen] = nil
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

// Changed are the tables that differ between two digests.
func Changed(before, after map[string]string) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if before[name] != after[name] {
			names = append(names, name)
		}
	}
	return names
}
